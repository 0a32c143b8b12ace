"""The verifier and the engine share no code, and say the same of every election they are given."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.voting.rules.fuzzing import tries
from tests.voting.rules.strategies import PARAMETERS, bound_elections
from voting.rules import (
    RULES,
    Constraints,
    Instance,
    Parameters,
    Profile,
    count,
    explained,
    margins,
)
from voting.verifier import verify


def as_file(constraints: Constraints, instance: Instance) -> dict[str, Any]:
    """The same constraints as a file `constraints/1` has them."""
    categories = {
        name: {
            key: value
            for key, value in (
                ("projects", sorted(category.projects)),
                ("minimum", category.minimum),
                ("maximum", category.maximum),
            )
            if value is not None
        }
        for name, category in constraints.categories.items()
    }
    found: dict[str, Any] = {
        "format": "constraints/1",
        "categories": categories,
        "recipients": {name: sorted(ids) for name, ids in constraints.recipients.items()},
        "exclusive": [sorted(group) for group in constraints.exclusive],
        "partial": dict(constraints.partial),
        "multipliers": {name: str(factor) for name, factor in instance.multipliers.items()},
    }
    if constraints.recipient_maximum is not None:
        found["recipient_maximum"] = constraints.recipient_maximum
    return {key: value for key, value in found.items() if value not in ({}, [])}


def by_the_engine(
    rule: str, instance: Instance, profile: Profile, parameters: Parameters
) -> dict[str, Any]:
    outcome = count(rule, instance, profile, parameters)
    told = outcome.as_json()
    told["explanation"] = explained(instance, profile, parameters, outcome)
    found: dict[str, Any] = json.loads(json.dumps(told))
    return found


def by_the_verifier(
    rule: str, instance: Instance, profile: Profile, parameters: Parameters
) -> dict[str, Any]:
    outcome = count(rule, instance, profile, parameters)
    options: dict[str, Any] = dict(outcome.parameters)
    if len(as_file(instance.constraints, instance)) > 1:
        options["constraints"] = as_file(instance.constraints, instance)
    found: dict[str, Any] = verify.outcome_of(
        verify.count(rule, options, lane_of(instance, profile))
    )
    return found


def lane_of(instance: Instance, profile: Profile) -> verify.Lane:
    ballots = sorted((ballot, voters) for ballot, voters in profile.merged().ballots)
    return verify.Lane(
        instance.budget,
        tuple(project.id for project in instance.projects),
        tuple(project.cost for project in instance.projects),
        profile.format.value,
        tuple(ballots),
    )


@pytest.mark.parametrize("rule", RULES)
@tries(60)
@given(data=st.data())
def test_they_agree_in_every_field_of_outcome_and_explanation(rule, data):
    task = (*data.draw(bound_elections(rule)), data.draw(PARAMETERS[rule]))
    assert by_the_engine(rule, *task) == by_the_verifier(rule, *task)


@pytest.mark.parametrize("rule", RULES)
@tries(6)
@given(data=st.data())
def test_the_verifier_confirms_what_the_engine_says_was_missing(rule, data):
    instance, profile = data.draw(bound_elections(rule))
    parameters = data.draw(PARAMETERS[rule])
    if parameters.completion.startswith("add1"):
        return  # many counts of many runs each: held by the bundle's tests
    options: dict[str, Any] = dict(count(rule, instance, profile, parameters).parameters)
    if len(as_file(instance.constraints, instance)) > 1:
        options["constraints"] = as_file(instance.constraints, instance)
    places = {project.id: place for place, project in enumerate(instance.projects)}
    for name, margin in margins(rule, instance, profile, parameters).items():
        tried = verify.Margins(rule, options, lane_of(instance, profile), places[name])
        assert tried.doubt_votes(margin.more_votes) is None
        assert tried.doubt_cost(margin.less_cost) is None
