"""What a change of the election does to its outcome, and what changes nothing."""

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.voting.rules.fuzzing import tries
from tests.voting.rules.strategies import (
    ADD1,
    COUNTS,
    GREEDY,
    PLAIN,
    elections,
)
from voting.rules import (
    BallotFormat,
    Category,
    Constraints,
    Instance,
    Profile,
    Project,
    count,
)
from voting.rules import equal_shares as raising

APPROVALS = st.sampled_from([BallotFormat.APPROVAL, BallotFormat.KNAPSACK])
MONOTONE = st.one_of(
    st.tuples(st.just("greedy"), GREEDY), st.tuples(st.just("equal-shares"), PLAIN)
)
RAISED = st.tuples(st.just("equal-shares"), ADD1)


@tries(120)
@given(elections(APPROVALS), MONOTONE, st.data())
def test_a_winner_that_one_of_the_voters_supports_too_still_wins(election, counted, data):
    instance, profile = election
    rule, parameters = counted
    winners = count(rule, instance, profile, parameters).winners
    single = [ballot for ballot, copies in profile.ballots for _ in range(copies)]
    changes = [
        (voter, index)
        for voter, ballot in enumerate(single)
        for index, project in enumerate(instance.projects)
        if project.id in winners and (index, 1) not in ballot
    ]
    assume(changes)
    voter, index = data.draw(st.sampled_from(changes))
    single[voter] = tuple(sorted((*single[voter], (index, 1))))
    more = Profile(profile.format, [(ballot, 1) for ballot in single])
    assert instance.projects[index].id in count(rule, instance, more, parameters).winners


@tries(120)
@given(elections(), MONOTONE, st.data())
def test_a_winner_that_costs_less_still_wins(election, counted, data):
    instance, profile = election
    rule, parameters = counted
    winners = set(count(rule, instance, profile, parameters).winners)
    dear = [i for i, p in enumerate(instance.projects) if p.id in winners and p.cost]
    assume(dear)
    index = data.draw(st.sampled_from(dear))
    projects = list(instance.projects)
    name, cost = projects[index].id, projects[index].cost
    projects[index] = Project(name, data.draw(st.integers(0, cost - 1)))
    cheaper = replace(instance, projects=tuple(projects))
    assert name in count(rule, cheaper, profile, parameters).winners


@tries(80)
@given(elections(), COUNTS, st.booleans())
def test_a_project_dearer_than_the_budget_changes_nothing(election, counted, is_supported):
    instance, profile = election
    rule, parameters = counted
    assume(profile.format is not BallotFormat.RANKING)  # where it would change the others' points
    more = replace(instance, projects=(*instance.projects, Project("dear", instance.budget + 1)))
    added = ((len(instance.projects), 1),) if is_supported else ()
    ballots = [((*ballot, *added), copies) for ballot, copies in profile.ballots]
    cast = Profile(profile.format, ballots)
    expected = count(rule, instance, profile, parameters)
    assert count(rule, more, cast, parameters).steps == expected.steps


@tries(80)
@given(elections(), COUNTS | RAISED)
def test_a_project_without_support_that_does_not_fit_changes_nothing(election, counted):
    instance, profile = election
    rule, parameters = counted
    more = replace(instance, projects=(*instance.projects, Project("dear", instance.budget + 1)))
    expected = count(rule, instance, profile, parameters)
    found = count(rule, more, profile, parameters)
    assert (found.steps, found.phases) == (expected.steps, expected.phases)


@tries(80)
@given(elections(), COUNTS)
def test_a_blank_ballot_takes_its_share_and_no_more(election, counted):
    instance, profile = election
    rule, parameters = counted
    voters = profile.voters
    assume(voters)
    more = Profile(profile.format, [*profile.ballots, ((), 1)])
    if rule != "equal-shares":
        expected = count(rule, instance, profile, parameters)
        assert count(rule, instance, more, parameters) == expected
        return
    parameters = replace(parameters, completion="none")
    dear = tuple(Project(p.id, p.cost * (voters + 1)) for p in instance.projects)
    wide = replace(instance, projects=dear, budget=instance.budget * (voters + 1))
    tight = replace(instance, projects=dear, budget=instance.budget * voters)
    found, expected = (
        count(rule, wide, more, parameters),
        count(rule, tight, profile, parameters),
    )
    assert found.phases[0].endowment == expected.phases[0].endowment == instance.budget
    assert [(s.project, s.level) for s in found.steps] == [
        (s.project, s.level) for s in expected.steps
    ]


@tries(80)
@given(elections(), COUNTS | RAISED)
def test_constraints_that_bind_nothing_change_nothing(election, counted):
    # Bound elections are counted without leaving out steps that cannot matter, too.
    instance, profile = election
    rule, parameters = counted
    names = frozenset(project.id for project in instance.projects)
    enough = sum(project.cost for project in instance.projects)
    loose = Constraints(
        categories={"all": Category(names, maximum=enough)},
        recipients={"one": names},
        recipient_maximum=enough,
        exclusive=tuple(frozenset([name]) for name in sorted(names)),
    )
    found = count(rule, replace(instance, constraints=loose), profile, parameters)
    assert found == count(rule, instance, profile, parameters)


@tries(60)
@given(elections(), COUNTS)
def test_other_names_in_the_same_order_change_no_outcome(election, counted):
    instance, profile = election
    rule, parameters = counted
    parameters = replace(parameters, tie_break="lexico")
    renamed = replace(
        instance, projects=tuple(Project(f"the {p.id} one", p.cost) for p in instance.projects)
    )
    expected = [f"the {name} one" for name in count(rule, instance, profile, parameters).winners]
    assert list(count(rule, renamed, profile, parameters).winners) == expected


@tries(80)
@given(elections(), COUNTS | RAISED)
def test_after_a_greedy_completion_nothing_is_left_that_fits(election, counted):
    instance, profile = election
    rule, parameters = counted
    assume(rule == "greedy" or parameters.completion.endswith("greedy"))
    outcome = count(rule, instance, profile, parameters)
    votes = {entry.id: entry.votes for entry in outcome.support}
    for project in instance.projects:
        if project.id not in outcome.winners and votes[project.id] >= parameters.min_support:
            assert project.cost > instance.budget - outcome.cost


def every_step(*_arguments):
    return iter(range(10**6))


def without_skipping(instance: Instance, profile: Profile, parameters):
    skipping = raising._steps_that_matter
    raising._steps_that_matter = every_step
    try:
        return count("equal-shares", instance, profile, parameters)
    finally:
        raising._steps_that_matter = skipping


@tries(120)
@given(elections(), ADD1, st.sampled_from([1, 3]), st.integers(1, 7))
def test_leaving_out_steps_that_cannot_matter_changes_nothing(election, parameters, unit, factor):
    instance, profile = election
    projects = tuple(Project(p.id, p.cost * factor) for p in instance.projects)
    instance = replace(instance, projects=projects, unit=unit, budget=instance.budget * factor)
    expected = without_skipping(instance, profile, parameters)
    assert count("equal-shares", instance, profile, parameters) == expected


@tries(6)
@given(elections(most_projects=4, most_ballots=3, most_copies=2), ADD1)
def test_leaving_out_thousandths_that_cannot_matter_changes_nothing(election, parameters):
    instance, profile = election
    instance = replace(instance, budget=max(instance.budget, 10))
    parameters = replace(parameters, step="relative")
    expected = without_skipping(instance, profile, parameters)
    assert count("equal-shares", instance, profile, parameters) == expected
