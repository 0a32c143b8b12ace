"""What waits for people: rounds to plan, money to give, counts to pay out; and what their list says."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from allocation.models import (
    Apportionment,
    ApportionmentStatus,
    Envelope,
    FormulaVersion,
    IndicatorSnapshot,
    Pool,
)
from audit.models import CLOCK
from hubs.models import Hub, Lane, Round, RoundBudget
from hubs.phases import Phase
from jobs.actions import request_job
from members.models import Member
from pages.queries import Task, to_do
from proposals.models import Proposal
from tests.factories import NOON, make_cycle, make_member, make_round, make_term
from tests.voting.makers import cast, count, make_election
from voting.actions import close_election
from voting.models import Election, ElectionStatus
from voting.queries import COUNT_TASK, frozen_hash

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def settled(name: str = "Bo", **fields: Any) -> Member:
    """A member who has told everything about themselves."""
    return make_member(name, **({"home_country": "DK", "reads": ["en"], "writes": "en"} | fields))


def tasks(member: Member, now: datetime = NOON) -> list[Task]:
    return to_do(member, now, settings.KEYS_DIR, ("en",))


def asked(member: Member, now: datetime = NOON) -> list[tuple[str, str]]:
    """What a member is asked to do, and where."""
    return [(task.what, task.url) for task in tasks(member, now)]


def whats(member: Member, now: datetime = NOON) -> list[str]:
    return [what for what, _url in asked(member, now)]


def holder(hub: Hub | None, function: str, name: str = "Bo", **fields: Any) -> Member:
    """A member with a seat, who has told everything about themselves."""
    member = settled(name, **fields)
    make_term(member, hub, function)
    return member


def planned(hub: Hub, *, is_funded: bool = True, share_bp: int = 10_000, **fields: Any) -> Round:
    """A round that nobody has opened, whose one lane has the whole of it."""
    round_ = make_round(hub, Phase.PREPARATION, is_open=False, **fields)
    Lane.objects.filter(round=round_).update(share_bp=share_bp)
    if not is_funded:
        RoundBudget.objects.filter(lane__round=round_).delete()
    return round_


def make_pool(kind: str = "MONEY", amount_minor: int = 1_000, year: str = "2026") -> Pool:
    return Pool.objects.create(
        cycle=make_cycle(year), kind=kind, amount_minor=amount_minor, declared_at=NOON,
        currency="USD" if kind == "MONEY" else "",
    )  # fmt: skip


def make_run(
    pool: Pool, officer: Member, hub: Hub | None = None, status: str = "COMPUTED"
) -> Apportionment:
    """A run of the formula that gives all of a pool to one hub."""
    number = FormulaVersion.objects.count() + 1
    run = Apportionment.objects.create(
        pool=pool,
        formula=FormulaVersion.objects.create(
            number=number, parameters={}, south_floor="0.5", published_at=NOON
        ),
        snapshot=IndicatorSnapshot.objects.create(cycle=pool.cycle, published_at=NOON),
        input={},
        requested_by=officer,
        requested_at=NOON,
    )
    if hub:
        all_of_it = {"amount_minor": pool.amount_minor, "south_minor": pool.amount_minor}
        Envelope.objects.create(apportionment=run, hub=hub, **all_of_it)
    if status != "REQUESTED":
        set_status(run, status)
    return run


def set_status(run: Apportionment, status: str, decider: Member | None = None) -> None:
    run.status, run.decided_by = status, decider
    run.decided_at = NOON if decider else None
    run.save()


def make_envelope(hub: Hub, **pool: Any) -> Envelope:
    """An approved envelope of a hub, with the whole pool in it."""
    run = make_run(make_pool(**pool), make_member(f"Officer{hub.slug}"), hub)
    set_status(run, ApportionmentStatus.APPROVED, make_member(f"Approver{hub.slug}"))
    return run.envelopes.get()


def voted_on(round_: Round, proposal: Proposal, *, is_counted: bool = True) -> Election:
    """An election of our own about one proposal, that is over, with the count that buys it."""
    election = make_election(round_, resource_kind="MONEY")
    election.items.update(proposal=proposal)
    election.status, election.frozen_at = ElectionStatus.FROZEN, NOON - 9 * DAY
    election.frozen_hash = frozen_hash(election)
    election.save()
    cast(election)
    close_election(election=election, closer=CLOCK, now=NOON)
    if is_counted:
        count(request_job(kind=COUNT_TASK, subject=str(election.pk), now=NOON))
    return Election.objects.get(pk=election.pk)
