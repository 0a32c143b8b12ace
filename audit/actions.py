"""Writing the trail, and chaining it."""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection, models, transaction

from audit.canonical import Json
from audit.chain import GENESIS, link
from audit.models import Actor, TrailEntry, TrailLink
from audit.queries import as_chained

SEQUENCER_LOCK = 7_401  # one sequencer at a time; an arbitrary number that nobody else uses


def record(
    *,
    actor: Actor,
    verb: str,
    target: models.Model,
    now: datetime,
    reason_code: str = "",
    before: Mapping[str, Json] | None = None,
    after: Mapping[str, Json] | None = None,
) -> TrailEntry:
    """Write one entry in the caller's transaction, so that the act and its trace stand or fall together."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("record() belongs in the act's transaction")
    return TrailEntry.objects.create(
        at=now,
        actor_id=actor.member_id,
        role=actor.role,
        verb=verb,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        reason_code=reason_code,
        before=dict(before or {}),
        after=dict(after or {}),
    )


@transaction.atomic
def chain_trail(*, limit: int = 5_000) -> int:
    """Give the next unchained entries their place; returns how many. Safe to run twice at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEQUENCER_LOCK])
    last = TrailLink.objects.order_by("-position").first()
    position, digest = (last.position, bytes(last.digest)) if last else (0, GENESIS)
    links = []
    for entry in TrailEntry.objects.unchained().order_by("pk")[:limit]:
        position += 1
        digest = link(digest, as_chained(entry))
        links.append(TrailLink(position=position, entry=entry, digest=digest))
    TrailLink.objects.bulk_create(links)
    return len(links)
