"""What the database refuses of proposals and their lines; each guard is tried by someone who breaks it."""

import pytest

from proposals.models import EDITABLE, MOVES, Proposal, ProposalStatus, RequestLine
from tests.factories import NOON, make_round
from tests.hubs.refusals import guards_of, refused
from tests.proposals.makers import WAY, make_author, make_proposal, make_text


@pytest.fixture
def lane(west):
    return make_round(west).lanes.get()


def changed(proposal, **fields):
    return lambda: Proposal.objects.filter(pk=proposal.pk).update(**fields)


def line(proposal, **fields):
    told = {"position": 9, "kind": "MONEY", "amount_minor": 1, "purpose": "Rope", "country": "DK"}
    return lambda: RequestLine.objects.create(proposal=proposal, **(told | fields))


def the_text_of_another(lane):
    first = make_proposal(lane)
    return lambda: Proposal.objects.create(
        lane=lane, author=make_author("Bo"), text=first.text, created_at=NOON
    )


def draft(lane):
    return make_proposal(lane, status="DRAFT")


def deleted(proposal):
    return lambda: Proposal.objects.filter(pk=proposal.pk)._raw_delete("default")


def born_lost(lane):
    """A row that begins with an unknown status: the table of moves would stop one that came to it."""
    text = make_text()
    return lambda: Proposal.objects.create(
        lane=lane,
        author=make_author(),
        text=text,
        status="LOST",
        created_at=NOON,
        submitted_at=NOON,
    )


# name of the guard: what breaks the rule, given a lane
ATTEMPTS = {
    "Proposal.text": the_text_of_another,
    "proposals_proposal_status_known": born_lost,
    "proposals_proposal_country_is_a_code": lambda lane: changed(draft(lane), country="dk"),
    "proposals_proposal_submitted_at_a_moment": lambda lane: changed(
        draft(lane), status="SUBMITTED"
    ),
    "proposals_proposal_minimum_positive": lambda lane: changed(draft(lane), minimum_minor=0),
    "Proposal.status_moves_along_the_table": lambda lane: changed(
        make_proposal(lane), status="FUNDED"
    ),
    "Proposal.stays_where_it_is": lambda lane: changed(make_proposal(lane), country="FR"),
    "Proposal.never_deleted_once_submitted": lambda lane: deleted(make_proposal(lane, lines=())),
    "proposals_line_one_per_position": lambda lane: line(draft(lane), position=1),
    "proposals_line_kind_known": lambda lane: line(draft(lane), kind="GOLD"),
    "proposals_line_asks_for_something": lambda lane: line(draft(lane), amount_minor=0),
    "proposals_line_country_is_a_code": lambda lane: line(draft(lane), country=""),
    "RequestLine.while_editable": lambda lane: line(make_proposal(lane)),
}
SENTENCES = {
    "Proposal.text": "proposals_proposal_text_id",
    "Proposal.status_moves_along_the_table": "does not move from SUBMITTED to FUNDED",
    "Proposal.stays_where_it_is": "what was submitted does not change",
    "Proposal.never_deleted_once_submitted": "is withdrawn, not deleted",
    "RequestLine.while_editable": "only while the proposal is written, not SUBMITTED",
}


@pytest.mark.parametrize("guard", ATTEMPTS)
def test_the_guard_holds(guard, lane):
    break_it = ATTEMPTS[guard](lane)
    with refused(SENTENCES.get(guard, guard)):
        break_it()


def test_no_guard_is_without_someone_who_tries_to_break_it():
    assert set(ATTEMPTS) == guards_of(Proposal, RequestLine)


@pytest.mark.parametrize("before", ProposalStatus.values)
def test_a_status_moves_along_the_table_and_no_other_way(lane, before):
    proposal = make_proposal(lane, status=before)
    for after in set(ProposalStatus.values) - MOVES[before] - {before}:
        with refused(f"does not move from {before} to {after}"):
            changed(proposal, status=after, submitted_at=None if after == "DRAFT" else NOON)()
    assert Proposal.objects.get(pk=proposal.pk).status == before


def test_the_makers_know_a_way_to_every_status():
    assert set(WAY) == set(ProposalStatus.values) - {"DRAFT"}
    assert all(after in MOVES[before] for after, before in WAY.items())


@pytest.mark.parametrize("status", sorted(set(ProposalStatus.values) - EDITABLE))
@pytest.mark.parametrize(
    "change", [{"country": "FR"}, {"minimum_minor": 1}, {"minimum_minor": None}, {"lane": True}]
)
def test_what_was_handed_in_stays_as_it_is(west, lane, status, change):
    proposal = make_proposal(lane, status=status, minimum_minor=5)
    if "lane" in change:
        change = {"lane": make_round(west).lanes.get()}
    with refused("what was submitted does not change"):
        changed(proposal, **change)()


@pytest.mark.parametrize("status", ["DRAFT", "RETURNED", "WITHDRAWN"])
def test_a_proposal_never_gets_another_author(lane, status):
    proposal = make_proposal(lane, status=status)
    with refused("what was submitted does not change"):
        changed(proposal, author=make_author("Bo"))()


@pytest.mark.parametrize("status", sorted(set(ProposalStatus.values) - EDITABLE))
def test_the_lines_of_what_was_handed_in_stay_as_they_are(lane, status):
    proposal = make_proposal(lane, status=status)
    lines = RequestLine.objects.filter(proposal=proposal)
    for attempt in (
        line(proposal),
        lambda: lines.update(amount_minor=1),
        lambda: lines._raw_delete("default"),
    ):
        with refused("a line changes only while the proposal is written"):
            attempt()
    assert lines.get().amount_minor == 40_000


def test_a_line_does_not_move_to_another_proposal(lane):
    one, other = draft(lane), draft(lane)
    with refused("a line does not move"):
        RequestLine.objects.filter(proposal=one).update(proposal=other, position=2)


@pytest.mark.parametrize("amount", [-1, 0, 10**15 + 1])
def test_a_line_asks_for_something_that_can_be_given(lane, amount):
    with refused("proposals_line_asks_for_something"):
        line(draft(lane), amount_minor=amount)()
