"""What a `.pb` file says about its voters, kept only to be written back."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from voting.rules.pabulib.cells import rows


@dataclass(frozen=True, slots=True)
class Voters:
    """The columns of VOTES that no count looks at, in one piece of text.

    columns: the whole header of VOTES. kept: the names of the columns in `text`.
    text: their rows, UTF-8, one per ballot.
    """

    columns: tuple[str, ...]
    kept: tuple[str, ...]
    text: bytes = field(repr=False)

    def rows(self) -> Iterator[list[str]]:
        """The cells of `kept`, row by row."""
        return (cells for _line, cells in rows(self.text.decode()))

    def column(self, name: str) -> Iterator[str]:
        """One column, row by row. Raises ValueError where it was not kept."""
        place = self.kept.index(name)
        return (cells[place] for cells in self.rows())
