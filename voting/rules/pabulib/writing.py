"""Writing `.pb` files, so that what was written reads back the same.

Cells are written as they are. Pabulib's files are data for programs: a cell that a spreadsheet
would take for a formula (one that begins with = + - or @) is not disarmed, for then it would not
be the same cell any more. Whoever offers a table to spreadsheets has to do that elsewhere.
"""

import io
from collections.abc import Callable, Iterable, Iterator

from voting.rules.model import BallotFormat
from voting.rules.pabulib.cells import row_text
from voting.rules.pabulib.composing import Unwritable
from voting.rules.pabulib.election import Election
from voting.rules.pabulib.projects import FileProject
from voting.rules.pabulib.voters import Voters
from voting.rules.pabulib.votes import POINTED
from voting.rules.profile import Ballot

LINE_BREAKS = ("\n", "\r\n")


def write(election: Election, *, line_break: str = "\n") -> bytes:
    """The file as UTF-8, one row per ballot, with quotes only where they are needed.

    Where the reader kept no voters, they are numbered from 1 and the file says nothing else of them.
    Within a cell line breaks stay as they are. Raises Unwritable for text that no file can hold.
    """
    if line_break not in LINE_BREAKS:
        raise ValueError(line_break)
    file = io.BytesIO()
    try:
        for row in _rows(election):
            file.write((row_text(row) + line_break).encode())
    except UnicodeEncodeError as error:
        raise Unwritable("A cell holds half a character.") from error
    data = file.getvalue()
    if b"\0" in data:
        raise Unwritable("A cell holds a NUL byte.")
    return data


def _rows(election: Election) -> Iterator[Iterable[str]]:
    yield ("META",)
    yield ("key", "value")
    yield from election.meta.items()
    yield ("PROJECTS",)
    yield election.project_columns
    for project in election.projects:
        yield _project_row(election.project_columns, project)
    yield ("VOTES",)
    yield from _vote_rows(election)


def _project_row(columns: tuple[str, ...], project: FileProject) -> Iterator[str]:
    own = {"project_id": project.id, "cost": project.cost_text, "name": project.name}
    return (own[name] if name in own else project.more[name] for name in columns)


def _vote_rows(election: Election) -> Iterator[Iterable[str]]:
    own = ("vote", "points") if election.format in POINTED else ("vote",)
    cells_of = _cells_of(election)
    ballots = election.ballots.rows()
    if election.voters is None:
        yield ("voter_id", *own)
        for number, ballot in enumerate(ballots, start=1):
            yield (str(number), *cells_of(ballot))
        return
    columns = election.voters.columns
    yield columns
    places = _places(columns, own, election.voters)
    for ballot, kept in zip(ballots, election.voters.rows(), strict=True):
        cells = (*cells_of(ballot), *kept)
        yield [cells[place] for place in places]


def _places(columns: tuple[str, ...], own: tuple[str, ...], voters: Voters) -> list[int]:
    """Where each column stands in a row of the own cells, then the kept ones."""
    order = (*own, *voters.kept)
    return [order.index(name) for name in columns]


def _cells_of(election: Election) -> Callable[[Ballot], tuple[str, ...]]:
    """Turns a ballot into its cells `vote` and, where there are any, `points`."""
    ids = [project.id for project in election.projects]

    def approval(ballot: Ballot) -> tuple[str, ...]:
        return (",".join([ids[project] for project, _value in ballot]),)

    def ranking(ballot: Ballot) -> tuple[str, ...]:
        ranked = sorted(ballot, key=lambda mark: mark[1])
        return (",".join([ids[project] for project, _rank in ranked]),)

    def points(ballot: Ballot) -> tuple[str, ...]:
        return *approval(ballot), ",".join([str(value) for _project, value in ballot])

    if election.format in POINTED:
        return points
    return ranking if election.format is BallotFormat.RANKING else approval
