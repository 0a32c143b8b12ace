"""What is left to the voters of each ballot: in floats with a proven error, and exactly on request."""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from voting.rules.levels import Levels, Payments
from voting.rules.marks import Floats, Marks, Supporters
from voting.rules.profile import Ints, spans

U = 2.0**-53  # half the distance from 1 to the next float: the relative error of one rounding
_SPARE = 1 + 2.0**-20  # on every bound, for what is rounded while the bounds are worked out
_LEAST = 1e-300  # the money of voters who paid in full and may, or may not, have nothing left


class Purses:
    """The money of every ballot while one run of Equal Shares goes on.

    money: of each voter of the ballot, within `error` of the exact amount; exactly 0 for those who
    paid all they had, above 0 for all others. What the others paid follows from the `levels` of the
    purchases they support, so any amount can be had exactly.
    """

    def __init__(self, marks: Marks, share: Fraction) -> None:
        self.marks = marks
        self.levels = Levels(share)
        self.money = np.full(len(marks.weights), float(share))
        self.error = _SPARE * U * float(share)
        self._share = float(share)
        self._round_of = np.zeros(len(marks.supporters), dtype=np.int64)  # from 1
        self._most_points = 1.0 if marks.points is None else float(marks.points.max(initial=1.0))

    def missing(self, cost: int, ballots: Ints) -> int:
        """The cost less what the voters of these ballots, who are not at 0, hold together.

        Exact; a numerator over `levels.denominator`.
        """
        if not len(ballots):
            return self.levels.missing(cost, 0, ())
        voters = int(self.marks.weights[ballots].sum())
        return self.levels.missing(cost, voters, self._payments(ballots))

    def _payments(self, ballots: Ints) -> Payments:
        profile = self.marks.profile
        lengths = profile.lengths[ballots]
        places = spans(profile.starts[ballots], lengths)
        rounds = self._round_of[profile.projects[places]]
        points = np.repeat(self.marks.weights[ballots], lengths)
        if self.marks.points is not None:
            points *= self.marks.points[places]
        # Number 0 are the projects that nobody has bought.
        sums = np.bincount(rounds, weights=points)
        payments: list[int] = sums[1:].astype(np.int64).tolist()
        return payments

    def history(self, ballot: int) -> bytes:
        """What the voters of a ballot paid for: equal for ballots with equal money."""
        profile = self.marks.profile
        span = slice(profile.starts[ballot], profile.starts[ballot + 1])
        rounds = self._round_of[profile.projects[span]]
        paid = rounds > 0
        points = () if self.marks.points is None else self.marks.points[span][paid]
        return rounds[paid].tobytes() + np.asarray(points).tobytes()

    def exactly(self, ballot: int) -> Fraction:
        """What each voter of a ballot holds who has not paid all."""
        owed = self.missing(0, np.array([ballot]))
        voters = int(self.marks.weights[ballot])
        return Fraction(-owed, self.levels.denominator * voters)

    def unclear(self, left: Floats, off: float) -> bool:
        """Whether somebody's money is so near to what is due that floats do not tell which is more.

        left: money less what is due. off: how far the level may be from the exact one.
        """
        return bool(np.abs(left).min() <= _SPARE * (self.error + off * self._most_points))

    def pay(
        self, index: int, supporters: Supporters, missing: int, full: NDArray[np.bool_], points: int
    ) -> None:
        """Take the level from those who pay in full, and from the others all they have.

        points: of those who pay in full.
        """
        level = self.levels.add(missing, points)
        due = level if supporters.points is None else level * supporters.points
        left = np.maximum(self.money[supporters.ballots] - due, _LEAST)
        self.money[supporters.ballots] = np.where(full, left, 0.0)
        self._round_of[index] = len(self.levels)
        # The level is rounded once, what is due once more, and the difference from the share down.
        self.error += _SPARE * (2 * U * level * self._most_points + U * self._share)
