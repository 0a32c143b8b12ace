"""Two officers freeze at once, or a proposal is withdrawn meanwhile: each race ends in one way."""

import pytest
from django.db.models import QuerySet

from hubs.models import Round
from hubs.phases import Phase
from proposals.models import Proposal
from tests.factories import make_hub, make_round
from tests.hubs.races import at_once, ends, meanwhile
from tests.voting.makers import frozen, make_proposal, make_voters, move_proposal
from voting.models import Election
from voting.queries import is_withdrawn

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def round_() -> Round:
    round_ = make_round(make_hub("west", countries="DK"), Phase.DELIBERATION)
    make_proposal(round_, "School")
    make_voters(20)
    return round_


@pytest.fixture
def well(round_) -> Proposal:
    return make_proposal(round_, "Well")


@pytest.fixture
def without_locks(monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows)


def freeze_twice_at_once(round_: Round, keys) -> list[str]:
    with at_once(*[lambda: frozen(round_, keys)] * 2, table="voting_election") as begun:
        pass
    return ends(begun)


def test_of_two_officers_at_once_one_freezes_and_the_other_is_told(round_, tmp_path):
    assert freeze_twice_at_once(round_, tmp_path) == ["AlreadyFrozen", "done"]
    assert Election.objects.count() == len(list(tmp_path.iterdir())) == 1


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_only_the_database_stands_between_two_elections(round_, tmp_path):
    assert freeze_twice_at_once(round_, tmp_path) == ["IntegrityError", "done"]
    assert Election.objects.count() == 1
    assert len(list(tmp_path.iterdir())) == 2  # the one that failed has made a key for nothing


def titles() -> dict[str, bool]:
    """What is on the ballot, and whether it is marked as withdrawn."""
    items = Election.objects.get().items.select_related("proposal")
    return {item.texts.get().title: is_withdrawn(item) for item in items}


def withdraw(proposal: Proposal):
    return lambda: move_proposal(proposal, "WITHDRAWN")


def test_a_withdrawal_under_way_is_waited_for_and_asks_the_officer_again(round_, well, tmp_path):
    assert meanwhile(withdraw(well), lambda: frozen(round_, tmp_path)) == ["PaperChanged"]
    assert not Election.objects.exists()
    frozen(round_, tmp_path)
    assert titles() == {"School": False}


def test_a_withdrawal_during_the_freeze_waits_and_becomes_a_mark(round_, well, tmp_path):
    assert meanwhile(lambda: frozen(round_, tmp_path), withdraw(well)) == ["done"]
    assert titles() == {"School": False, "Well": True}


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_what_was_withdrawn_before_comes_on_the_ballot(round_, well, tmp_path):
    assert meanwhile(withdraw(well), lambda: frozen(round_, tmp_path)) == ["done"]
    assert titles() == {"School": False, "Well": True}
