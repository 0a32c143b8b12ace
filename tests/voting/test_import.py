"""An election held elsewhere comes in whole or not at all, closed and in the past."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import DatabaseError, connection

from audit.canonical import digest
from audit.models import OPERATOR, TrailEntry
from jobs.models import Job, JobState
from tests.factories import NOON, pb_file, pb_text
from tests.hubs.refusals import refused
from tests.voting.makers import bring_in, count, counted
from voting import rules
from voting.actions import AmountTooLarge, NothingOnTheBallot, import_election
from voting.canonical import Choices, decode_ballot, digest_ballots
from voting.forms import read_election
from voting.models import (
    Ballot,
    Election,
    ElectionKind,
    ElectionOrigin,
    ElectionStatus,
    Item,
    ItemText,
    Manifest,
    RollEntry,
)
from voting.queries import ballot_groups, counts_of, frozen_hash

YESTERDAY = NOON - timedelta(days=1)
# vote type: votes as the file has them, the ballot format, the ballots as stored
FORMATS: dict[str, tuple[str, str, list[Choices]]] = {
    "approval": ("1;a\n2;c,a\n3;\n", "APPROVAL", [((0, 1),), ((0, 1), (2, 1)), ()]),
    "choose-1": ("1;a\n2;c\n3;a\n", "APPROVAL", [((0, 1),), ((2, 1),), ((0, 1),)]),
    "cumulative": ("1;a,b;3,2\n2;c;5\n", "CUMULATIVE", [((0, 3), (1, 2)), ((2, 5),)]),
    "ordinal": ("1;c,a\n2;b\n", "RANKING", [((0, 2), (2, 1)), ((1, 1),)]),
    "scoring": ("1;a,b;3,0\n", "SCORING", [((0, 3), (1, 0))]),
}


def file_of(vote_type: str, **meta: str):
    text = pb_text(FORMATS[vote_type][0], vote_type, **meta)
    if vote_type == "scoring":
        text = text.replace("voter_id;vote\n", "voter_id;vote;points\n")
    return read_election(text.encode())


def nothing_is_there() -> bool:
    kinds = (Election, Item, ItemText, RollEntry, Ballot, Manifest, Job, TrailEntry)
    return not any(kind.objects.exists() for kind in kinds)


def test_a_file_becomes_a_closed_election_with_its_paper_ballots_and_job(round_):
    election, job = bring_in(round_)
    assert (election.round, election.kind) == (round_, ElectionKind.BUDGET)
    assert (election.origin, election.status) == (ElectionOrigin.IMPORTED, ElectionStatus.CLOSED)
    assert (election.title, election.title_language) == ("Test election", "en")
    assert (election.currency, election.decimals, election.max_choices) == ("EUR", 2, None)
    lane = election.lanes.get()
    assert (lane.kind, lane.position, lane.budget_minor) == ("GENERAL", 0, 10_000)
    assert election.opens_at == election.frozen_at == datetime(2024, 5, 1, tzinfo=UTC)
    assert election.closes_at == datetime(2024, 5, 31, 23, 59, 59, tzinfo=UTC)
    items = election.items.order_by("position")
    assert list(items.values_list("position", "lane", "code", "cost_minor")) == [
        (0, lane.pk, "a", 4000), (1, lane.pk, "b", 5000), (2, lane.pk, "c", 6000),
    ]  # fmt: skip
    assert {item.proposal for item in items} == {None}
    texts = ItemText.objects.order_by("item").values_list("language", "title", "is_source")
    assert list(texts) == [("en", "Well", True), ("en", "School", True), ("en", "Library", True)]
    assert (job.kind, job.subject) == ("voting.count_election", str(election.pk))
    assert (job.state, job.created_at) == (JobState.QUEUED, NOON)


def test_the_trail_says_who_brought_it_in_and_what_was_accepted(round_):
    election, _job = bring_in(round_)
    assert list(TrailEntry.objects.order_by("pk").values_list("role", "verb", "after")) == [
        ("OPERATOR", "close_election", {"manifest": election.manifest.hash}),
        (
            "OPERATOR",
            "import_election",
            {"round": round_.pk, "ballots": 4, "frozen_hash": election.frozen_hash},
        ),
    ]


@pytest.mark.parametrize("vote_type", FORMATS)
def test_ballots_of_each_type_are_stored_and_counted_as_the_file_has_them(round_, vote_type):
    file = file_of(vote_type)
    election, job = bring_in(round_, file)
    _votes, ballot_format, ballots = FORMATS[vote_type]
    assert election.ballot_format == ballot_format
    stored = Counter(decode_ballot(bytes(it.payload)) for it in election.ballots.all())
    assert stored == Counter(ballots)
    counted = count(job)
    assert [tally.rule for tally in counted] == [rule for rule, _parameters in counts_of(election)]
    for tally in counted:
        task = file.instance(), file.profile(), rules.Parameters(**tally.parameters)
        outcome = rules.count(tally.rule, *task)
        explained = {"explanation": rules.explained(*task, outcome)} if tally.decides else {}
        assert tally.outcome == outcome.as_json() | explained


def test_four_counts_are_asked_for_and_greedy_by_votes_decides(round_):
    election = counted(round_)
    assert [
        (tally.rule, tally.parameters, tally.decides)
        for tally in election.tallies.order_by("-decides", "pk")
    ] == [
        ("greedy", {"order": "votes", "tie_break": "lexico"}, True),
        ("equal-shares", {"satisfaction": "cost", "tie_break": "lexico"}, False),
        ("equal-shares", {"satisfaction": "cardinality", "tie_break": "lexico"}, False),
        ("greedy", {"order": "votes-per-cost", "tie_break": "lexico"}, False),
    ]


@pytest.mark.parametrize("rule", ["equalshares", "equalshares/add1"])
def test_equal_shares_decides_where_its_city_used_it(round_, rule):
    election = counted(round_, pb_file(rule=rule))
    assert [(tally.rule, tally.decides) for tally in election.tallies.order_by("pk")] == [
        ("equal-shares", True), ("equal-shares", False), ("greedy", False), ("greedy", False),
    ]  # fmt: skip
    assert election.parameters == {"satisfaction": "cost", "tie_break": "lexico"}


def test_ties_fall_by_project_id_as_text(round_):
    text = pb_text("1;9,10,x\n2;9,10,x\n", budget="100")
    for old, new in {"a;40;": "9;50;", "b;50;": "x;50;", "c;60;": "10;50;"}.items():
        text = text.replace(old, new)
    election = counted(round_, read_election(text.encode()))
    winners = {tuple(tally.outcome["winners"]) for tally in election.tallies.all()}
    assert winners == {("10", "9")}


class Unwritable:
    """Something that stands in a ballot and is no number."""


def test_a_fault_in_the_middle_leaves_nothing_behind(round_):
    file = pb_file()
    broken = replace(file, ballots=(*file.ballots, ((0, Unwritable()),)))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="Unwritable"):
        bring_in(round_, broken)
    assert nothing_is_there()


def test_a_fault_in_the_last_step_leaves_nothing_behind(round_):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE jobs_job ADD CONSTRAINT planted CHECK (kind <> kind)")
    with pytest.raises(DatabaseError, match="planted"):
        bring_in(round_)
    assert nothing_is_there()


@pytest.mark.parametrize(
    ("begin", "end", "opens_at", "closes_at"),
    [
        ("2024-05-01", "2024-05-31", "2024-05-01T00:00:00", "2024-05-31T23:59:59"),
        ("01.05.2024", "31.05.2024", "2024-05-01T00:00:00", "2024-05-31T23:59:59"),
        ("2024", "2024", "2024-01-01T00:00:00", "2024-12-31T23:59:59"),
        ("2024-05-31", "2024-05-01", "2024-05-01T23:59:59", "2024-05-01T23:59:59"),
        ("2024-05-01", "2999-01-01", "2024-05-01T00:00:00", "2026-05-31T12:00:00"),
        ("2999-01-01", "2999-12-31", "2026-05-31T12:00:00", "2026-05-31T12:00:00"),
        ("2026-06-01", "2026-06-01", "2026-05-31T12:00:00", "2026-05-31T12:00:00"),
        ("spring", "?", "2026-05-31T12:00:00", "2026-05-31T12:00:00"),
        ("", "", "2026-05-31T12:00:00", "2026-05-31T12:00:00"),
    ],
)
def test_it_is_dated_by_its_file_and_never_later_than_yesterday(
    round_, begin, end, opens_at, closes_at
):
    election, _job = bring_in(round_, pb_file(date_begin=begin, date_end=end))
    assert (election.opens_at, election.closes_at) == (
        datetime.fromisoformat(f"{opens_at}+00:00"),
        datetime.fromisoformat(f"{closes_at}+00:00"),
    )
    assert election.frozen_at == election.opens_at


def test_the_roll_has_one_entry_a_ballot_and_names_no_member(round_, ada):
    election, _job = bring_in(round_)
    assert [(entry.member, entry.reason) for entry in election.roll.all()] == [
        (None, "IMPORTED")
    ] * 4
    assert election.ballots.count() == 4


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=13))])
def test_what_was_frozen_hashes_the_same_when_it_is_read_again(round_, zone):
    for meta in ({}, {"date_begin": "", "date_end": ""}):
        election, _job = bring_in(round_, pb_file(**meta), now=NOON.astimezone(zone))
        assert frozen_hash(election) == election.frozen_hash


@pytest.mark.parametrize(
    ("column", "value"),
    {
        "kind": "SEATS", "ballot_format": "RANKING", "resource_kind": "DATA", "currency": "JPY",
        "decimals": 0, "max_choices": 2, "key_fingerprint": "f" * 64, "rule": "x", "parameters": {}, "comparisons": [],
        "seed": "00", "opens_at": NOON, "closes_at": NOON,
    }.items(),
)  # fmt: skip
def test_all_that_decides_the_count_is_in_the_frozen_hash(round_, column, value):
    election, _job = bring_in(round_)
    setattr(election, column, value)
    assert frozen_hash(election) != election.frozen_hash


def test_the_manifest_names_the_paper_and_every_ballot(round_):
    election, _job = bring_in(round_)
    groups = [(b"[[0,1],[1,1]]", 1), (b"[[0,1]]", 1), (b"[[1,1]]", 1), (b"[[2,1]]", 1)]
    assert ballot_groups(election) == groups
    assert election.manifest.body == {
        "format": "manifest/1",
        "election": str(election.pk),
        "frozen_hash": election.frozen_hash,
        "scheme": "plain/1",
        "ballots": 4,
        "ballots_hash": digest_ballots(groups),
    }
    assert election.manifest.hash == digest(election.manifest.body)


@pytest.mark.parametrize(
    ("currency", "budget", "stored"),
    [
        ("EUR", "100", (100_00, 2, "EUR")),
        ("EUR", "100.5", (100_50, 2, "EUR")),
        ("EUR", "100.125", (100_125, 3, "EUR")),
        ("JPY", "100", (100, 0, "JPY")),
        ("KWD", "100.5", (100_500, 3, "KWD")),
        ("eur", "100", (100, 0, "EUR")),
        ("", "100.5", (100_5, 1, "")),
        ("PLN?", "100", (100, 0, "")),
    ],
)
def test_amounts_are_whole_numbers_of_the_smallest_unit(round_, currency, budget, stored):
    election, _job = bring_in(round_, pb_file(currency=currency, budget=budget))
    assert (election.lanes.get().budget_minor, election.decimals, election.currency) == stored
    costs = [40 * 10 ** stored[1], 50 * 10 ** stored[1], 60 * 10 ** stored[1]]
    assert [item.cost_minor for item in election.items.order_by("position")] == costs


def test_the_finest_cost_of_the_file_sets_the_unit_for_all(round_):
    text = pb_text().replace("a;40;", "a;40.0625;")
    election, _job = bring_in(round_, read_election(text.encode()))
    assert (election.decimals, election.lanes.get().budget_minor) == (4, 1_000_000)
    costs = [item.cost_minor for item in election.items.order_by("position")]
    assert costs == [400_625, 500_000, 600_000]


@pytest.mark.parametrize(("points", "scores"), [("from-one", [3, 1, 3]), ("from-zero", [1, 0, 1])])
def test_a_ranking_earns_the_points_that_were_asked_for(round_, points, scores):
    file = read_election(pb_text("1;c,a\n2;a,b\n3;c\n", "ordinal").encode())
    election = counted(round_, file, ranking_points=points)
    told = {tally.parameters["ranking_points"] for tally in election.tallies.all()}
    assert told == {points}
    support = election.tallies.get(decides=True).outcome["support"]
    assert [entry["score"] for entry in support] == scores
    assert [entry["votes"] for entry in support] == [2, 1, 2]


def test_the_points_of_a_ranking_are_told_only_where_there_is_one(round_):
    assert "ranking_points" not in counted(round_, ranking_points="from-zero").parameters


def test_a_repeated_approval_counts_once_and_is_warned_of(round_):
    file = pb_file("1;a,a\n2;b,a,b\n")
    assert [str(warning) for warning in file.warnings] == [
        "line 23: A project is named twice in one vote in 2 rows; it counts once."
    ]
    election, _job = bring_in(round_, file)
    assert ballot_groups(election) == [(b"[[0,1],[1,1]]", 1), (b"[[0,1]]", 1)]


@pytest.mark.parametrize(
    ("meta", "titled"),
    [
        ({}, ("Test election", "en")),
        ({"description": "", "language": "DA "}, ("Nowhere", "da")),
        ({"description": "", "unit": ""}, ("approval", "en")),
        ({"description": "x" * 301, "language": "Klingon"}, ("x" * 300, "und")),
    ],
)
def test_its_title_is_taken_from_what_the_file_tells(round_, meta, titled):
    election, _job = bring_in(round_, pb_file(**meta))
    assert (election.title, election.title_language) == titled


def test_a_project_without_a_name_goes_by_its_id(round_):
    file = read_election(pb_text().replace("b;50;School", "b;50;").encode())
    bring_in(round_, file)
    assert sorted(text.title for text in ItemText.objects.all()) == ["Library", "Well", "b"]


def test_a_file_without_projects_is_refused(round_):
    file = replace(pb_file(), projects=())
    with pytest.raises(NothingOnTheBallot):
        bring_in(round_, file)
    assert nothing_is_there()


@pytest.mark.parametrize("place", ["budget", "a cost"])
def test_what_no_column_holds_is_refused(round_, place):
    def file(amount: int):
        if place == "budget":
            return pb_file(budget=str(amount), currency="JPY")
        text = pb_text(currency="JPY").replace("a;40;", f"a;{amount};")
        return read_election(text.encode())

    with pytest.raises(AmountTooLarge):
        bring_in(round_, file(10**18 + 1))
    assert nothing_is_there()
    election = counted(round_, file(10**18))
    assert max(election.lanes.get().budget_minor, election.items.get(code="a").cost_minor) == 10**18


def test_an_election_without_a_ballot_is_counted_too(round_):
    election = counted(round_, pb_file(""))
    assert election.manifest.body["ballots"] == election.roll.count() == 0
    outcomes = {tally.rule: tally.outcome["winners"] for tally in election.tallies.all()}
    assert outcomes == {"greedy": ["a", "b"], "equal-shares": []}


def test_a_round_that_is_gone_brings_nothing_in(round_):
    round_.pk += 1
    with refused("foreign key"):
        import_election(
            round=round_, file=pb_file(), ranking_points="from-one", importer=OPERATOR, now=NOON
        )
        connection.check_constraints()
    assert nothing_is_there()
