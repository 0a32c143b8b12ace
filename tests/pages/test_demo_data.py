"""What the movement was built to show is there, found in its rows; its ballots look like real ones."""

import math
import re
import statistics
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from hubs.models import Hub
from members.models import Member
from pages.demo.ballots import LENGTHS, SPREAD, invented_ballots
from proposals.models import JUDGES, Proposal, ProposalStatus
from proposals.queries import shortlisted
from proposals.queries.judging import judges_of
from texts.models import TextRendering
from voting import rules
from voting.canonical import decode_ballot
from voting.models import Election, Item, Tally
from voting.queries import ballot_groups, counts_of, instance_of, profiles_of
from voting.rules import pabulib

REAL = Path(__file__).resolve().parents[3] / "shared" / "elections"
# The approval elections that the fit names: Łódź, Warsaw, Wieliczka and Amsterdam.
FITTED = re.compile(r"Poland_Lodz|Poland_Warszawa_20(19|26)|Wieliczka|Amsterdam")


@pytest.fixture
def counted(demo) -> Election:
    return Election.objects.get(round__hub__slug="lac")


@pytest.fixture
def voting(demo) -> Election:
    return Election.objects.get(round__hub__slug="ssa")


def tally(election: Election, lane: str, rule: str, **options: str) -> Tally:
    wanted = {f"parameters__{name}": value for name, value in options.items()}
    return Tally.objects.get(election=election, lane__kind=lane, rule=rule, **wanted)


def ballots(election: Election) -> list[list[int]]:
    return [
        [position for position, _value in decode_ballot(bytes(payload))]
        for payload in election.ballots.values_list("payload", flat=True)
    ]


def test_equal_shares_and_the_majority_count_differ_by_three_projects_or_more(counted):
    equal = set(
        tally(counted, "GENERAL", "equal-shares", satisfaction="cardinality").outcome["winners"]
    )
    greedy = set(tally(counted, "GENERAL", "greedy").outcome["winners"])
    assert len(equal - greedy) >= 3
    assert len(greedy - equal) >= 3


def test_two_projects_of_one_lane_tie_and_the_lower_cost_goes_first(counted):
    support = Counter(position for ballot in ballots(counted) for position in ballot)
    winners = tally(counted, "GENERAL", "greedy").outcome["winners"]
    by_votes: dict[int, list[Item]] = {}
    for item in counted.items.filter(lane__kind="GENERAL").order_by("cost_minor"):
        by_votes.setdefault(support[item.position], []).append(item)
    (tied,) = [items for items in by_votes.values() if len(items) > 1]
    cheap, dear = tied
    assert cheap.cost_minor < dear.cost_minor
    assert winners.index(cheap.code) < (
        winners.index(dear.code) if dear.code in winners else len(winners)
    )


def test_the_last_project_bought_fits_the_rest_exactly(counted):
    outcome = tally(counted, "GENERAL", "greedy").outcome
    costs = dict(counted.items.values_list("code", "cost_minor"))
    *before, last = outcome["winners"]
    assert outcome["budget"] - sum(costs[code] for code in before) == costs[last]


def test_somebody_cast_a_blank_ballot_in_either_vote(counted, voting):
    assert [] in ballots(counted)
    assert [] in ballots(voting)


def test_no_outcome_of_the_demo_depends_on_the_seed_drawn_at_its_freeze(counted):
    profiles = profiles_of(counted, ballot_groups(counted))
    for lane in counted.lanes.all():
        instance = instance_of(lane)
        for rule, options in counts_of(counted):
            stored = {
                found for found in lane.tallies.filter(rule=rule) if found.parameters == options
            }
            (told,) = stored
            for seed in ("00", "5eed", "ff" * 32):
                parameters = rules.Parameters(**{**options, "tie_break": f"seed:{seed}"})
                found = rules.count(rule, instance, profiles[lane.pk], parameters)
                assert list(found.winners) == told.outcome["winners"]


def test_a_proposal_was_withdrawn_while_it_stood_on_the_ballot(voting):
    (item,) = voting.items.filter(proposal__status=ProposalStatus.WITHDRAWN)
    told = item.proposal.lane.round
    assert told == voting.round
    assert voting.frozen_at is not None
    assert item not in shortlisted(told)


def test_a_proposal_on_the_ballot_is_in_one_language_only(voting):
    languages = Counter(
        voting.items.values_list("pk", "texts__language").values_list("pk", flat=True)
    )
    assert 1 in languages.values()
    assert max(languages.values()) > 1


def test_an_arabic_title_holds_a_number_and_a_latin_name(demo):
    titles = TextRendering.objects.filter(
        language="ar", translator__isnull=True, text__proposal__isnull=False
    ).values_list("title", flat=True)
    mixed = [
        title
        for title in titles
        if re.search(r"[A-Za-z]{3,}", title)
        and re.search(r"[0-9٠-٩]", title)
        and any("ARABIC" in unicodedata.name(letter, "") for letter in title)
    ]
    assert mixed


def test_a_hub_has_fewer_than_ten_who_could_vote(demo):
    homes = Counter(Member.objects.values_list("home_country", flat=True))
    sizes = {
        hub.slug: sum(homes[one.country] for one in hub.countries.all())
        for hub in Hub.objects.filter(kind="REGIONAL").prefetch_related("countries")
    }
    assert {hub for hub, size in sizes.items() if size < 10} == {"na"}
    assert sizes["na"] > 0


def test_a_recusal_leaves_a_body_without_a_quorum(demo):
    left = {}
    for proposal in Proposal.objects.filter(recusals__isnull=False).distinct():
        body = proposal.lane.round.hub.bodies.get(slug="committee")
        kept_away = set(proposal.recusals.values_list("member", flat=True))
        judges = set(judges_of(body, demo.now).values_list("pk", flat=True))
        assert body.seats.filter(function__in=JUDGES, terms__member__in=judges).exists()
        left[proposal.pk] = len(judges - kept_away)
    assert sorted(left.values()) == [1, 2]  # two voices are needed


# The ballots: a fit is stated, held to, and compared with real ones where they are.


def lengths(found: list[tuple[int, ...]]) -> list[float]:
    """The share of voters who mark 0, 1, 2, … 10 projects."""
    times = Counter(map(len, found))
    return [times[length] / len(found) for length in range(11)]


def spread(found: list[tuple[int, ...]]) -> float:
    """The standard deviation of the logarithm of the share of voters who mark a project."""
    marks = Counter(item for ballot in found for item in ballot)
    return statistics.stdev(math.log(times / len(found)) for times in marks.values())


def test_the_lengths_of_invented_ballots_are_as_stated():
    found = lengths(invented_ballots(24, 20_000, 1))
    for length, share in enumerate(found):
        assert share == pytest.approx(LENGTHS[length] / 100, abs=0.01)


def test_the_popularity_of_invented_projects_is_spread_as_stated():
    found = [spread(invented_ballots(24, 3_000, seed)) for seed in range(8)]
    assert statistics.mean(found) == pytest.approx(SPREAD, abs=0.15)
    assert all(0.25 < one < 0.95 for one in found)


def test_a_ballot_names_a_project_once_and_none_that_is_not_there():
    for ballot in invented_ballots(6, 500, 3):
        assert list(ballot) == sorted(set(ballot))
        assert set(ballot) <= set(range(6))


def real_elections() -> list[pabulib.Election]:
    paths = [path for path in REAL.glob("*.pb") if FITTED.search(path.name)]
    read = [pabulib.read(path.read_bytes(), merge_repeated=True) for path in sorted(paths)]
    return [one for one in read if one.format is rules.BallotFormat.APPROVAL]


@pytest.mark.skipif(not REAL.is_dir(), reason=f"no elections in {REAL}")
def test_invented_ballots_lie_within_what_real_elections_show():
    real = [
        [tuple(item for item, _value in ballot) for ballot in one.ballots]
        for one in real_elections()
    ]
    assert len(real) >= 5
    spreads = [spread(one) for one in real if len({i for b in one for i in b}) > 3]
    own = invented_ballots(24, 3_000, 7)
    assert min(spreads) <= spread(own) <= max(spreads)
    means = [statistics.mean(map(len, one)) for one in real]
    assert min(means) <= statistics.mean(map(len, own)) <= max(means)


def test_the_fit_would_not_hold_for_ballots_drawn_evenly():
    """The control: voters who mark every project alike are no electorate."""
    even = [tuple(range(number % 11)) if number % 11 else () for number in range(3_000)]
    assert abs(lengths(even)[1] - LENGTHS[1] / 100) > 0.01
    rotated = [tuple((number + step) % 24 for step in range(4)) for number in range(2_400)]
    assert spread(rotated) < 0.05
