"""What each purchase of Equal Shares cost its supporters, exactly, in whole numbers."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TypeAlias

Payments: TypeAlias = Sequence[int]
"""Purchase by purchase the points with which some voters paid for it in full; 0 behind the end."""


class Levels:
    """The level of every purchase so far: what a supporter paid for each point, paying in full.

    Whoever has money left has paid in full for every purchase supported so far: has the first share
    less the sum of points times levels. So what some voters hold together follows from how many
    they are and from their points for each earlier purchase, and the level of the next one is

        (cost - money of those who pay all they have) / points of those who pay in full.

    The denominators multiply up: `denominator` is that of all levels so far, and of any money.
    """

    def __init__(self, share: Fraction) -> None:
        self._share = share.as_integer_ratio()
        self._divisors: list[int] = []
        self._numerators: list[int] = []  # of level k, over the denominator after purchase k
        self._products = [1]
        self.denominator = self._share[1]

    def __len__(self) -> int:
        return len(self._divisors)

    def missing(self, cost: int, voters: int, payments: Payments) -> int:
        """The cost less what these voters hold together, as a numerator over `denominator`."""
        amount, parts = self._share
        found = cost * parts - voters * amount
        first = next((purchase for purchase, points in enumerate(payments) if points), None)
        if first is None:
            return found * self._products[-1]
        found *= self._products[first]
        # Horner's scheme: from the denominator after each purchase to that after the next.
        last = len(payments)
        for divisor, numerator, points in zip(
            self._divisors[first:], self._numerators[first:], payments[first:], strict=False
        ):
            found = found * divisor + points * numerator
        return found * (self._products[-1] // self._products[last])

    def add(self, missing: int, points: int) -> float:
        """Take down a purchase by what was missing and who made it up; returns the level, rounded."""
        self._numerators.append(missing)
        self._divisors.append(points)
        self._products.append(self._products[-1] * points)
        self.denominator *= points
        return missing / self.denominator

    def latest(self) -> Fraction:
        return Fraction(self._numerators[-1], self.denominator)

    def exact(self) -> Iterable[Fraction]:
        """Every level, in lowest terms."""
        parts = self._share[1]
        for numerator, product in zip(self._numerators, self._products[1:], strict=True):
            yield Fraction(numerator, parts * product)
