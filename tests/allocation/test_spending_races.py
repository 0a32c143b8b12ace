"""Two treasurers at the same moment never overspend, and no award is made twice.

Each claim has a control with the row locks taken away, in which PostgreSQL's own guard answers; and
one in which that guard is gone too, and the money is spent twice.
"""

import pytest
from django.db import connection
from django.db.models import QuerySet, Sum
from django.utils import timezone

from allocation.actions import fund_round, make_awards
from allocation.models import Award, RoundFunding
from audit.models import TrailEntry
from members.models import Message
from proposals.models import Proposal
from tests.allocation.spending import (
    NOW,
    budgets,
    make_double,
    make_envelope,
    make_treasurer,
    make_unfunded,
    vote,
    vote_twice,
)
from tests.factories import make_hub, make_member, make_round
from tests.hubs.races import at_once, ends, meanwhile
from tests.voting.makers import make_proposal, move_proposal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def without_locks(monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows)


@pytest.fixture
def without_guards():
    """The triggers of fundings are off; the next test finds them on."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE allocation_roundfunding DISABLE TRIGGER USER")
        yield
        cursor.execute("ALTER TABLE allocation_roundfunding ENABLE TRIGGER USER")


def fund(round_, envelope, amount_minor, treasurer):
    return lambda: fund_round(
        round=round_, envelope=envelope, amount_minor=amount_minor, treasurer=treasurer, now=NOW
    )


def fund_two_rounds() -> tuple[list[str], int]:
    """Two treasurers give two rounds 70 each of an envelope of 100."""
    hub = make_hub("west")
    envelope = make_envelope(hub, 100)
    tea, tom = make_treasurer(hub), make_member("Tom")
    deeds = (
        fund(make_unfunded(hub), envelope, 70, tea),
        fund(make_unfunded(hub), envelope, 70, tom),
    )
    with at_once(*deeds, table="allocation_roundfunding") as begun:
        pass
    return ends(begun), RoundFunding.objects.aggregate(used=Sum("amount_minor"))["used"]


def test_two_rounds_funded_at_once_never_use_more_than_the_envelope_holds():
    assert fund_two_rounds() == (["EnvelopeTooSmall", "done"], 70)


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_the_database_refuses_the_second_funding():
    assert fund_two_rounds() == (["InternalError", "done"], 70)


@pytest.mark.usefixtures("without_locks", "without_guards")
def test_without_lock_and_guard_the_envelope_is_overspent():
    assert fund_two_rounds() == (["done", "done"], 140)


def fund_one_round_twice() -> tuple[list[str], dict[str, int]]:
    hub = make_hub("west")
    envelope, round_, tea = make_envelope(hub, 100), make_unfunded(hub), make_treasurer(hub)
    deeds = fund(round_, envelope, 10, tea), fund(round_, envelope, 10, tea)
    with at_once(*deeds, table="allocation_roundfunding") as begun:
        pass
    return ends(begun), budgets(round_)


def test_a_round_funded_by_two_at_once_is_funded_once():
    assert fund_one_round_twice() == (["AlreadyFunded", "done"], {"GENERAL": 10})


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_the_database_refuses_to_fund_it_again():
    assert fund_one_round_twice() == (["InternalError", "done"], {"GENERAL": 10})


@pytest.fixture
def counted(keys_folder):
    round_ = make_round(make_hub("west", countries="DK"), now=NOW, lanes={"GENERAL": 10_000})
    make_proposal(round_, "Well", MONEY=4_000)
    make_proposal(round_, "School", MONEY=7_000)
    return vote(round_, keys_folder, {"Well": 3, "School": 2})


def award(election, treasurer):
    return lambda: make_awards(election=election, treasurer=treasurer, now=timezone.now())


def award_twice(election) -> tuple[list[str], int, int]:
    tea = make_treasurer(election.round.hub)
    with at_once(award(election, tea), award(election, tea), table="allocation_award") as begun:
        pass
    return ends(begun), Award.objects.count(), Message.objects.count()


def test_awards_made_by_two_at_once_are_made_once_and_every_author_told_once(counted):
    assert award_twice(counted) == (["AlreadyAwarded", "done"], 1, 2)
    assert TrailEntry.objects.filter(verb="make_awards").count() == 1


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_the_second_award_runs_into_the_constraint(counted):
    assert award_twice(counted) == (["IntegrityError", "done"], 1, 2)


@pytest.fixture
def twice(keys_folder):
    """Two votes on the Well, neither of which buys it."""
    hub = make_hub("west", countries="DK")
    round_ = make_double(hub, make_treasurer(hub))
    return vote_twice(round_, keys_folder, {"School": 3, "Well": 1}, {"Kiosk": 3, "Well": 1})


def award_both(elections) -> tuple[list[str], str, int]:
    """Two treasurers make the awards of the two votes at once: how the Well ends, and its mails."""
    tom, tim = make_member("Tom"), make_member("Tim")
    deeds = award(elections[0], tom), award(elections[1], tim)
    with at_once(*deeds, table="allocation_awardrun") as begun:
        pass
    well = Proposal.objects.get(text__renderings__title="Well")
    return ends(begun), well.status, Message.objects.filter(recipient=well.author).count()


def test_of_two_votes_awarded_at_once_the_later_settles_what_stood_in_both(twice):
    assert award_both(twice) == (["done", "done"], "NOT_FUNDED", 1)


def withdraw(title):
    """An author who takes a proposal back at the last moment."""

    def deed():
        move_proposal(Proposal.objects.get(text__renderings__title=title), "WITHDRAWN")

    return deed


def test_a_winner_that_is_being_withdrawn_gets_no_award(counted):
    tea = make_treasurer(counted.round.hub)
    assert meanwhile(withdraw("Well"), award(counted, tea)) == ["done"]
    assert not Award.objects.exists()
    found = dict(Proposal.objects.values_list("text__renderings__title", "status"))
    assert found == {"Well": "WITHDRAWN", "School": "NOT_FUNDED"}


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_a_withdrawn_winner_stops_all_awards(counted):
    tea = make_treasurer(counted.round.hub)
    assert meanwhile(withdraw("Well"), award(counted, tea)) == ["InternalError"]
    assert not Award.objects.exists()
