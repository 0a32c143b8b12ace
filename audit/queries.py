"""Reading the trail and checking its chain."""

from dataclasses import dataclass
from datetime import UTC

from django.apps import apps
from django.db import models

from audit.canonical import Json
from audit.chain import GENESIS, link
from audit.models import TrailEntry, TrailLink


def as_chained(entry: TrailEntry) -> dict[str, Json]:
    """What the chain covers of an entry; every column, in plain JSON types."""
    return {
        "id": entry.pk,
        "at": entry.at.astimezone(UTC).isoformat(),
        "actor": str(entry.actor_id) if entry.actor_id else None,
        "role": entry.role,
        "verb": entry.verb,
        "target_type": entry.target_type,
        "target_id": entry.target_id,
        "reason_code": entry.reason_code,
        "before": entry.before,
        "after": entry.after,
    }


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome of walking the chain: how many links hold, where it first breaks, what waits."""

    chained: int
    broken_at: int | None
    waiting: int


def verify_trail() -> Verification:
    """Recompute every digest from the first entry on."""
    digest, chained = GENESIS, 0
    for stored in TrailLink.objects.select_related("entry").order_by("position").iterator():
        digest = link(digest, as_chained(stored.entry))
        if stored.position != chained + 1 or bytes(stored.digest) != digest:
            return Verification(chained, chained + 1, TrailEntry.objects.unchained().count())
        chained += 1
    return Verification(chained, None, TrailEntry.objects.unchained().count())


def append_only_tables() -> list[str]:
    """The tables whose rows are only ever added: every model that carries the append_only trigger."""
    return sorted(model._meta.db_table for model in apps.get_models() if is_append_only(model))


def is_append_only(model: type[models.Model]) -> bool:
    return any(trigger.name == "append_only" for trigger in getattr(model._meta, "triggers", []))
