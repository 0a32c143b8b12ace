"""Small elections, rich in ties, for Hypothesis."""

from hypothesis import strategies as st

from voting.rules import BallotFormat, Instance, Parameters, Profile, Project

COSTS = st.sampled_from([0, 1, 2, 2, 3, 4, 6, 6, 12])


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
def elections(draw):
    """(instance, profile)."""
    costs = draw(st.lists(COSTS, min_size=1, max_size=6))
    ids = draw(st.permutations([f"p{number}" for number in range(len(costs))]))
    projects = tuple(Project(name, cost) for name, cost in zip(ids, costs, strict=True))
    ballot_format = draw(st.sampled_from(list(BallotFormat)))
    cast = draw(
        st.lists(st.tuples(ballots(ballot_format, len(costs)), st.integers(1, 3)), max_size=8)
    )
    return Instance(draw(st.integers(0, 30)), projects), Profile(ballot_format, tuple(cast))


TIE_BREAKS = st.sampled_from(["standard", "lexico", "seed:00ff", "seed:c0ffee"])
RANKING_POINTS = st.sampled_from(["from-one", "from-zero"])
GREEDY = st.builds(
    Parameters,
    order=st.sampled_from(["votes", "votes-per-cost"]),
    tie_break=TIE_BREAKS,
    ranking_points=RANKING_POINTS,
    min_support=st.integers(0, 3),
)
EQUAL_SHARES = st.builds(
    Parameters,
    satisfaction=st.sampled_from(["cost", "cardinality"]),
    completion=st.sampled_from(["none", "greedy"]),
    tie_break=TIE_BREAKS,
    ranking_points=RANKING_POINTS,
    min_support=st.integers(0, 3),
)
COUNTS = st.one_of(
    st.tuples(st.just("greedy"), GREEDY), st.tuples(st.just("equal-shares"), EQUAL_SHARES)
)
