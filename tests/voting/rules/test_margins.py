"""The margin of a project that was not bought: one voter fewer, or one unit dearer, and it still is not."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from tests.voting.rules.strategies import COUNTS, elections
from voting.rules import (
    BallotFormat,
    Instance,
    Margin,
    Parameters,
    Profile,
    Project,
    count,
    margins,
)

LEXICO = Parameters(tie_break="lexico")


def small(budget: int = 10, **costs: int) -> Instance:
    return Instance(budget, tuple(Project(name, cost) for name, cost in costs.items()))


def approvals(*ballots: tuple[tuple[int, ...], int]) -> Profile:
    cast = tuple((tuple((index, 1) for index in chosen), voters) for chosen, voters in ballots)
    return Profile(BallotFormat.APPROVAL, cast)


def test_a_loser_of_the_greedy_count_needs_to_pass_the_one_before_it_or_to_fit_what_is_left():
    found = margins("greedy", small(a=6, b=5), approvals(((0,), 9), ((1,), 4)), LEXICO)
    # 6 more make 10 votes against 9; at 5 + 5 = 10 votes b would lose to a by name at 9 to 9.
    assert found == {"b": Margin(more_votes=6, less_cost=1)}


def test_at_equal_votes_the_tie_decides_how_many_more_are_needed():
    found = margins("greedy", small(a=5, b=6), approvals(((0,), 4), ((1,), 9)), LEXICO)
    assert found == {"a": Margin(more_votes=5, less_cost=1)}  # a comes before b by name


def test_a_project_dearer_than_the_budget_has_no_number_of_votes():
    assert margins("greedy", small(a=11), approvals(((0,), 3)), LEXICO) == {"a": Margin(None, 1)}


def test_a_project_nobody_chose_is_not_bought_at_any_price_by_equal_shares():
    profile = approvals(((0,), 3))
    assert margins("equal-shares", small(a=9, b=2), profile, LEXICO)["b"].less_cost is None


def test_a_project_that_is_bought_has_no_margin():
    assert margins("greedy", small(a=6), approvals(((0,), 3)), LEXICO) == {}


def test_points_are_no_choice_so_no_number_of_voters_is_named():
    profile = Profile(BallotFormat.CUMULATIVE, ((((0, 3),), 2), (((1, 2),), 2)))
    assert margins("greedy", small(a=6, b=5), profile, LEXICO) == {"b": Margin(None, 1)}


@settings(max_examples=80, deadline=None)
@given(elections(), COUNTS)
def test_at_the_margin_it_is_bought_and_just_before_it_is_not(election, counted):
    instance, profile = election
    rule, parameters = counted
    for name, margin in margins(rule, instance, profile, parameters).items():
        index = next(i for i, project in enumerate(instance.projects) if project.id == name)
        if margin.more_votes is not None:
            for voters, bought in ((margin.more_votes, True), (margin.more_votes - 1, False)):
                extra = ((((index, 1),), voters),) if voters else ()
                more = Profile(profile.format, (*profile.ballots, *extra))
                assert (name in count(rule, instance, more, parameters).winners) is bought
        if margin.less_cost is not None:
            for less, bought in ((margin.less_cost, True), (margin.less_cost - 1, False)):
                projects = list(instance.projects)
                projects[index] = Project(name, projects[index].cost - less)
                cheaper = replace(instance, projects=tuple(projects))
                assert (name in count(rule, cheaper, profile, parameters).winners) is bought


@settings(max_examples=80, deadline=None)
@given(elections(), COUNTS)
def test_every_loser_has_a_margin_and_no_winner_has_one(election, counted):
    instance, profile = election
    rule, parameters = counted
    found = margins(rule, instance, profile, parameters)
    won = set(count(rule, instance, profile, parameters).winners)
    assert set(found) == {project.id for project in instance.projects} - won


def test_what_the_callback_raises_ends_the_search():
    def stop(done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        margins("greedy", small(a=6, b=5), approvals(((0,), 9), ((1,), 4)), LEXICO, stop)
