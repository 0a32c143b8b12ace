"""Each lane is counted for itself: its budget, its items, and what each ballot says about them."""

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import CLOCK
from hubs.phases import Phase
from jobs.actions import request_job, take_job
from tests.factories import MONTH, NOON, make_round
from tests.hubs.reading import page, queries_of, rows, words
from tests.voting.makers import (
    add_item,
    add_lane,
    cast,
    count,
    frozen,
    make_election,
    make_proposal,
    make_voters,
    move_proposal,
)  # fmt: skip
from voting import rules
from voting.actions import close_election, count_election, counting
from voting.canonical import Choices, encode_ballot
from voting.models import Election
from voting.queries import (
    COUNT_TASK,
    ballot_groups,
    instance_of,
    margins_of,
    profiles_of,
    result_of,
)

# Positions 0 and 1 are in the lane GENERAL, 2 and 3 in PARTNER.
BALLOTS: list[Choices] = [
    ((0, 1), (2, 1)), ((0, 1), (3, 1)), ((0, 1), (2, 1)), ((1, 1), (2, 1)), ((1, 1),), (),
]  # fmt: skip


@pytest.fixture
def voted(west, tmp_path) -> Election:
    """An election over two lanes, with six ballots, that is closed and waits for its count."""
    begun = timezone.now() - 2 * MONTH  # so that its end is over by the clock of the pages
    round_ = make_round(
        west, Phase.DELIBERATION, now=begun, lanes={"GENERAL": 50_000, "PARTNER": 30_000}
    )
    make_proposal(round_, "Well", MONEY=50_000)
    make_proposal(round_, "School", MONEY=40_000)
    make_proposal(round_, "Library", lane="PARTNER", MONEY=30_000)
    make_proposal(round_, "Museum", lane="PARTNER", MONEY=10_000)
    make_voters(20)
    greedy = {"rule": "greedy", "parameters": {"order": "votes"}}
    others = [{"rule": "equal-shares", "parameters": {"satisfaction": "cost"}}]
    election = frozen(round_, tmp_path, now=begun, comparisons=others, **greedy)
    for number, choices in enumerate(BALLOTS):
        cast(election, bytes([number]) * 32, encode_ballot(choices))
    close_election(election=election, closer=CLOCK, now=election.closes_at)
    return Election.objects.get(pk=election.pk)


def counted(election: Election) -> Election:
    count(request_job(kind=COUNT_TASK, subject=str(election.pk), now=NOON))
    return election


def test_a_ballot_over_two_lanes_is_split_between_them_and_equal_parts_are_merged(voted):
    profiles = profiles_of(voted, ballot_groups(voted))
    general, partner = (profiles[voted.lanes.get(kind=kind).pk] for kind in ("GENERAL", "PARTNER"))
    assert sorted(general.ballots) == [((), 1), (((0, 1),), 3), (((1, 1),), 2)]
    assert sorted(partner.ballots) == [((), 2), (((0, 1),), 3), (((1, 1),), 1)]
    assert general.voters == partner.voters == len(BALLOTS)


def test_ranks_close_up_where_a_lane_is_left_out(round_):
    election = make_election(round_, ballot_format="RANKING")
    partner = add_lane(election, "PARTNER")
    add_item(election.lanes.get(kind="GENERAL"), "b", 1)
    add_item(partner, "c", 1)
    groups = [(encode_ballot(((0, 3), (1, 1), (2, 2))), 5)]
    profiles = profiles_of(election, groups)
    assert profiles[partner.pk].ballots == ((((0, 1),), 5),)
    assert profiles[election.lanes.get(kind="GENERAL").pk].ballots == ((((0, 2), (1, 1)), 5),)


@pytest.mark.parametrize("payload", [b"[[7,1]]", b"[[0,2]]", b"[[0,1],[0,1]]"])
def test_a_ballot_that_is_none_is_not_made_to_fit_by_leaving_lanes_out(voted, payload):
    with pytest.raises(rules.InvalidInstance):
        profiles_of(voted, [(payload, 1)])


def test_each_lane_has_the_outcome_it_would_have_alone(voted):
    profiles = profiles_of(voted, ballot_groups(voted))
    counted(voted)
    for lane in voted.lanes.all():
        for tally in lane.tallies.all():
            alone = rules.count(
                tally.rule,
                instance_of(lane),
                profiles[lane.pk],
                rules.Parameters(**tally.parameters),
            )
            found = {key: value for key, value in tally.outcome.items() if key != "explanation"}
            assert found == alone.as_json()


def test_every_lane_has_its_own_winners_within_its_own_budget(voted):
    result = result_of(counted(voted), ("en",))
    assert result is not None
    assert [
        (
            found.lane.kind,
            [row.name.text for row in found.bought],
            found.cost_minor,
            found.left_minor,
        )
        for found in result.lanes
    ] == [("GENERAL", ["Well"], 50_000, 0), ("PARTNER", ["Library"], 30_000, 0)]
    assert [[row.name.text for row in found.unbought] for found in result.lanes] == [
        ["School"], ["Museum"],
    ]  # fmt: skip
    assert [[tally.rule for tally in (found.tally, *found.others)] for found in result.lanes] == [
        ["greedy", "equal-shares"]
    ] * 2


def test_all_lanes_are_counted_by_one_job_with_one_progress(voted):
    job = request_job(kind=COUNT_TASK, subject=str(voted.pk), now=NOON)
    told: list[tuple[int, int]] = []
    tallies = count_election(
        job=take_job(job_id=job.pk, now=NOON),
        progress=lambda done, total: told.append((done, total)),
        clock=lambda: NOON,
    )
    assert len(tallies) == 4
    assert {total for _done, total in told} == {12}  # four items by two rules, and explained
    assert [done for done, _total in told] == sorted(done for done, _total in told)
    assert (told[0], told[-1]) == ((0, 12), (told[-1][0], 12))


def test_what_a_project_lacked_is_stored_with_the_count_that_decides(voted):
    counted(voted)
    school = voted.items.get(position=1)
    [decisive, beside] = school.lane.tallies.order_by("-decides")
    # A third vote is a tie, which the lower cost wins; with two, nothing is left after the well.
    assert margins_of(decisive.outcome) == {school.code: {"more_votes": 1, "less_cost": 40_000}}
    assert "explanation" not in beside.outcome


def test_where_few_voted_nobody_learns_who_paid_for_what(voted):
    counted(voted)
    for tally in voted.tallies.filter(decides=True):
        entries = tally.outcome["explanation"]["projects"].values()
        assert [(entry["paid"], entry["spent_on"]) for entry in entries] == [(None, [])] * 2


def test_a_count_too_large_to_be_explained_is_stored_without(voted, monkeypatch):
    monkeypatch.setattr(counting, "LARGEST_EXPLAINED", 5)
    counted(voted)
    told = [tally.outcome for tally in voted.tallies.all()]
    assert len(told) == 4
    assert [margins_of(outcome) for outcome in told] == [{}] * 4
    assert sum("explanation" in outcome for outcome in told) == 2


def test_the_page_shows_lane_after_lane(client, voted):
    shown = page(client.get(reverse("voting:election", args=[counted(voted).pk])))
    assert [words(head) for head in shown.select("main h2")] == [
        "General", "New partners", "Check it yourself", "Downloads",
    ]  # fmt: skip
    well, school, library, museum = (item.code for item in voted.items.order_by("position"))
    below = ["The projects below were not funded; those with the most votes come first"]
    no_room = "When its turn came, nothing of the budget was left. 1 more voter for it alone would have been enough."
    assert rows(shown, 0) == [
        [f"Well {well}", "Funded, number 1", "3", "$500.00"],
        below,
        [f"School {school}", f"Not funded {no_room}", "2", "$400.00"],
    ]
    assert rows(shown, 3) == [
        [f"Library {library}", "Funded, number 1", "3", "$300.00"],
        below,
        [
            f"Museum {museum}",
            f"Not funded {no_room.replace('1 more voter', '2 more voters')}",
            "1",
            "$100.00",
        ],
    ]
    facts = {words(fact.dt): words(fact.dd) for fact in shown.select("main dl")[2].select("div")}
    assert facts == {
        "Budget": "$300.00", "Spent": "$300.00", "Left": "$0.00",
        "Voters with nothing funded": "3 of 6 ( 50% ) chose none of the projects funded in this lane.",
    }  # fmt: skip
    hashes = {words(fact.dt) for fact in shown.select("main dl")[-1].select("div")}
    assert {"Outcome of the lane “General”", "Outcome of the lane “New partners”"} <= hashes


def test_the_api_tells_the_lanes_and_their_tallies_one_after_the_other(client, voted):
    address = f"/api/v1/elections/{counted(voted).pk}/"
    assert client.get(address).json()["lanes"] == [
        {"kind": "GENERAL", "budget_minor": 50_000}, {"kind": "PARTNER", "budget_minor": 30_000},
    ]  # fmt: skip
    told = client.get(f"{address}result/").json()
    assert [(tally["lane"], tally["rule"], tally["decides"]) for tally in told] == [
        ("GENERAL", "greedy", True), ("GENERAL", "equal-shares", False),
        ("PARTNER", "greedy", True), ("PARTNER", "equal-shares", False),
    ]  # fmt: skip


def test_a_result_over_lanes_is_read_with_as_many_queries_as_over_one(voted):
    election = Election.objects.get(pk=counted(voted).pk)
    assert queries_of(lambda: result_of(election, ("en",))) == 5


def test_a_withdrawn_project_keeps_its_place_and_gets_a_mark(client, voted):
    library = voted.items.get(position=2)
    move_proposal(library.proposal, "WITHDRAWN")
    shown = page(client.get(reverse("voting:election", args=[counted(voted).pk])))
    assert rows(shown, 3)[0][0] == f"Library {library.code} Withdrawn"
    assert [words(chip) for chip in shown.select(".cdx-info-chip--warning")] == ["Withdrawn"]
