"""An election of the platform's own, in the shape of a `.pb` file."""

from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from voting.rules.model import BallotFormat, Instance
from voting.rules.pabulib.ballots import Ballots
from voting.rules.pabulib.election import Election
from voting.rules.pabulib.numbers import MOST_DIGITS
from voting.rules.pabulib.projects import MOST_PROJECTS, FileProject, is_project_id
from voting.rules.pabulib.rows import MOST_POINT_DIGITS
from voting.rules.pabulib.sections import MOST_COLUMNS
from voting.rules.profile import Ints, Profile, spans

_NOTHING: Mapping[str, str] = MappingProxyType({})
_NO_COLUMNS: Mapping[str, Mapping[str, str]] = MappingProxyType({})
_FIRST = ("description", "country", "unit", "instance")  # where Pabulib's own files have them
_VOTE_TYPES = {
    BallotFormat.APPROVAL: "approval",
    BallotFormat.KNAPSACK: "approval",  # that the costs of a vote fit a limit, META says
    BallotFormat.CUMULATIVE: "cumulative",
    BallotFormat.SCORING: "scoring",
    BallotFormat.RANKING: "ordinal",
}


class Unwritable(ValueError):
    """The election cannot be written as a file that reads back the same; the message says why."""


def compose(
    instance: Instance,
    profile: Profile,
    *,
    meta: Mapping[str, str] = _NOTHING,
    columns: Mapping[str, Mapping[str, str]] = _NO_COLUMNS,
) -> Election:
    """An election to be written.

    meta: the keys of META besides those that follow from the count (numbers, budget, vote_type).
    columns: more columns of PROJECTS, such as `name`, `category` and `selected`: the name of the
    column -> the id of the project -> its cell, empty where there is none.
    One ballot per voter, in an order that follows from their contents alone, so that neither it nor
    the numbers that stand for voter ids say anything about anybody. A knapsack ballot becomes an
    approval under `max_sum_cost`. Constraints have no place in the format.
    Raises Unwritable for what the format cannot hold.
    """
    decimals = len(str(instance.unit)) - 1
    if instance.unit != 10**decimals:
        raise Unwritable(f"A unit of {instance.unit} is not a power of ten.")
    _check(instance, profile)
    _check_names(meta, columns)
    is_knapsack = profile.format is BallotFormat.KNAPSACK
    own = {
        "num_projects": str(len(instance.projects)),
        "num_votes": str(profile.voters),
        "budget": _money(instance.budget, decimals),
        "vote_type": _VOTE_TYPES[profile.format],
    }
    limit = {"max_sum_cost": own["budget"]} if is_knapsack else {}
    first = {key: meta[key] for key in _FIRST if key in meta}
    rest = {key: text for key, text in meta.items() if key != "default_score"}  # all is said
    ballot_format = BallotFormat.APPROVAL if is_knapsack else profile.format
    return Election(
        meta=MappingProxyType(first | own | limit | rest | own),
        project_columns=("project_id", "cost", *columns),
        projects=_projects(instance, columns, decimals),
        decimals=decimals,
        budget=instance.budget,
        format=ballot_format,
        ballots=_ballots(ballot_format, profile, len(instance.projects)),
    )


def _check(instance: Instance, profile: Profile) -> None:
    if len(instance.projects) > MOST_PROJECTS:
        raise Unwritable(f"There are more than {MOST_PROJECTS} projects.")
    for project in instance.projects:
        if not is_project_id(project.id):
            raise Unwritable(f"No vote could name the project {project.id!r}.")
    if profile.projects.max(initial=-1) >= len(instance.projects):
        raise Unwritable("A ballot names a project that is not there.")
    if profile.values.max(initial=0) >= 10**MOST_POINT_DIGITS:
        raise Unwritable(f"A ballot gives points of more than {MOST_POINT_DIGITS} digits.")
    amounts = (instance.budget, *(project.cost for project in instance.projects))
    if max(amounts) >= 10**MOST_DIGITS:
        raise Unwritable(f"An amount has more than {MOST_DIGITS} digits.")


def _check_names(meta: Mapping[str, str], columns: Mapping[str, Mapping[str, str]]) -> None:
    for name in (*meta, *columns):
        if name != name.strip():
            raise Unwritable(f"The name {name!r} begins or ends with a blank.")
    for name in {"project_id", "cost"} & columns.keys():
        raise Unwritable(f"The column {name!r} follows from the instance.")
    if len(columns) > MOST_COLUMNS - 2:
        raise Unwritable(f"PROJECTS would have more than {MOST_COLUMNS} columns.")


def _money(amount: int, decimals: int) -> str:
    """A decimal in units of the currency, without decimals where it is whole."""
    whole, minor = divmod(amount, 10**decimals)
    return f"{whole}.{minor:0{decimals}d}" if minor else str(whole)


def _projects(
    instance: Instance, columns: Mapping[str, Mapping[str, str]], decimals: int
) -> tuple[FileProject, ...]:
    more = [name for name in columns if name != "name"]
    return tuple(
        FileProject(
            id=project.id,
            name=columns.get("name", _NOTHING).get(project.id, ""),
            cost_text=_money(project.cost, decimals),
            cost=project.cost,
            more=MappingProxyType({name: columns[name].get(project.id, "") for name in more}),
        )
        for project in instance.projects
    )


def _ballots(ballot_format: BallotFormat, profile: Profile, count: int) -> Ballots:
    order = np.repeat(*_by_content(profile))
    lengths = profile.lengths[order]
    places = spans(profile.starts[order], lengths)
    return Ballots(
        ballot_format,
        np.concatenate([[0], np.cumsum(lengths)]),
        profile.projects[places],
        profile.values[places],
        available=count,
    )


def _by_content(profile: Profile) -> tuple[Ints, NDArray[np.int64]]:
    """The ballots in the order of what they say, mark by mark, and how many cast each."""
    marks = np.empty(len(profile.projects), dtype=[("project", ">u2"), ("value", ">u4")])
    marks["project"], marks["value"] = profile.projects, profile.values
    text, size = marks.tobytes(), marks.itemsize
    edges = (profile.starts * size).tolist()
    # Big-endian numbers of one length: their bytes are in order where they are.
    contents = [text[start:stop] for start, stop in pairwise(edges)]
    order = np.array(sorted(range(len(contents)), key=contents.__getitem__), dtype=np.int64)
    return order, profile.weights[order]
