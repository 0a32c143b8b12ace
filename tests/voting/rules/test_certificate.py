"""Floats propose, bounds decide: on close calls nothing is wrong, and without the bounds it would be."""

from collections import Counter
from fractions import Fraction

import pytest

from tests.voting.rules import oracle
from tests.voting.rules.close_calls import close_election, close_loads
from tests.voting.rules.fuzzing import SEEDS
from voting.rules import BallotFormat, Instance, Parameters, Profile, Project, count
from voting.rules import bids as bids_module
from voting.rules import market as market_module
from voting.rules import phragmen as phragmen_module
from voting.rules.bids import Bid
from voting.rules.market import _Run
from voting.rules.purses import Purses

LEXICO = Parameters(tie_break="lexico")


def approvals(*ballots: tuple[str, int]) -> Profile:
    return Profile(
        BallotFormat.APPROVAL,
        [(tuple(("abc".index(name), 1) for name in names), copies) for names, copies in ballots],
    )


def agrees(rule, election) -> bool:
    return oracle.told(count(rule, *election)) == oracle.count(rule, *election, each=False)


@pytest.fixture
def paths(monkeypatch) -> Counter[str]:
    """How often a purchase was certified, and how often it was decided exactly."""
    taken: Counter[str] = Counter()
    certified, exactly = _Run._certified, _Run._decided_exactly

    def counted_certified(run, index, bid):
        missing = certified(run, index, bid)
        taken["certified"] += 1
        return missing

    def counted_exactly(run):
        taken["exact"] += 1
        return exactly(run)

    monkeypatch.setattr(_Run, "_certified", counted_certified)
    monkeypatch.setattr(_Run, "_decided_exactly", counted_exactly)
    return taken


def test_equal_shares_decides_every_close_call_as_the_oracle_by_either_path(paths):
    assert [s for s in SEEDS if not agrees("equal-shares", close_election(s))] == []
    assert paths["certified"] > 2 * len(SEEDS)
    assert paths["exact"] > len(SEEDS) // 10


def test_hundreds_of_ballots_on_the_edge_are_counted_as_by_the_oracle(paths):
    seeds = SEEDS[:: len(SEEDS) // 8]
    assert [s for s in seeds if not agrees("equal-shares", close_election(-s - 1, 400))] == []
    assert [s for s in seeds if not agrees("phragmen", close_loads(-s - 1, 400))] == []
    assert paths["certified"]
    assert paths["exact"]


def test_phragmen_decides_every_close_call_as_the_oracle(monkeypatch):
    looked_at: Counter[int] = Counter()
    together = phragmen_module._Run._together

    def counted(run, index):
        looked_at[len(run.levels)] += 1
        return together(run, index)

    monkeypatch.setattr(phragmen_module._Run, "_together", counted)
    bought = 0
    for seed in SEEDS:
        election = close_loads(seed)
        assert agrees("phragmen", election), seed
        bought += len(count("phragmen", *election).winners)
    assert sum(looked_at.values()) > 2 * bought + len(SEEDS)  # often more than one was exact


def test_who_pays_in_full_their_points_and_the_level_are_of_one_step(monkeypatch):
    def checked(supporters, cost, purses, bound, most):
        bid = bids_module.bid_for(supporters, cost, purses, bound, most)
        if isinstance(bid, Bid):
            points = 1 if supporters.points is None else supporters.points
            able = purses.money[supporters.ballots] >= bid.level * points
            assert able.tolist() == bid.full.tolist()
            assert supporters.value.dot(bid.full) == bid.points
        return bid

    monkeypatch.setattr(market_module, "bid_for", checked)
    for seed in (82, 157, 1970, 2434, *SEEDS):
        count("equal-shares", *close_election(seed))


def without_room_for_rounding(monkeypatch):
    def ignore(purses, error):
        pass

    nothing = property(lambda purses: 0.0, ignore)
    monkeypatch.setattr(Purses, "error", nothing, raising=False)
    monkeypatch.setattr(bids_module, "U", 0.0)


def without_a_look_at_who_is_near(monkeypatch):
    monkeypatch.setattr(Purses, "unclear", lambda purses, left, off: False)


def without_the_bounds_of_others(monkeypatch):
    certified = _Run._certified

    def alone(run, index, bid):
        others, run.queue = run.queue, []
        try:
            return certified(run, index, bid)
        finally:
            run.queue = others

    monkeypatch.setattr(_Run, "_certified", alone)


# What each bound is for: an election small enough to count by hand that is wrong without it.


def test_without_room_for_rounding_a_project_that_can_just_be_paid_is_missed(monkeypatch):
    # Five have 33/5 each. All pay 18/5 for a; four have 3 left each, exactly the 12 that b costs.
    # In floats 6.6 - 3.6 is a little less than 3.
    election = (
        Instance(33, (Project("a", 18), Project("b", 12))),
        approvals(("ab", 4), ("a", 1)),
        LEXICO,
    )
    assert count("equal-shares", *election).winners == ("a", "b")
    assert agrees("equal-shares", election)
    without_room_for_rounding(monkeypatch)
    assert count("equal-shares", *election).winners == ("a",)


def test_without_a_look_at_who_is_near_the_price_somebody_pays_what_they_do_not_have(monkeypatch):
    # 1,000 voters, one of whom pays for a and has 800,000,000,000,000 + 63/1000 left. For c seven
    # would pay 800,000,000,000,000 + 1/7 each: that one has less, by less than floats tell there.
    election = (
        Instance(
            10**18 + 63, (Project("a", 2 * 10**14), Project("b", 1), Project("c", 56 * 10**14 + 1))
        ),
        approvals(("ac", 1), ("c", 6), ("", 993)),
        Parameters(tie_break="lexico", satisfaction="cardinality"),
    )
    assert agrees("equal-shares", election)
    level, seventh = count("equal-shares", *election).steps[-1].level, Fraction(56 * 10**14 + 1, 7)
    without_a_look_at_who_is_near(monkeypatch)
    assert count("equal-shares", *election).steps[-1].level == seventh != level


def test_without_the_others_bounds_the_first_come_is_bought_and_not_the_first_in_order(monkeypatch):
    election = (
        Instance(3, (Project("b", 2), Project("a", 2))),
        approvals(("ab", 3)),
        LEXICO,
    )
    assert count("equal-shares", *election).winners == ("a",)
    without_the_bounds_of_others(monkeypatch)
    assert count("equal-shares", *election).winners == ("b",)


def test_without_room_for_rounding_phragmen_does_not_see_a_tie(monkeypatch):
    # All three bear 8/3 for c. Next are a at 5 + 8/3 = 23/3 and b at (15 + 8) / 3 = 23/3, alike: as
    # b costs more than the 10 that are left, the count is at its end.
    election = (
        Instance(18, (Project("a", 5), Project("b", 15), Project("c", 8))),
        approvals(("bc", 2), ("abc", 1)),
        LEXICO,
    )
    assert count("phragmen", *election).winners == ("c",)
    assert agrees("phragmen", election)
    monkeypatch.setattr(phragmen_module, "U", 0.0)
    assert count("phragmen", *election).winners == ("c", "a")


BLUNTED = {
    without_room_for_rounding: (568, 710, 1051),
    without_a_look_at_who_is_near: (282, 961, 1027),
    without_the_bounds_of_others: (2, 22, 120),
}


@pytest.mark.parametrize("blunt", BLUNTED)
def test_on_close_calls_each_part_of_the_certificate_is_needed(blunt, monkeypatch):
    """The negative control of the first test of this file: seeds at which it would fail."""
    seeds = BLUNTED[blunt]
    assert all(agrees("equal-shares", close_election(seed)) for seed in seeds)
    blunt(monkeypatch)
    assert not any(agrees("equal-shares", close_election(seed)) for seed in seeds)
