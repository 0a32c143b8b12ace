"""The strict reader of `.pb` files."""

from collections.abc import Callable
from types import MappingProxyType

from voting.rules.pabulib.election import Election
from voting.rules.pabulib.faults import PabulibError, PabulibWarning
from voting.rules.pabulib.limits import limit_warnings
from voting.rules.pabulib.meta import Meta, read_meta
from voting.rules.pabulib.numbers import amount
from voting.rules.pabulib.projects import read_costs, read_projects
from voting.rules.pabulib.quick import read_blocks, read_head
from voting.rules.pabulib.rows import read_rows, whole_points
from voting.rules.pabulib.sections import Section, decode, sections
from voting.rules.pabulib.votes import FORMATS, Votes, Voting
from voting.rules.pabulib.words import Unusual


def read(
    data: bytes,
    minimum_decimals: Callable[[str | None], int] | int = 0,
    *,
    merge_repeated: bool = False,
    keep_voters: bool = False,
) -> Election:
    """Read a file whole or refuse it whole.

    minimum_decimals: fewest decimals of the money, or a function from META's currency to them; more
    are used where the file's own amounts need them.
    merge_repeated: an approval ballot that names a project twice counts it once, with a warning,
    instead of refusing the file.
    keep_voters: keep voter ids and the other columns of VOTES, to write them back.
    Raises PabulibError with line, code and parameters, and nothing else.
    """
    options = {"merge_repeated": merge_repeated, "keep_voters": keep_voters}
    try:
        return read_quickly(data, minimum_decimals, **options)
    except (Unusual, PabulibError):
        return read_strictly(data, minimum_decimals, **options)  # only this way knows the line


def read_quickly(
    data: bytes, minimum_decimals: Callable[[str | None], int] | int = 0, **options: bool
) -> Election:
    """The same as `read_strictly`. Raises Unusual or PabulibError where that one has to do it."""
    head = read_head(data)
    return _election(
        (head.meta, head.projects),
        lambda voting: read_blocks(data, head, voting),
        minimum_decimals,
        _unfinished(data),
        **options,
    )


def read_strictly(
    data: bytes, minimum_decimals: Callable[[str | None], int] | int = 0, **options: bool
) -> Election:
    """What `read` does, without a short cut."""
    meta, projects, votes = sections(decode(data))
    return _election(
        (meta, projects),
        lambda voting: read_rows(votes, voting),
        minimum_decimals,
        _unfinished(data),
        **options,
    )


def _election(
    head: tuple[Section, Section],
    read_votes: Callable[[Voting], Votes],
    minimum_decimals: Callable[[str | None], int] | int,
    unfinished: list[PabulibWarning],
    **options: bool,
) -> Election:
    meta, project_section = read_meta(head[0]), head[1]
    vote_type = meta.needed("vote_type")
    if vote_type not in FORMATS:
        raise PabulibError(meta.line("vote_type"), "UNKNOWN_VOTE_TYPE", value=vote_type)
    budget = amount(meta.line("budget"), "budget", meta.needed("budget"))
    costs = read_costs(project_section)
    if callable(minimum_decimals):
        minimum_decimals = minimum_decimals(meta.values.get("currency"))
    decimals = max(minimum_decimals, budget.decimals, *(cost.decimals for cost in costs))
    projects = read_projects(project_section, costs, decimals)
    places = {project.id: place for place, project in enumerate(projects)}
    votes = read_votes(Voting(vote_type, places, _default_score(meta, vote_type), **options))
    return Election(
        meta=MappingProxyType(meta.values),
        project_columns=tuple(project_section.columns),
        projects=projects,
        decimals=decimals,
        budget=budget.scaled(decimals),
        format=votes.ballots.format,
        ballots=votes.ballots,
        warnings=(
            *meta.warnings(len(projects), len(votes.ballots)),
            *votes.warnings(),
            *limit_warnings(meta, projects, votes, decimals),
            *unfinished,
        ),
        voters=votes.voters,
    )


def _default_score(meta: Meta, vote_type: str) -> int:
    text = meta.values.get("default_score", "").strip()
    if vote_type != "scoring" or not text:
        return 0
    return whole_points(meta.line("default_score"), text)


def _unfinished(data: bytes) -> list[PabulibWarning]:
    if data.endswith(b"\n"):
        return []
    return [PabulibWarning(data.count(b"\n") + 1, "NO_FINAL_NEWLINE", {})]
