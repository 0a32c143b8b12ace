"""Small elections, rich in ties, for Hypothesis."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import strategies as st

from voting.rules import (
    BallotFormat,
    Category,
    Constraints,
    Instance,
    Parameters,
    Profile,
    Project,
)

COSTS = st.sampled_from([0, 1, 2, 2, 3, 4, 6, 6, 12])
FORMATS = st.sampled_from(list(BallotFormat))


@st.composite
def ballots(draw, ballot_format, projects):
    chosen = draw(st.lists(st.sampled_from(range(projects)), unique=True))
    if ballot_format is BallotFormat.RANKING:
        return tuple(sorted((project, rank) for rank, project in enumerate(chosen, start=1)))
    values = st.just(1)
    if ballot_format in (BallotFormat.CUMULATIVE, BallotFormat.SCORING):
        values = st.integers(0, 4)
    return tuple((project, draw(values)) for project in sorted(chosen))


@st.composite
def elections(draw, formats=FORMATS, most_projects=6, most_ballots=8, most_copies=3):
    """(instance, profile)."""
    costs = draw(st.lists(COSTS, min_size=1, max_size=most_projects))
    ids = draw(st.permutations([f"p{number}" for number in range(len(costs))]))
    projects = tuple(Project(name, cost) for name, cost in zip(ids, costs, strict=True))
    ballot_format = draw(formats)
    entry = st.tuples(ballots(ballot_format, len(costs)), st.integers(1, most_copies))
    cast = draw(st.lists(entry, max_size=most_ballots))
    return Instance(draw(st.integers(0, 30)), projects), Profile(ballot_format, tuple(cast))


@st.composite
def bound_elections(draw, rule):
    """The same with constraints and multipliers the rule honours."""
    instance, profile = draw(elections())
    names = [project.id for project in instance.projects]
    some = st.frozensets(st.sampled_from(names), max_size=4)
    amounts = st.none() | st.integers(0, 14)
    fields = {
        "recipients": draw(st.dictionaries(st.sampled_from("xyz"), some, max_size=2)),
        "recipient_maximum": draw(amounts),
        "exclusive": tuple(draw(st.lists(some, max_size=2))),
    }
    categories = draw(st.dictionaries(st.sampled_from("uvw"), some, max_size=3))
    maximums = {name: draw(amounts) for name in categories}
    minimums = dict.fromkeys(categories)
    if rule != "phragmen":
        minimums = draw(minimums_for(instance, categories, maximums))
    fields["categories"] = {
        name: Category(projects, minimums[name], maximums[name])
        for name, projects in categories.items()
    }
    if rule == "greedy":
        partial = st.dictionaries(st.sampled_from(names), st.integers(1, 6), max_size=3)
        fields["partial"] = draw(partial)
    multipliers = {}
    if rule != "phragmen":
        factors = st.sampled_from([Fraction(1), Fraction(3, 2), Fraction(2), Fraction(7, 3)])
        multipliers = draw(st.dictionaries(st.sampled_from(names), factors, max_size=3))
    return replace(instance, constraints=Constraints(**fields), multipliers=multipliers), profile


@st.composite
def minimums_for(draw, instance, categories, maximums):
    """Minimums of categories that share no project, and that the budget and the maximums hold."""
    left, found = instance.budget, {}
    taken: set[str] = set()
    for name, projects in sorted(categories.items()):
        most = left if maximums[name] is None else min(left, maximums[name])
        is_free = not taken & projects
        found[name] = draw(st.none() | st.integers(0, most)) if is_free else None
        if found[name] is not None:
            left -= found[name]
            taken |= projects
    return found


TIE_BREAKS = st.sampled_from(["standard", "lexico", "seed:00ff", "seed:c0ffee"])
SATISFACTIONS = st.sampled_from(["cost", "cardinality", "sqrt-cost"])
EVERY_RULE = {
    "tie_break": TIE_BREAKS,
    "ranking_points": st.sampled_from(["from-one", "from-zero"]),
    "min_support": st.integers(0, 3),
}
GREEDY = st.builds(Parameters, order=st.sampled_from(["votes", "votes-per-cost"]), **EVERY_RULE)
PLAIN = st.builds(Parameters, satisfaction=SATISFACTIONS, **EVERY_RULE)
EQUAL_SHARES = st.builds(
    Parameters,
    satisfaction=SATISFACTIONS,
    completion=st.sampled_from(["none", "greedy"]),
    **EVERY_RULE,
)
ADD1 = st.builds(
    Parameters,
    satisfaction=SATISFACTIONS,
    completion=st.sampled_from(["add1", "add1-greedy"]),
    step=st.just("coin"),
    stop=st.sampled_from(["overspend", "exhaustive"]),
    **EVERY_RULE,
)
PHRAGMEN = st.builds(Parameters, **EVERY_RULE)
COUNTS = st.one_of(
    st.tuples(st.just("greedy"), GREEDY),
    st.tuples(st.just("equal-shares"), EQUAL_SHARES),
    st.tuples(st.just("phragmen"), PHRAGMEN),
)
PARAMETERS = {"greedy": GREEDY, "equal-shares": EQUAL_SHARES | ADD1, "phragmen": PHRAGMEN}
