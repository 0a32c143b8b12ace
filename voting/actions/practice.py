"""A practice round: a real vote on invented projects, with invented voters beside the real ones.

It runs through everything that a real one runs through, and nothing is ever paid for it.
"""

import json
import random
import secrets
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext, override

from audit.actions import record
from hubs.actions import LanePlan, open_round, plan_round, set_budgets
from hubs.models import (
    WHOLE_BP,
    Cycle,
    Hub,
    HubKind,
    LaneKind,
    LaneMethod,
    ResourceKind,
    Round,
    RoundLevel,
    Term,
)
from hubs.phases import Timetable
from jobs.actions import finish_job, request_job
from jobs.models import Job
from members.languages import INTERFACE_LANGUAGES
from members.models import Member
from voting.actions.casting import VotingClosed, cast_ballot
from voting.actions.moving import freeze
from voting.actions.printing import print_paper
from voting.ballots import MARKED, Paper
from voting.canonical import Choices
from voting.keys import Voter, invented_pseudonym, new_key, read_key
from voting.models import (
    BallotFormat,
    Election,
    ElectionKind,
    ElectionLane,
    ElectionOrigin,
    ElectionStatus,
    Item,
    ItemText,
    RollEntry,
    RollReason,
    recommended,
)
from voting.queries import INVENT_TASK, paper_of

MINUTES = (3, 15)
VOTERS = (20, 200)
CURRENCY = "USD"
BUDGET_MINOR = 20_000_00
A_DAY, MOST_A_DAY = timedelta(days=1), 12
HEAD_START = timedelta(minutes=1)  # so that clocks which differ a little do not stand in the way
LEVELS = {
    HubKind.REGIONAL: RoundLevel.REGIONAL,
    HubKind.THEMATIC: RoundLevel.THEMATIC,
    HubKind.GLOBAL: RoundLevel.GLOBAL,
}


class PracticeOutOfBounds(Exception):
    """Fewer or more minutes or voters than a practice round may have."""


class PracticeUnderWay(Exception):
    """The hub has a practice round whose vote is not over."""


class TooManyPractices(Exception):
    """The hub has begun twelve practice rounds within a day."""


class NoCycle(Exception):
    """There is no cycle to hold a round in."""


@transaction.atomic
def open_practice(
    *, hub: Hub, facilitator: Member, minutes: int, voters: int, keys: Path, now: datetime
) -> tuple[Election, Job]:
    """A practice round in which people vote from now on, with the job that invents its voters.

    The facilitator and whoever holds a seat in the hub are on its roll. ``keys`` is the folder of the
    keys. Refuses PracticeOutOfBounds, PracticeUnderWay, TooManyPractices, NoCycle and NoFramework.
    """
    if not (MINUTES[0] <= minutes <= MINUTES[1] and VOTERS[0] <= voters <= VOTERS[1]):
        raise PracticeOutOfBounds
    Hub.objects.select_for_update().get(pk=hub.pk)
    if _is_under_way(hub):
        raise PracticeUnderWay
    if _begun_since(hub, now - A_DAY) >= MOST_A_DAY:
        raise TooManyPractices
    round_ = _open_round(hub, facilitator, now, now + timedelta(minutes=minutes))
    election = _draft_election(round_, facilitator, keys)
    _put_on_ballot(election)
    _enrol(election, facilitator, hub, voters, now)
    freeze(election, at=now)
    record(
        actor=facilitator.acting_as("FACILITATOR"),
        verb="open_practice",
        target=round_,
        now=now,
        after={
            "election": str(election.pk),
            "voters": voters,
            "frozen_hash": election.frozen_hash,
        },
    )
    return election, request_job(kind=INVENT_TASK, subject=str(election.pk), now=now)


def _is_under_way(hub: Hub) -> bool:
    practised = Election.objects.filter(round__hub=hub, round__is_practice=True)
    return practised.exclude(status=ElectionStatus.CLOSED).exists()


def _begun_since(hub: Hub, moment: datetime) -> int:
    begun = Round.objects.filter(hub=hub, is_practice=True, opened_at__gt=moment)
    return begun.count()


def _open_round(hub: Hub, facilitator: Member, now: datetime, until: datetime) -> Round:
    begun = now - HEAD_START
    timetable = Timetable(
        begun, begun, begun, begun, until, until + timedelta(minutes=1), until + timedelta(days=30)
    )
    round_ = plan_round(
        hub=hub,
        cycle=_cycle(now),
        title=_title("en"),
        language="en",
        other_titles={code: _title(code) for code in INTERFACE_LANGUAGES if code != "en"},
        level=LEVELS[HubKind(hub.kind)],
        currency=CURRENCY,
        timetable=timetable,
        lanes=[LanePlan(LaneKind.GENERAL, LaneMethod.VOTE, WHOLE_BP)],
        planner=facilitator,
        now=now,
        is_practice=True,
    )
    set_budgets(round=round_, kind=ResourceKind.MONEY, amount_minor=BUDGET_MINOR, now=now)
    return open_round(round=round_, opener=facilitator, now=now)


def _title(language: str) -> str:
    with override(language):
        return gettext("Practice round")


def _cycle(now: datetime) -> Cycle:
    """The cycle of today, or where there is none, the last one."""
    cycles = Cycle.objects.order_by("-starts_on")
    running = cycles.filter(starts_on__lte=now.date(), ends_on__gte=now.date())
    found = running.first() or cycles.first()
    if found is None:
        raise NoCycle
    return found


def _draft_election(round_: Round, facilitator: Member, keys: Path) -> Election:
    election_id, seed = uuid.uuid4(), secrets.token_hex(32)
    language = facilitator.interface_language or "en"
    shared = {"tie_break": f"seed:{seed}"}
    return Election.objects.create(
        pk=election_id,
        round=round_,
        kind=ElectionKind.BUDGET,
        origin=ElectionOrigin.OWN,
        title=_title(language),
        title_language=language,
        ballot_format=BallotFormat.KNAPSACK,
        currency=round_.currency,
        decimals=round_.decimals,
        rule="equal-shares",
        parameters=recommended("equal-shares") | shared,
        comparisons=[
            {"rule": other, "parameters": recommended(other) | shared}
            for other in ("greedy", "phragmen")
        ],
        seed=seed,
        key_fingerprint=new_key(keys, election_id),
        opens_at=round_.voting_at,
        closes_at=round_.counting_at,
    )


@cache
def _projects() -> list[dict[str, Any]]:
    """The invented projects: cost in whole units, title and summary in each interface language."""
    text = files("voting").joinpath("practice_projects.json").read_text(encoding="utf-8")
    projects: list[dict[str, Any]] = json.loads(text)
    return projects


def _put_on_ballot(election: Election) -> None:
    lane = ElectionLane(kind=LaneKind.GENERAL, budget_minor=BUDGET_MINOR)
    unit = 10**election.decimals
    entries = [
        (Item(code=f"practice-{number}", cost_minor=int(project["cost"]) * unit), _words(project))
        for number, project in enumerate(_projects(), start=1)
    ]
    print_paper(election, [(lane, entries)])


def _words(project: Mapping[str, Any]) -> list[ItemText]:
    return [
        ItemText(
            language=code,
            title=title,
            summary=project["summary"][code],
            is_source=code == "en",
        )
        for code, title in project["title"].items()
    ]


def _enrol(election: Election, facilitator: Member, hub: Hub, voters: int, now: datetime) -> None:
    holders = Term.objects.active(now).filter(seat__body__hub=hub).values_list("member", flat=True)
    real = [
        RollEntry(election=election, member_id=member, reason=RollReason.SEAT)
        for member in sorted({*holders, facilitator.pk})
    ]
    invented = [RollEntry(election=election, reason=RollReason.INVENTED) for _n in range(voters)]
    RollEntry.objects.bulk_create(real + invented)


def cast_invented(
    *,
    job: Job,
    keys: Path,
    progress: Callable[[int, int], None],
    clock: Callable[[], datetime],
) -> int:
    """Cast the invented ballots of a practice round, one after the other, and finish the job.

    They go the way of every ballot, at once, in an order that nobody can foresee. What an invented
    voter casts, and under which pseudonym, follows from the key: begun again by another worker, it
    changes nothing that is there. Returns how many were taken; where the vote ends first, the rest
    are not. Raises NoKey and WrongKey.
    """
    election = Election.objects.get(pk=job.subject)
    key = read_key(keys, election.pk, election.key_fingerprint)
    paper = paper_of(election)
    numbers = list(range(election.roll.filter(reason=RollReason.INVENTED).count()))
    secrets.SystemRandom().shuffle(numbers)
    taken = 0
    for number in numbers:
        progress(taken, len(numbers))
        try:
            cast_ballot(
                election_id=election.pk,
                voter=(voter := Voter(key, invented_pseudonym(key, number))),
                choices=_invented_choices(paper, election.seed, voter),
                cast_key=uuid.uuid5(election.pk, str(number)),
            )
        except VotingClosed:
            break
        taken += 1
    finish_job(job=job, now=clock())
    return taken


def _invented_choices(paper: Paper, seed: str, voter: Voter) -> Choices:
    """What an invented voter likes, as far as it fits: some projects are liked by more than others."""
    public, own = random.Random(seed), random.Random(voter.order_seed)  # noqa: S311  # nothing secret
    liking = {item.position: public.uniform(0.15, 0.8) for item in paper.items}
    left = list(paper.budgets)
    chosen = []
    for item in own.sample(paper.items, len(paper.items)):
        if own.random() < liking[item.position] and item.cost <= left[item.lane]:
            left[item.lane] -= item.cost
            chosen.append((item.position, MARKED))
    return tuple(sorted(chosen))
