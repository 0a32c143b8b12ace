"""Who may do what to proposals, asked directly, of every page, and of the API."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from hubs.models import SeatFunction
from hubs.phases import Phase
from members.models import Member
from proposals import permissions
from proposals.models import EDITABLE, WITHDRAWABLE, Proposal, ProposalStatus
from tests.factories import NOON, make_hub, make_member, make_round, make_term
from tests.hubs.reading import browser, open_to
from tests.proposals.makers import make_proposal

STATUSES = [status.value for status in ProposalStatus]
NOT_DRAFT = set(STATUSES) - {"DRAFT"}


@pytest.fixture(autouse=True)
def a_day_in_june():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def people(ada, rui, fay, ona, sec, root):
    """Ada writes, Tor translates for another hub, and Kim used to."""
    tor, kim = make_member("Tor"), make_member("Kim")
    make_term(tor, make_hub("north"), SeatFunction.TRANSLATOR)
    over = {
        "starts_at": datetime(2025, 1, 1, tzinfo=UTC),
        "ends_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    make_term(kim, make_hub("south"), SeatFunction.TRANSLATOR, **over)
    return {
        "ada": ada, "rui": rui, "fay": fay, "ona": ona, "sec": sec, "root": root, "tor": tor,
        "kim": kim, "visitor": AnonymousUser(),
    }  # fmt: skip


@pytest.fixture
def round_(west):
    return make_round(west, Phase.SUBMISSION)


@pytest.fixture
def lane(round_):
    return round_.lanes.get()


def allowed(people, name, thing, now=NOON):
    ask = getattr(permissions, name)
    return {who for who, person in people.items() if ask(person, thing, now=now)}


AUTHOR: set[str] = {"ada"}
NOBODY: set[str] = set()
MATRIX = {
    "can_edit": {status: AUTHOR if status in EDITABLE else NOBODY for status in STATUSES},
    "can_submit": {status: AUTHOR if status in EDITABLE else NOBODY for status in STATUSES},
    "can_withdraw": {status: AUTHOR if status in WITHDRAWABLE else NOBODY for status in STATUSES},
    "can_discard": {status: AUTHOR if status == "DRAFT" else NOBODY for status in STATUSES},
    "can_translate": {status: NOBODY if status == "DRAFT" else {"tor"} for status in STATUSES},
}


@pytest.mark.parametrize("status", STATUSES)
def test_who_may_do_what_to_a_proposal_follows_from_its_status(people, ada, lane, status):
    proposal = make_proposal(lane, ada, status)
    for name, expected in MATRIX.items():
        assert allowed(people, name, proposal) == expected[status], name
    everyone = AUTHOR if status == "DRAFT" else set(people)
    assert allowed(people, "can_see_proposal", proposal) == everyone


def test_every_member_writes_in_an_open_round_of_any_hub(people, round_):
    assert allowed(people, "can_draft", round_) == set(people) - {"visitor"}


@pytest.mark.parametrize("phase", sorted(set(Phase) - {Phase.SUBMISSION}))
def test_nobody_writes_in_another_phase(people, west, phase):
    assert allowed(people, "can_draft", make_round(west, phase)) == NOBODY


@pytest.mark.parametrize("fields", [{"is_open": False}, {"is_practice": True}])
def test_nobody_writes_in_a_round_for_practice_or_one_still_being_prepared(people, west, fields):
    assert allowed(people, "can_draft", make_round(west, Phase.SUBMISSION, **fields)) == NOBODY


def test_nobody_writes_where_there_is_no_lane(people, west):
    round_ = make_round(west, Phase.SUBMISSION, is_open=False)
    round_.lanes.all().delete()
    round_.opened_at = NOON
    round_.save()
    assert allowed(people, "can_draft", round_) == NOBODY


@pytest.mark.parametrize(
    ("phase", "drafts", "returned"),
    [
        (Phase.SUBMISSION, AUTHOR, AUTHOR),
        (Phase.REVIEW, NOBODY, AUTHOR),
        (Phase.DELIBERATION, NOBODY, AUTHOR),
        (Phase.VOTING, NOBODY, NOBODY),
        (Phase.DELIVERY, NOBODY, NOBODY),
    ],
)
def test_a_draft_comes_in_during_submission_and_a_returned_one_until_deliberation_ends(
    people, ada, west, phase, drafts, returned
):
    lane = make_round(west, phase).lanes.get()
    draft, back = (make_proposal(lane, ada, status) for status in ("DRAFT", "RETURNED"))
    assert allowed(people, "can_submit", draft) == drafts
    assert allowed(people, "can_submit", back) == returned
    assert allowed(people, "can_edit", draft) == AUTHOR
    assert allowed(people, "can_edit", back) == returned


def test_a_right_to_translate_ends_with_the_term(people, ada, lane):
    proposal = make_proposal(lane, ada)
    assert allowed(people, "can_translate", proposal, datetime(2030, 1, 1, tzinfo=UTC)) == NOBODY


# The pages


def at(name, proposal, *parts):
    return reverse(f"proposals:{name}", args=[proposal.pk, *parts])


def test_a_draft_is_opened_by_nobody_but_its_author(people, ada, lane):
    proposal = make_proposal(lane, ada, "DRAFT", title="Secret")
    for name in ("detail", "edit_proposal", "submit_proposal", "discard_draft"):
        assert open_to(people, at(name, proposal)) == AUTHOR, name
    for name in ("edit_proposal", "submit_proposal", "discard_draft"):
        assert (
            open_to(people | {"ada": make_member(f"Not {name[:4]}")}, at(name, proposal), "post")
            == NOBODY
        )
    for name, parts in (("withdraw_proposal", ()), ("translate_proposal", ("da",))):
        assert open_to(people, at(name, proposal, *parts)) == NOBODY
    assert Proposal.objects.get().status == "DRAFT"


def test_a_proposal_is_read_by_everyone_and_taken_back_by_its_author(people, ada, lane):
    proposal = make_proposal(lane, ada)
    assert open_to(people, at("detail", proposal)) == set(people)
    assert open_to(people, at("withdraw_proposal", proposal)) == AUTHOR
    assert open_to(people, at("translate_proposal", proposal, "da")) == {"tor"}
    assert open_to(people, at("edit_proposal", proposal)) == NOBODY
    assert (
        open_to(people | {"ada": make_member("Bo")}, at("withdraw_proposal", proposal), "post")
        == NOBODY
    )
    assert Proposal.objects.get().status == "SUBMITTED"


def test_the_form_opens_to_members_and_the_lists_to_whom_they_concern(people, round_):
    members = set(people) - {"visitor"}
    assert (
        open_to(people, reverse("proposals:draft_proposal", args=[round_.pk, "GENERAL"])) == members
    )
    assert open_to(people, reverse("proposals:mine")) == members
    assert open_to(people, reverse("proposals:list", args=[round_.pk])) == set(people)


def test_no_list_tells_of_another_authors_draft(people, ada, lane):
    make_proposal(lane, ada, "DRAFT", title="Secret", language="sw")
    places = [reverse("proposals:list", args=[lane.round_id]), "/api/v1/proposals/"]
    searched = f"{places[0]}?words=Secret"
    seen = {
        (who, place)
        for who, person in people.items()
        for place in [*places, f"{places[0]}?status=DRAFT", reverse("proposals:mine")]
        if b"Secret" in browser(person).get(place).content
    }
    assert seen == {("ada", reverse("proposals:mine")), ("ada", "/api/v1/proposals/")}
    assert b"Nothing fits" in browser(people["rui"]).get(searched).content


def test_the_api_tells_an_author_of_their_draft_and_nobody_else(people, ada, lane):
    proposal = make_proposal(lane, ada, "DRAFT")
    statuses = {
        who: browser(person).get(f"/api/v1/proposals/{proposal.pk}/").status_code
        for who, person in people.items()
    }
    assert statuses == dict.fromkeys(people, 404) | {"ada": 200}


def test_a_member_is_no_author_by_being_signed_out():
    assert not permissions.can_edit(
        AnonymousUser(), Proposal(author=Member(), status="DRAFT"), now=NOON
    )
