"""Rules tried out on votes that are over, or on invented electorates: nothing of it is stored."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from members.languages import Worded
from voting import rules
from voting.models import Election, ElectionLane, ElectionOrigin, Tally
from voting.queries.bundle import FEWEST_BALLOTS
from voting.queries.counting import ballot_groups, instance_of, profiles_of
from voting.queries.results import item_title
from voting.scenarios import scenario

# Measured on invented votes with as many different ballots: the slowest rule then takes a second.
LARGEST_TRIED = 500_000  # ballots times projects
MOST_PROJECTS = 300  # that a page can show side by side

SCENARIOS: Mapping[str, Promise] = {
    "groups": _("One large group and two small ones, each with projects of its own"),
    "alike": _("Two halves that agree on little; all projects cost the same"),
    "small": _("A few large projects for all, many small ones for each of four places"),
}
GROUPS: Mapping[str, Promise] = {
    "large": _("The large group"),
    "small-1": _("The first small group"),
    "small-2": _("The second small group"),
    "half-1": _("The first half"),
    "half-2": _("The second half"),
    "place-1": _("The first place"),
    "place-2": _("The second place"),
    "place-3": _("The third place"),
    "place-4": _("The fourth place"),
}
SEVERAL = 3  # so many funded projects of one's own, or more, are told as one


@dataclass(frozen=True, slots=True)
class Trial:
    """What rules are tried on. ``groups`` are those of the ballots, None where nobody knows any.

    ``shared`` are options that every rule is given, so that it counts as it did in the vote.
    """

    instance: rules.Instance
    profile: rules.Profile
    names: Mapping[str, Worded]
    groups: Sequence[str] | None
    shared: Mapping[str, Any]
    kind: str
    currency: str
    decimals: int
    lane: ElectionLane | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came out by one rule. ``reached`` counts voters by how many projects of theirs it bought."""

    rule: str
    parameters: Mapping[str, Any]
    winners: frozenset[str]
    cost_minor: int
    left_minor: int
    with_nothing: int
    reached: tuple[int, ...]
    group_minor: Mapping[str, int]
    group_with_nothing: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class TriedProject:
    name: Worded
    code: str
    cost_minor: int
    votes: int
    bought: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class TriedGroup:
    """One group under each rule: its part of the money, and how many of it got nothing."""

    label: str
    voters: int
    under: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rules side by side; every tuple of a row is in the order of ``attempts``."""

    attempts: tuple[Attempt, ...]
    voters: int
    projects: tuple[TriedProject, ...]
    groups: tuple[TriedGroup, ...]

    @property
    def bought(self) -> tuple[TriedProject, ...]:
        """By at least one of the rules; first those on which they differ."""
        some = [project for project in self.projects if any(project.bought)]
        return tuple(sorted(some, key=lambda project: all(project.bought)))

    @property
    def unbought(self) -> tuple[TriedProject, ...]:
        return tuple(project for project in self.projects if not any(project.bought))

    @property
    def reached(self) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """How many voters got so many projects of theirs, under each rule."""
        return tuple(
            (number, tuple(attempt.reached[number] for attempt in self.attempts))
            for number in range(SEVERAL + 1)
        )


def lanes_to_try(now: datetime) -> QuerySet[ElectionLane]:
    """Lanes of votes that are over, counted and seen by everybody, and small enough for a page.

    Where fewer than 20 voted here, other rules could tell how somebody voted: they are left out.
    """
    accepted = OuterRef("election__manifest__hash")
    counted = Tally.objects.filter(lane=OuterRef("pk"), decides=True, input_hash=accepted)
    ballots = Cast(KeyTextTransform("ballots", "election__manifest__body"), IntegerField())
    found = ElectionLane.objects.filter(
        Exists(counted), election__in=Election.objects.with_visible_results(now)
    ).annotate(projects=Count("items"), ballots=ballots)
    found = found.annotate(size=F("projects") * F("ballots"))
    found = found.filter(
        Q(election__origin=ElectionOrigin.IMPORTED) | Q(ballots__gte=FEWEST_BALLOTS),
        projects__gte=1,
        projects__lte=MOST_PROJECTS,
        ballots__gte=1,
        size__lte=LARGEST_TRIED,
    )
    return found.select_related("election__round__hub").order_by(
        "-election__closes_at", "election_id", "position"
    )


def trial_of_lane(lane: ElectionLane, chain: Sequence[str]) -> Trial:
    """The ballots of a lane, which must be one of `lanes_to_try`."""
    election = lane.election
    items = lane.items.prefetch_related("texts").order_by("position")
    applied = {"tie_break", "ranking_points"} & {*election.parameters}
    return Trial(
        instance=instance_of(lane),
        profile=profiles_of(election, ballot_groups(election))[lane.pk],
        names={item.code: item_title(item, chain, election.title_language) for item in items},
        groups=None,
        shared={name: election.parameters[name] for name in applied},
        kind=election.resource_kind,
        currency=election.currency,
        decimals=election.decimals,
        lane=lane,
    )


def trial_of_scenario(name: str, seed: int) -> Trial:
    made, language = scenario(name, seed), get_language() or ""
    return Trial(
        instance=made.instance,
        profile=made.profile,
        names={
            project.id: Worded(str(_("Project %(number)s") % {"number": number}), language)
            for number, project in enumerate(made.instance.projects, start=1)
        },
        groups=made.groups,
        shared={},
        kind="MONEY",
        currency="",
        decimals=0,
        lane=None,
    )


def compare(
    trial: Trial,
    chosen: Sequence[tuple[str, Mapping[str, Any]]],
    progress: rules.Progress,
) -> Comparison:
    """Each rule with its options on the same ballots. Whatever ``progress`` raises ends it.

    Raises InvalidInstance where a rule cannot end with these options.
    """
    counts = [
        (rule, options, rules.count(rule, trial.instance, trial.profile, _options(trial, options), progress))
        for rule, options in chosen
    ]  # fmt: skip
    attempts = tuple(_attempt(trial, *one) for one in counts)
    support = counts[0][2].support
    projects = [
        TriedProject(
            name=trial.names[project.id],
            code=project.id,
            cost_minor=project.cost,
            votes=entry.votes,
            bought=tuple(project.id in attempt.winners for attempt in attempts),
        )
        for project, entry in zip(trial.instance.projects, support, strict=True)
    ]
    return Comparison(
        attempts=attempts,
        voters=trial.profile.voters,
        projects=tuple(sorted(projects, key=lambda one: (-one.votes, one.cost_minor, one.code))),
        groups=_groups(trial, attempts),
    )


def _options(trial: Trial, options: Mapping[str, Any]) -> rules.Parameters:
    return rules.Parameters(**{**trial.shared, **options})


def _attempt(
    trial: Trial, rule: str, options: Mapping[str, Any], outcome: rules.Outcome
) -> Attempt:
    places = {project.id: place for place, project in enumerate(trial.instance.projects)}
    won = {places[step.project]: step.amount for step in outcome.steps}
    votes = [entry.votes for entry in outcome.support]
    reached: Counter[int] = Counter()
    money: dict[str, Fraction] = dict.fromkeys(trial.groups or (), Fraction(0))
    nothing: Counter[str] = Counter()
    for number, (ballot, voters) in enumerate(trial.profile.ballots):
        got = [place for place, value in ballot if value and place in won]
        reached[min(len(got), SEVERAL)] += voters
        if trial.groups is not None:
            money[trial.groups[number]] += sum(
                (Fraction(won[place] * voters, votes[place]) for place in got), Fraction(0)
            )
            nothing[trial.groups[number]] += 0 if got else voters
    return Attempt(
        rule=rule,
        parameters={**outcome.parameters},
        winners=frozenset(outcome.winners),
        cost_minor=outcome.cost,
        left_minor=outcome.budget - outcome.cost,
        with_nothing=reached[0],
        reached=tuple(reached[number] for number in range(SEVERAL + 1)),
        group_minor={group: round(part) for group, part in money.items()},
        group_with_nothing=dict(nothing),
    )


def _groups(trial: Trial, attempts: Sequence[Attempt]) -> tuple[TriedGroup, ...]:
    sizes = Counter(trial.groups or ())
    return tuple(
        TriedGroup(
            str(GROUPS[group]),
            voters,
            tuple((one.group_minor[group], one.group_with_nothing[group]) for one in attempts),
        )
        for group, voters in sizes.items()
    )
