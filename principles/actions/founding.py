"""A version is loaded as a draft; the first one may be adopted without ratification."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Sum
from modeltranslation.utils import build_localized_fieldname

from audit.actions import record
from audit.canonical import digest
from audit.models import Actor
from principles.actions.presets import check_preset
from principles.models import (
    LEVELS,
    Criterion,
    Dimension,
    FrameworkStatus,
    FrameworkVersion,
    Principle,
)
from principles.queries import criteria_for_recipients

FRAMEWORKS_LOCK = 7_403  # versions are numbered and founded one at a time, and the first has no row
WHOLE_WEIGHT = 100
PLAIN = ("code", "weight", "dimension", "applies_to", "is_floor")  # of a criterion, as they are


class AlreadyFounded(Exception):
    """A version is or was in force: the next one comes by participation."""


class NotADraft(Exception):
    """The version has left the draft, so it goes its way by participation."""


class LacksDimension(Exception):
    """Equity has three dimensions; ``missing`` are those that no criterion stands for."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class WeightsNotHundred(Exception):
    """What is asked of recipients weighs 100 together; ``total`` is what it weighs."""

    def __init__(self, total: int) -> None:
        super().__init__(str(total))
        self.total = total


@transaction.atomic
def load_framework(*, preset: Mapping[str, Any], loader: Actor, now: datetime) -> FrameworkVersion:
    """A draft with everything the preset holds, under the next number. Refuses BadPreset."""
    check_preset(preset)
    _one_at_a_time()
    last: int = FrameworkVersion.objects.aggregate(last=Max("number"))["last"] or 0
    framework = FrameworkVersion.objects.create(
        number=last + 1,
        source_language=preset["source_language"],
        **_columns(preset, "title", "about"),
    )
    _add_parts(framework, preset)
    record(
        actor=loader,
        verb="load_framework",
        target=framework,
        now=now,
        after={
            "number": framework.number,
            "preset": preset["code"],
            "sha256": digest(preset),
        },
    )
    return framework


@transaction.atomic
def adopt_framework(
    *, framework: FrameworkVersion, adopter: Actor, now: datetime
) -> FrameworkVersion:
    """The founding: the first version comes into force as it is.

    Refuses AlreadyFounded, NotADraft, LacksDimension and WeightsNotHundred.
    """
    _one_at_a_time()
    framework = FrameworkVersion.objects.select_for_update().get(pk=framework.pk)
    if FrameworkVersion.objects.filter(active_at__isnull=False).exists():
        raise AlreadyFounded
    if framework.status != FrameworkStatus.DRAFT:
        raise NotADraft
    _check_whole(framework)
    framework.status, framework.active_at = FrameworkStatus.ACTIVE, now
    framework.save(update_fields=["status", "active_at"])
    record(
        actor=adopter,
        verb="adopt_framework",
        target=framework,
        now=now,
        before={"status": FrameworkStatus.DRAFT.value},
        after={"status": FrameworkStatus.ACTIVE.value, "number": framework.number},
    )
    return framework


def _add_parts(framework: FrameworkVersion, preset: Mapping[str, Any]) -> None:
    """The principles and criteria, in the order of the preset."""
    common = {"framework": framework, "source_language": preset["source_language"]}
    principles = {
        told["code"]: Principle.objects.create(
            position=position,
            code=told["code"],
            **_columns(told, "title", "text"),
            **common,
        )
        for position, told in enumerate(preset["principles"], start=1)
    }
    for position, told in enumerate(preset["criteria"], start=1):
        levels = {
            f"level_{level}": texts for level, texts in zip(LEVELS, told["levels"], strict=True)
        }
        Criterion.objects.create(
            principle=principles[told["principle"]],
            position=position,
            **{name: told[name] for name in PLAIN},
            **_columns(told, "question"),
            **_columns(levels, *levels),
            **common,
        )


def _check_whole(framework: FrameworkVersion) -> None:
    held = set(framework.criteria.values_list("dimension", flat=True))
    if missing := [dimension.value for dimension in Dimension if dimension.value not in held]:
        raise LacksDimension(missing)
    total = criteria_for_recipients(framework).aggregate(total=Sum("weight"))["total"] or 0
    if total != WHOLE_WEIGHT:
        raise WeightsNotHundred(total)


def _columns(told: Mapping[str, Any], *fields: str) -> dict[str, str]:
    """The columns of these texts, one for each language there is."""
    return {
        build_localized_fieldname(field, language): text.strip()
        for field in fields
        for language, text in told[field].items()
    }


def _one_at_a_time() -> None:
    """Until the end of the transaction, nobody else numbers or founds a version."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FRAMEWORKS_LOCK])
