"""What is measured: rules as both sides name them. Standard library only."""

from dataclasses import dataclass

APPROVAL = ("approval", "choose-1")


@dataclass(frozen=True)
class Cell:
    """ours: rule and options of `voting.rules`. peer: function and satisfaction of pabutools."""

    name: str
    ours: tuple[str, dict[str, str]]
    peer: tuple[str, str | None]
    is_raised: bool = False  # completed by add1: many runs of the rule

    def fits(self, vote_type: str) -> bool:
        """Whether pabutools defines the rule for these ballots as we do."""
        return vote_type in APPROVAL or self.peer[1] == "card"


_ADD1 = {"completion": "add1", "step": "coin", "stop": "exhaustive"}
_CARDINALITY = {"satisfaction": "cardinality"}
CELLS = (
    Cell("greedy votes", ("greedy", {"order": "votes"}), ("greedy", "cost")),
    Cell("greedy votes-per-cost", ("greedy", {"order": "votes-per-cost"}), ("greedy", "card")),
    Cell("equal-shares cost", ("equal-shares", {}), ("mes", "cost")),
    Cell("equal-shares cardinality", ("equal-shares", _CARDINALITY), ("mes", "card")),
    Cell("equal-shares cost add1", ("equal-shares", _ADD1), ("mes", "cost"), is_raised=True),
    Cell(
        "equal-shares cardinality add1",
        ("equal-shares", _CARDINALITY | _ADD1),
        ("mes", "card"),
        is_raised=True,
    ),
    Cell("phragmen", ("phragmen", {}), ("phragmen", None)),
)
BY_NAME = {cell.name: cell for cell in CELLS}
