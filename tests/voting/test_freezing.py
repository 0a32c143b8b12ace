"""What a freeze fixes: paper, roll, rule, seed and key; and when it is refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from audit.models import TrailEntry
from hubs.models import HubKind, LaneMethod, Round, RoundBudget
from hubs.phases import Phase
from members.models import Member
from tests.factories import NOON, make_hub, make_lane, make_member, make_round
from tests.hubs.reading import queries_of
from tests.voting.makers import frozen, make_proposal, make_voters, move_proposal, tampering
from voting import actions
from voting.ballots import UnsupportedFormat
from voting.keys import read_key
from voting.models import Election, ElectionLane, Item, ItemText, RollEntry
from voting.queries import frozen_hash
from voting.queries.freezing import paper_of
from voting.rules import UnknownRule, UnsupportedParameter

SECOND = timedelta(seconds=1)


@pytest.fixture
def deliberating(west) -> Round:
    """A round that deliberates, with two lanes, three shortlisted proposals and twenty voters."""
    round_ = make_round(west, Phase.DELIBERATION, lanes={"PARTNER": 30_000, "GENERAL": 70_000})
    make_proposal(round_, "Library", lane="PARTNER", MONEY=20_000)
    make_proposal(round_, "Well", MONEY=40_000, others={"da": "Brønd", "ar": "بئر"})
    make_proposal(round_, "École", language="fr", MONEY=50_000, STAFF_TIME=90)
    make_voters(20)
    return round_


def nothing_is_there() -> bool:
    return not any(
        kind.objects.exists() for kind in (Election, Item, ItemText, RollEntry, TrailEntry)
    )


def test_the_items_are_the_shortlist_lane_by_lane_with_what_they_ask_for(deliberating, tmp_path):
    election = frozen(deliberating, tmp_path)
    lanes = election.lanes.order_by("position").values_list("kind", "budget_minor")
    assert list(lanes) == [("GENERAL", 70_000), ("PARTNER", 30_000)]
    [well, school, library] = election.items.order_by("position")
    assert [(item.lane.kind, item.position, item.cost_minor) for item in (well, school, library)] == [
        ("GENERAL", 0, 40_000), ("GENERAL", 1, 50_000), ("PARTNER", 2, 20_000),
    ]  # fmt: skip
    assert well.code == f"P-{well.proposal_id}"
    assert deliberating.lanes.get(kind="PARTNER").proposals.get() == library.proposal


def test_every_current_text_is_copied_and_the_source_is_marked(deliberating, tmp_path):
    well = deliberating.lanes.get(kind="GENERAL").proposals.earliest("pk")
    well.text.renderings.filter(language="ar").update(revision=0)
    well.text.renderings.create(language="sw", revision=1, title="", body="?", written_at=NOON)
    election = frozen(deliberating, tmp_path)
    texts = ItemText.objects.filter(election=election).order_by("item__position", "language")
    assert list(texts.values_list("language", "title", "summary", "body", "is_source")) == [
        ("da", "Brønd", "Brønd, in short", "Brønd, at length", False),
        ("en", "Well", "Well, in short", "Well, at length", True),
        ("fr", "École", "École, in short", "École, at length", True),
        ("en", "Library", "Library, in short", "Library, at length", True),
    ]


def test_the_dates_are_those_of_the_round_and_never_earlier_than_now(deliberating, west, tmp_path):
    election = frozen(deliberating, tmp_path)
    assert (election.opens_at, election.closes_at) == (
        deliberating.voting_at, deliberating.counting_at,
    )  # fmt: skip
    assert (election.currency, election.decimals) == ("USD", 2)
    late = make_round(west, Phase.VOTING)
    make_proposal(late)
    election = frozen(late, tmp_path)
    assert (election.opens_at, election.frozen_at, election.closes_at) == (
        NOON, NOON, late.counting_at,
    )  # fmt: skip
    assert (election.origin, election.status) == ("OWN", "FROZEN")


def test_one_secret_seed_breaks_the_ties_of_every_count(deliberating, west, tmp_path):
    election = frozen(deliberating, tmp_path)
    assert len(bytes.fromhex(election.seed)) == 32
    seeded = {"tie_break": f"seed:{election.seed}"}
    assert election.parameters == {"satisfaction": "cost"} | seeded
    assert election.comparisons == [{"rule": "greedy", "parameters": {"order": "votes"} | seeded}]
    other = make_round(west, Phase.DELIBERATION)
    make_proposal(other)
    assert frozen(other, tmp_path).seed != election.seed


def test_the_key_lies_outside_the_database_under_the_frozen_fingerprint(deliberating, tmp_path):
    election = frozen(deliberating, tmp_path)
    assert read_key(tmp_path, election.pk, election.key_fingerprint)
    assert [file.name for file in tmp_path.iterdir()] == [str(election.pk)]


def test_the_trail_tells_what_was_frozen_without_a_name(deliberating, ona, tmp_path):
    election = frozen(deliberating, tmp_path, officer=ona.acting_as("RETURNING_OFFICER"))
    entry = TrailEntry.objects.get()
    assert (entry.verb, entry.actor_id, entry.role) == (
        "freeze_election", ona.pk, "RETURNING_OFFICER",
    )  # fmt: skip
    assert entry.after == {
        "round": deliberating.pk, "items": 3, "voters": 20, "frozen_hash": election.frozen_hash,
    }  # fmt: skip
    assert election.frozen_hash == frozen_hash(election)


def test_an_election_about_another_kind_holds_what_is_asked_of_it_alone(west, tmp_path):
    round_ = make_round(west, Phase.DELIBERATION, is_open=False)
    RoundBudget.objects.create(lane=round_.lanes.get(), kind="STAFF_TIME", amount_minor=600)
    round_.opened_at = round_.submission_at
    round_.save()
    make_proposal(round_, "Well", MONEY=1_000)
    make_proposal(round_, "School", MONEY=2_000, STAFF_TIME=90)
    make_voters(20)
    about_money, about_time = (
        frozen(round_, tmp_path, resource_kind=kind) for kind in ("MONEY", "STAFF_TIME")
    )
    assert [item.cost_minor for item in about_money.items.order_by("position")] == [1_000, 2_000]
    assert [item.cost_minor for item in about_time.items.all()] == [90]
    assert (about_time.currency, about_time.decimals) == ("", 0)
    assert about_time.lanes.get().budget_minor == 600


def test_lanes_without_a_vote_and_proposals_off_the_shortlist_stay_off_the_ballot(west, tmp_path):
    round_ = make_round(west, Phase.DELIBERATION, is_open=False)
    make_lane(round_, "CAPACITY", method=LaneMethod.COMMITTEE)
    make_lane(round_, "READERS", 5_000)
    round_.opened_at = round_.submission_at
    round_.save()
    make_proposal(round_, "Course", lane="CAPACITY")
    for status in ("SUBMITTED", "IN_REVIEW", "RETURNED", "DECLINED", "INELIGIBLE", "WITHDRAWN"):
        make_proposal(round_, status, status=status)
    well = make_proposal(round_, "Well")
    make_voters(20)
    election = frozen(round_, tmp_path)
    assert election.items.get().proposal == well
    lanes = election.lanes.order_by("position").values_list("kind", "budget_minor")
    assert list(lanes) == [("GENERAL", 100_000), ("READERS", 5_000)]  # nothing in it, and said so


# Refusals


def in_practice(round_: Round) -> None:
    with tampering("hubs_round"):
        Round.objects.update(is_practice=True)


def on_nothing(round_: Round) -> None:
    for lane in round_.lanes.all():
        for proposal in lane.proposals.all():
            move_proposal(proposal, "WITHDRAWN")


REFUSALS: dict[str, tuple[type[Exception], Callable[[Round], object], dict[str, Any]]] = {
    "practice": (actions.PracticeRound, in_practice, {}),
    "too early": (actions.WrongPhase, lambda it: None, {"before": "deliberation_at"}),
    "too late": (actions.WrongPhase, lambda it: None, {"at": "counting_at"}),
    "not open": (actions.WrongPhase, lambda it: close_again(it), {}),
    "nothing shortlisted": (actions.NothingShortlisted, on_nothing, {}),
    "nothing of the kind": (actions.NothingShortlisted, lambda it: None, {"resource_kind": "DATA"}),
    "nineteen voters": (actions.RollTooSmall, lambda it: one_voter_leaves(), {}),
}


def close_again(round_: Round) -> None:
    with tampering("hubs_round"):
        Round.objects.update(opened_at=None)


def one_voter_leaves() -> None:
    voter = Member.objects.filter(home_country="DK").earliest("email")
    Member.objects.filter(pk=voter.pk).update(is_active=False)


@pytest.mark.parametrize("reason", REFUSALS)
def test_a_freeze_that_is_refused_leaves_nothing(deliberating, tmp_path, reason):
    refusal, spoil, told = REFUSALS[reason]
    spoil(deliberating)
    now = NOON
    if "before" in told:
        now = getattr(deliberating, told["before"]) - SECOND
    if "at" in told:
        now = getattr(deliberating, told["at"])
    changes = {name: value for name, value in told.items() if name == "resource_kind"}
    with pytest.raises(refusal):
        frozen(deliberating, tmp_path, now=now, **changes)
    assert nothing_is_there()
    assert list(tmp_path.iterdir()) == []


def test_a_round_has_one_election_about_a_kind(deliberating, tmp_path):
    frozen(deliberating, tmp_path)
    with pytest.raises(actions.AlreadyFrozen):
        frozen(deliberating, tmp_path)
    assert Election.objects.count() == 1


def test_what_the_officer_did_not_see_is_not_frozen(deliberating, tmp_path):
    seen = paper_of(deliberating, "MONEY").hash
    make_proposal(deliberating, "Bridge")
    with pytest.raises(actions.PaperChanged):
        frozen(deliberating, tmp_path, seen=seen)
    assert nothing_is_there()
    assert list(tmp_path.iterdir()) == []
    frozen(deliberating, tmp_path)
    assert Item.objects.count() == 4


def test_the_first_and_the_last_moment_for_a_freeze(deliberating, west, tmp_path):
    assert frozen(deliberating, tmp_path, now=deliberating.deliberation_at).status == "FROZEN"
    other = make_round(west, Phase.VOTING)
    make_proposal(other)
    last = other.voting_at + (other.counting_at - other.voting_at) / 2
    with pytest.raises(actions.TooLate):
        frozen(other, tmp_path, now=last + SECOND)
    assert frozen(other, tmp_path, now=last).opens_at == last


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"rule": "dice"}, UnknownRule),
        ({"parameters": {"satisfaction": "joy"}}, UnsupportedParameter),
        ({"comparisons": [{"rule": "greedy", "parameters": {"order": "?"}}]}, UnsupportedParameter),
        ({"ballot_format": "RANKING"}, UnsupportedFormat),
    ],
)
def test_what_nobody_could_count_or_cast_is_not_frozen(deliberating, tmp_path, told, refusal):
    with pytest.raises(refusal):
        frozen(deliberating, tmp_path, **told)
    assert nothing_is_there()
    assert list(tmp_path.iterdir()) == []


# The hash


def of_the_paper(table: str, change: Callable[[Election], object]) -> Callable[[Election], None]:
    def apply(election: Election) -> None:
        with tampering(table):
            change(election)

    return apply


TEXTS = "voting_itemtext"


def reworded(column: str) -> Callable[[Election], None]:
    texts = ItemText.objects.filter(language="da")
    return of_the_paper(TEXTS, lambda it: texts.update(**{column: "other"}))


CHANGES = {
    "a budget": of_the_paper("voting_electionlane", lambda it: it.lanes.update(budget_minor=1)),
    "a lane more": of_the_paper(
        "voting_electionlane",
        lambda it: ElectionLane.objects.create(
            election=it, kind="READERS", position=2, budget_minor=0
        ),
    ),
    "a cost": of_the_paper("voting_item", lambda it: it.items.update(cost_minor=1)),
    "a code": of_the_paper("voting_item", lambda it: it.items.filter(position=0).update(code="x")),
    "a lane of an item": of_the_paper(
        "voting_item",
        lambda it: it.items.filter(position=0).update(lane=it.lanes.get(kind="PARTNER")),
    ),
    "a proposal": of_the_paper(
        "voting_item", lambda it: it.items.filter(position=0).update(proposal=None)
    ),
    **{f"a {column}": reworded(column) for column in ("language", "title", "summary", "body")},
    "a source": of_the_paper(
        TEXTS, lambda it: ItemText.objects.filter(language="da").update(is_source=True)
    ),
    "a text fewer": of_the_paper(TEXTS, lambda it: ItemText.objects.filter(language="da").delete()),
    "a voter more": of_the_paper(
        "voting_rollentry", lambda it: it.roll.create(member=make_member(), reason="HOME_HUB")
    ),
    "another voter": of_the_paper(
        "voting_rollentry",
        lambda it: it.roll.filter(pk=it.roll.earliest("pk").pk).update(member=make_member()),
    ),
    "another reason": of_the_paper(
        "voting_rollentry",
        lambda it: it.roll.filter(pk=it.roll.earliest("pk").pk).update(reason="MEMBER"),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_hash_changes_with_anything_that_is_frozen(deliberating, tmp_path, change):
    election = frozen(deliberating, tmp_path)
    assert frozen_hash(election) == election.frozen_hash
    CHANGES[change](election)
    assert frozen_hash(election) != election.frozen_hash


# The roll


@pytest.mark.parametrize(
    ("fields", "is_on"),
    [
        ({"country": "DK"}, True),
        ({"country": "FR"}, True),
        ({"country": "KE"}, False),
        ({"country": ""}, False),
        ({"country": "DK", "is_active": False}, False),
        ({"country": "DK", "late": timedelta(0)}, False),
        ({"country": "DK", "late": -SECOND}, True),
    ],
)
def test_the_roll_of_a_regional_hub_is_who_was_at_home_there_at_the_cut_off(
    deliberating, tmp_path, fields, is_on
):
    make_hub("africa", countries="KE")
    told = dict(fields)
    if "late" in told:
        told["joined_at"] = deliberating.review_at + told.pop("late")
    [voter] = make_voters(1, told.pop("country"), **told)
    election = frozen(deliberating, tmp_path)
    assert election.roll.count() == 20 + is_on
    reasons = set(election.roll.filter(member=voter).values_list("reason", flat=True))
    assert reasons == ({"HOME_HUB"} if is_on else set())


@pytest.mark.parametrize("kind", [HubKind.THEMATIC, HubKind.GLOBAL])
def test_every_member_is_on_the_roll_of_a_hub_without_countries(db, tmp_path, kind):
    round_ = make_round(make_hub("health", kind), Phase.DELIBERATION)
    make_proposal(round_)
    make_voters(10), make_voters(10, "KE"), make_voters(1, "")
    make_voters(1, "DK", joined_at=round_.review_at)
    election = frozen(round_, tmp_path)
    assert election.roll.count() == 21
    assert set(election.roll.values_list("reason", flat=True)) == {"MEMBER"}


def test_a_long_roll_and_a_long_ballot_ask_no_more_than_short_ones(west, tmp_path):
    asked, rolls = {}, []
    for voters, proposals in ((20, 1), (2_000, 30)):
        round_ = make_round(west, Phase.DELIBERATION)
        make_voters(voters)
        for number in range(proposals):
            make_proposal(round_, f"Project {number}", others={"da": "Projekt"})
        asked[voters] = queries_of(lambda: frozen(round_, tmp_path))  # noqa: B023
        election = round_.elections.get()
        assert election.items.count() == proposals
        rolls.append(election.roll.count())
    assert rolls == [20, 2_020]
    assert asked[20] == asked[2_000]
