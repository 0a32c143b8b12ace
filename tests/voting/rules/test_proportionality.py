"""What the literature proves of the rules, by trying every group of voters and every set of projects."""

from fractions import Fraction
from itertools import combinations, product

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.voting.rules import oracle
from tests.voting.rules.fuzzing import tries
from tests.voting.rules.strategies import ADD1, EQUAL_SHARES, elections
from voting.rules import BallotFormat, Instance, Parameters, Profile, Project, count

LEXICO = Parameters(tie_break="lexico")
APPROVALS = st.sampled_from([BallotFormat.APPROVAL, BallotFormat.KNAPSACK])


def sets_of(indices):
    return (some for size in range(1, len(indices) + 1) for some in combinations(indices, size))


def neglected(instance, voters, winners, worth):
    """A set of projects and its least utilities that break EJR up to one project; None if none does.

    A group that gives each project of T at least so much, and whose part of the budget pays for T,
    holds somebody who has as much as T would give, or would have more with one project of T.
    Everybody who has less is one group: no smaller one can be neglected if that is not.
    """
    indices = range(len(instance.projects))
    won = [index for index in indices if instance.projects[index].id in winners]
    for chosen in sets_of(indices):
        cost = sum(instance.projects[index].cost for index in chosen)
        levels = [sorted({v.points.get(i, 0) for v in voters} - {0}) for i in chosen]
        for least in product(*levels):
            due = sum(points * worth(index) for points, index in zip(least, chosen, strict=True))
            behind = 0
            for voter in voters:
                if any(voter.points.get(i, 0) < p for i, p in zip(chosen, least, strict=True)):
                    continue
                has = sum(voter.points.get(index, 0) * worth(index) for index in won)
                more = [voter.points[i] * worth(i) for i in chosen if i not in won]
                behind += has < due and has + max(more, default=0) <= due
            if behind and behind * instance.budget >= cost * len(voters):
                return chosen, least
    return None


@tries(100)
@given(
    elections(most_projects=4, most_ballots=6, most_copies=2),
    st.sampled_from(["cost", "cardinality"]),
    st.sampled_from(["none", "greedy"]),
)
def test_equal_shares_neglects_no_group_by_more_than_one_project(
    election, satisfaction, completion
):
    # Peters, Pierczyński and Skowron, 2021: extended justified representation up to one project.
    instance, profile = election
    parameters = Parameters(satisfaction=satisfaction, completion=completion)
    voters = oracle.voters_of(profile, parameters)
    winners = count("equal-shares", instance, profile, parameters).winners

    def worth(index):
        return instance.projects[index].cost if satisfaction == "cost" else 1

    assert neglected(instance, voters, winners, worth) is None


def test_greedy_does_neglect_groups_so_that_the_test_above_can_fail():
    instance = Instance(4, tuple(Project(name, 1) for name in "abcdef"))
    ballots = [(tuple((i, 1) for i in range(4)), 3), (((4, 1), (5, 1)), 1)]
    profile = Profile(BallotFormat.APPROVAL, ballots)
    voters = oracle.voters_of(profile, LEXICO)
    winners = count("greedy", instance, profile, LEXICO).winners
    assert winners == tuple("abcd")
    # The fourth voter has a fourth of the money, and e or f would take no more.
    assert neglected(instance, voters, winners, lambda index: 1) == ((4,), (1,))
    fair = count("equal-shares", instance, profile, LEXICO).winners
    assert neglected(instance, voters, fair, lambda index: 1) is None


@tries(100)
@given(elections(), EQUAL_SHARES | ADD1)
def test_everybody_pays_within_their_share_and_what_was_not_bought_cannot_be_paid(
    election, parameters
):
    # Peters and Skowron, 2020: priceability, in exact amounts.
    instance, profile = election
    assume(profile.voters)
    outcome = count("equal-shares", instance, profile, parameters)
    voters = oracle.voters_of(profile, parameters)
    places = {project.id: index for index, project in enumerate(instance.projects)}
    purses = [outcome.phases[0].endowment or Fraction(0)] * len(voters)
    for step in outcome.steps:
        if step.level is None:
            assert step.fill
            continue
        index = places[step.project]
        due = [step.level * voter.points.get(index, 0) for voter in voters]
        paid = [min(purse, amount) for purse, amount in zip(purses, due, strict=True)]
        assert sum(paid) == step.amount == instance.projects[index].cost
        purses = [purse - amount for purse, amount in zip(purses, paid, strict=True)]
    assert all(purse >= 0 for purse in purses)
    bought = {step.project for step in outcome.steps if not step.fill}
    for entry in outcome.support:
        index = places[entry.id]
        if entry.id not in bought and entry.score and entry.votes >= parameters.min_support:
            holders = zip(purses, voters, strict=True)
            left = sum(purse for purse, voter in holders if voter.points.get(index, 0))
            assert left < instance.projects[index].cost


@tries(60)
@given(elections(APPROVALS, most_projects=5, most_ballots=6, most_copies=1), st.integers(1, 5))
def test_phragmen_gives_every_group_that_agrees_its_lower_quota(election, seats):
    # Brill, Freeman, Janson and Lackner, 2017: proportional justified representation, equal costs.
    instance, profile = election
    seats = min(seats, len(instance.projects))
    voters = oracle.voters_of(profile, LEXICO)
    assume(voters)
    projects = tuple(Project(project.id, 1) for project in instance.projects)
    winners = count("phragmen", Instance(seats, projects), profile, LEXICO).winners
    won = {index for index, project in enumerate(projects) if project.id in winners}
    for group in sets_of(voters):
        agreed = len(set.intersection(*(set(voter.points) for voter in group)))
        quota = min(agreed, len(group) * seats // len(voters))
        assert len(won & set().union(*(voter.points for voter in group))) >= quota
