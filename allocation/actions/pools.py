"""What a cycle has to share."""

from datetime import datetime

from django.db import transaction

from allocation.models import Pool
from audit.actions import record
from hubs.currencies import known_currencies
from hubs.models import Cycle, ResourceKind
from members.models import Member


class DataIsNotDivided(Exception):
    """Access to data is counted, never divided: giving it to one takes nothing from another."""


class PoolDeclared(Exception):
    """The cycle has a pool of this kind already."""


class WrongCurrency(Exception):
    """Money is in a currency in use somewhere; hours and credits are in none."""


class NothingToShare(Exception):
    """A pool holds something."""


@transaction.atomic
def declare_pool(
    *,
    cycle: Cycle,
    kind: str,
    currency: str,
    amount_minor: int,
    declarer: Member,
    now: datetime,
) -> Pool:
    """Say what a cycle has to share of one kind: minor units of the currency, minutes or credits.

    Refuses DataIsNotDivided, NothingToShare, WrongCurrency and PoolDeclared.
    """
    if kind == ResourceKind.DATA:
        raise DataIsNotDivided
    if amount_minor <= 0:
        raise NothingToShare
    fits = currency in known_currencies() if kind == ResourceKind.MONEY else not currency
    if not fits:
        raise WrongCurrency
    Cycle.objects.select_for_update().get(pk=cycle.pk)
    if Pool.objects.filter(cycle=cycle, kind=kind).exists():
        raise PoolDeclared
    pool = Pool.objects.create(
        cycle=cycle,
        kind=kind,
        currency=currency,
        amount_minor=amount_minor,
        declared_by=declarer,
        declared_at=now,
    )
    record(
        actor=declarer.acting_as("ALLOCATION_OFFICER"),
        verb="declare_pool",
        target=pool,
        now=now,
        after={
            "cycle": cycle.slug,
            "kind": kind,
            "currency": currency,
            "amount_minor": amount_minor,
        },
    )
    return pool
