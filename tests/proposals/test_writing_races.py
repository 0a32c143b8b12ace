"""Two deeds on one proposal at the same moment: one after the other, and the second is told why not.

Each claim has a control without the lock of the row, in which the database itself has to refuse, or
something is done twice.
"""

import pytest
from django.db.models import QuerySet

from audit.models import TrailEntry
from hubs.models import Hub
from hubs.phases import Phase
from proposals import actions
from proposals.models import Proposal
from tests.factories import NOON, make_round
from tests.hubs.races import at_once, ends, meanwhile
from tests.proposals.makers import make_proposal
from texts.queries import written

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def without_locks(monkeypatch):
    """Rows of proposals are not locked; those of texts are, as their own tests say."""
    locked = QuerySet.select_for_update

    def unlocked(rows, *args, **options):
        return rows if rows.model is Proposal else locked(rows, *args, **options)

    monkeypatch.setattr(QuerySet, "select_for_update", unlocked)


@pytest.fixture
def lane(west: Hub):
    return make_round(west, Phase.SUBMISSION).lanes.get()


def submit(proposal):
    return lambda: actions.submit_proposal(proposal=proposal, now=NOON)


def withdraw(proposal):
    return lambda: actions.withdraw_proposal(proposal=proposal, now=NOON)


def discard(proposal):
    return lambda: actions.discard_draft(proposal=proposal, now=NOON)


def edit(proposal):
    return lambda: actions.edit_proposal(
        proposal=proposal, lane=proposal.lane, language="en", title="Another well",
        summary="Water.", body="We dig.", country="FR", minimum_minor=None,
        lines=[actions.Line("MONEY", 1, "Rope", "FR")], now=NOON,
    )  # fmt: skip


def verbs():
    return sorted(TrailEntry.objects.values_list("verb", flat=True))


def submitted_twice(lane):
    proposal = make_proposal(lane, status="DRAFT")
    with at_once(submit(proposal), submit(proposal), table="proposals_proposal") as begun:
        pass
    return ends(begun), verbs()


def test_of_two_who_hand_it_in_one_does_so(lane):
    assert submitted_twice(lane) == (["NotEditable", "done"], ["submit_proposal"])


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_it_is_handed_in_twice(lane):
    assert submitted_twice(lane) == (["done", "done"], ["submit_proposal"] * 2)


def as_it_is(proposal):
    found = Proposal.objects.get(pk=proposal.pk)
    return found.status, written(found.text, ()).title, found.lines.get().amount_minor


def test_what_is_being_handed_in_is_not_edited_under_it(lane):
    proposal = make_proposal(lane, status="DRAFT")
    assert meanwhile(submit(proposal), edit(proposal)) == ["NotEditable"]
    assert as_it_is(proposal) == ("SUBMITTED", "A well", 40_000)


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_it_is_the_frozen_text_that_stops_the_edit(lane):
    proposal = make_proposal(lane, status="DRAFT")
    assert meanwhile(submit(proposal), edit(proposal)) == ["TextFrozen"]
    assert as_it_is(proposal) == ("SUBMITTED", "A well", 40_000)


def test_what_is_handed_in_is_what_was_edited_last(lane):
    proposal = make_proposal(lane, status="DRAFT")
    assert meanwhile(edit(proposal), submit(proposal)) == ["done"]
    assert as_it_is(proposal) == ("SUBMITTED", "Another well", 1)
    assert TrailEntry.objects.get(verb="submit_proposal").after["asked"] == {"MONEY": 1}


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_the_trail_tells_of_another_request_than_was_handed_in(lane):
    proposal = make_proposal(lane, status="DRAFT")
    assert meanwhile(edit(proposal), submit(proposal)) == ["done"]
    assert as_it_is(proposal) == ("SUBMITTED", "Another well", 1)
    assert TrailEntry.objects.get(verb="submit_proposal").after["asked"] == {"MONEY": 40_000}


def test_what_is_being_withdrawn_is_not_handed_in_again(lane):
    proposal = make_proposal(lane, status="RETURNED")
    assert meanwhile(withdraw(proposal), submit(proposal)) == ["NotEditable"]
    assert as_it_is(proposal)[0] == "WITHDRAWN"


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_the_table_of_moves_refuses_it(lane):
    proposal = make_proposal(lane, status="RETURNED")
    assert meanwhile(withdraw(proposal), submit(proposal)) == ["InternalError"]
    assert as_it_is(proposal)[0] == "WITHDRAWN"


def test_what_is_being_handed_in_again_is_withdrawn_after_it(lane):
    proposal = make_proposal(lane, status="RETURNED")
    assert meanwhile(submit(proposal), withdraw(proposal)) == ["done"]
    assert TrailEntry.objects.get(verb="withdraw_proposal").before == {"status": "SUBMITTED"}


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_the_withdrawal_tells_of_a_status_long_left(lane):
    proposal = make_proposal(lane, status="RETURNED")
    assert meanwhile(submit(proposal), withdraw(proposal)) == ["done"]
    assert TrailEntry.objects.get(verb="withdraw_proposal").before == {"status": "RETURNED"}


def test_what_is_being_handed_in_is_not_discarded(lane):
    proposal = make_proposal(lane, status="DRAFT")
    assert meanwhile(submit(proposal), discard(proposal)) == ["NotADraft"]
    assert as_it_is(proposal)[0] == "SUBMITTED"


def draft(lane, author):
    return lambda: actions.draft_proposal(
        lane=lane, author=author, language="en", title="", summary="", body="", country="",
        minimum_minor=None, lines=[], now=NOON,
    )  # fmt: skip


def the_tenth_twice(lane, author):
    for _number in range(actions.MAX_PROPOSALS - 1):
        make_proposal(lane, author, "DRAFT")
    return meanwhile(draft(lane, author), draft(lane, author)), Proposal.objects.count()


def test_of_two_drafts_where_one_may_still_be_begun_one_is(lane, ada):
    assert the_tenth_twice(lane, ada) == (["TooManyProposals"], 10)


def test_without_the_lock_of_the_author_there_are_eleven(lane, ada, monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, *args, **options: rows)
    assert the_tenth_twice(lane, ada) == (["done"], 11)


def test_what_is_being_discarded_is_not_handed_in(lane):
    proposal = make_proposal(lane, status="DRAFT")
    assert meanwhile(discard(proposal), submit(proposal)) == ["Discarded"]
    assert not Proposal.objects.exists()


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_the_database_keeps_what_was_handed_in_from_being_discarded(lane):
    proposal = make_proposal(lane, status="DRAFT")
    assert meanwhile(submit(proposal), discard(proposal)) == ["InternalError"]
    assert as_it_is(proposal)[0] == "SUBMITTED"
