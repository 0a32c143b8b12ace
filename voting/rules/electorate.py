"""All a rule needs to know of projects and ballots, worked out once for every rule."""

from dataclasses import dataclass, replace

from voting.rules.marks import Marks, marks_of
from voting.rules.model import Instance, Parameters, Progress
from voting.rules.outcome import Support
from voting.rules.profile import Profile
from voting.rules.ties import ranks


@dataclass(frozen=True, slots=True, eq=False)
class Electorate:
    """Every tuple of projects is in instance order.

    ranks: place in the tie order, 0 first. eligible: indices of the projects that may be bought,
    ascending.
    """

    instance: Instance
    marks: Marks
    support: tuple[Support, ...]
    ranks: tuple[int, ...]
    eligible: tuple[int, ...]

    @property
    def voters(self) -> int:
        return self.marks.profile.voters

    def among(self, eligible: frozenset[int]) -> "Electorate":
        """The same with only these projects left to buy."""
        left = tuple(index for index in self.eligible if index in eligible)
        return replace(self, eligible=left)


def survey(
    instance: Instance, profile: Profile, parameters: Parameters, progress: Progress
) -> Electorate:
    """Raises InvalidInstance where a ballot names a project that is not there."""
    size = len(instance.projects)
    marks = marks_of(profile, size, 1 if parameters.ranking_points == "from-one" else 0)
    progress(0, size)
    return electorate_of(instance, marks, parameters)


def electorate_of(instance: Instance, marks: Marks, parameters: Parameters) -> Electorate:
    """The same where the ballots have been turned round already."""
    return Electorate(
        instance=instance,
        marks=marks,
        support=tuple(
            Support(project.id, votes, score)
            for project, votes, score in zip(
                instance.projects, marks.votes, marks.scores, strict=True
            )
        ),
        ranks=ranks(instance, marks.votes, parameters.tie_break),
        eligible=tuple(i for i, votes in enumerate(marks.votes) if votes >= parameters.min_support),
    )
