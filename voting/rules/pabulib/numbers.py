"""Amounts of money in a `.pb` file: exact decimals, never floats."""

import re
from dataclasses import dataclass

from voting.rules.pabulib.faults import PabulibError

MOST_DIGITS = 30

_DECIMAL = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
_NOT_FINITE = frozenset({"nan", "inf", "infinity"})


@dataclass(frozen=True, slots=True)
class Amount:
    """`digits` / 10**`decimals`, with as few decimals as will do."""

    digits: int
    decimals: int

    def scaled(self, decimals: int) -> int:
        """The amount times 10**decimals, for at least as many decimals as it has."""
        return self.digits * int(10 ** (decimals - self.decimals))


def amount(line: int, column: str, text: str) -> Amount:
    """Read a plain decimal from 0; raises PabulibError, naming the column, for anything else."""
    cell = text.strip()
    match = _DECIMAL.fullmatch(cell)
    if match is None:
        code = "NOT_FINITE" if cell.lstrip("+-").lower() in _NOT_FINITE else "BAD_NUMBER"
        raise PabulibError(line, code, column=column, value=cell)
    sign, whole, fraction = match.groups(default="")
    whole, fraction = whole.lstrip("0"), fraction.rstrip("0")
    if sign and (whole or fraction):
        raise PabulibError(line, "NEGATIVE_NUMBER", column=column, value=cell)
    if len(whole) + len(fraction) > MOST_DIGITS:
        raise PabulibError(line, "NUMBER_TOO_LARGE", column=column, digits=str(MOST_DIGITS))
    return Amount(int(whole + fraction or "0"), len(fraction))
