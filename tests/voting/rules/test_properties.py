"""What holds for every election: the books balance, and what must not matter does not."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.voting.rules import oracle
from tests.voting.rules.fuzzing import tries
from tests.voting.rules.strategies import COUNTS, GREEDY, elections
from voting.rules import Instance, Profile, Project, count

some = tries(100)


@some
@given(elections(), COUNTS)
def test_votes_and_scores_are_those_of_the_single_voters(election, counted):
    instance, profile = election
    rule, parameters = counted
    voters = oracle.voters_of(profile, parameters)
    support = count(rule, instance, profile, parameters).support
    assert [entry.id for entry in support] == [project.id for project in instance.projects]
    assert [entry.score for entry in support] == [
        sum(voter.copies * voter.points.get(index, 0) for voter in voters)
        for index in range(len(support))
    ]
    assert [entry.votes for entry in support] == [
        sum(copies for ballot, copies in profile.ballots if dict(ballot).get(index, 0) > 0)
        for index in range(len(support))
    ]


@some
@given(elections(), COUNTS)
def test_the_books_balance(election, counted):
    instance, profile = election
    rule, parameters = counted
    outcome = count(rule, instance, profile, parameters)
    cost = {project.id: project.cost for project in instance.projects}
    remaining = instance.budget
    for step in outcome.steps:
        remaining -= cost[step.project]
        assert step.remaining == remaining >= 0
    assert outcome.winners == tuple(step.project for step in outcome.steps)
    assert len(set(outcome.winners)) == len(outcome.winners)
    assert outcome.cost == sum(cost[winner] for winner in outcome.winners) <= outcome.budget
    votes = {entry.id: entry.votes for entry in outcome.support}
    assert all(votes[winner] >= parameters.min_support for winner in outcome.winners)


@some
@given(elections(), GREEDY)
def test_greedy_leaves_nothing_out_that_fits(election, parameters):
    instance, profile = election
    outcome = count("greedy", instance, profile, parameters)
    votes = {entry.id: entry.votes for entry in outcome.support}
    for project in instance.projects:
        if project.id not in outcome.winners and votes[project.id] >= parameters.min_support:
            assert project.cost > instance.budget - outcome.cost


@some
@given(elections(), COUNTS, st.data())
def test_neither_the_order_of_voters_nor_merging_their_ballots_matters(election, counted, data):
    instance, profile = election
    rule, parameters = counted
    single = [ballot for ballot, copies in profile.ballots for _ in range(copies)]
    shuffled = data.draw(st.permutations(single))
    merged = tuple(Counter(shuffled).items())
    expected = count(rule, instance, profile, parameters)
    for ballots in (tuple((ballot, 1) for ballot in shuffled), merged):
        assert count(rule, instance, Profile(profile.format, ballots), parameters) == expected


@some
@given(elections(), COUNTS, st.data())
def test_the_order_of_projects_does_not_matter(election, counted, data):
    instance, profile = election
    rule, parameters = counted
    order = data.draw(st.permutations(range(len(instance.projects))))
    places = {old: new for new, old in enumerate(order)}
    moved = tuple(
        (tuple(sorted((places[index], value) for index, value in ballot)), copies)
        for ballot, copies in profile.ballots
    )
    other = Instance(instance.budget, tuple(instance.projects[old] for old in order))
    outcome = count(rule, other, Profile(profile.format, moved), parameters)
    assert outcome.steps == count(rule, instance, profile, parameters).steps


@some
@given(elections(), COUNTS, st.integers(2, 1000))
def test_the_unit_of_the_money_does_not_matter(election, counted, factor):
    instance, profile = election
    rule, parameters = counted
    scaled = Instance(
        instance.budget * factor,
        tuple(Project(project.id, project.cost * factor) for project in instance.projects),
    )
    expected = count(rule, instance, profile, parameters).winners
    assert count(rule, scaled, profile, parameters).winners == expected


@some
@given(elections(), COUNTS, st.integers(2, 5))
def test_as_many_voters_again_of_each_kind_change_no_winner(election, counted, factor):
    instance, profile = election
    rule, parameters = counted
    cloned = Profile(profile.format, tuple((b, copies * factor) for b, copies in profile.ballots))
    expected = count(rule, instance, profile, parameters).winners
    higher_bar = replace(parameters, min_support=parameters.min_support * factor)
    assert count(rule, instance, cloned, higher_bar).winners == expected
