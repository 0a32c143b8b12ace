"""Presets and versions for tests."""

from copy import deepcopy
from typing import Any

from audit.models import OPERATOR
from principles.actions import TWELVE, adopt_framework, load_framework, read_preset
from principles.models import FrameworkVersion
from tests.factories import NOON

DIMENSIONS = ("OPPORTUNITY", "POWER", "OUTCOME")


def make_preset(
    weights: tuple[int, ...] = (50, 30, 20), dimensions: tuple[str, ...] = DIMENSIONS
) -> dict[str, Any]:
    """Two principles, with a criterion of the first for each weight, in English and Arabic."""

    def worded(text: str) -> dict[str, str]:
        return {"en": text, "ar": f"نص {text}"}

    return {
        "format": "framework/1",
        "code": "small",
        "source_language": "en",
        "title": worded("Principles"),
        "about": worded("About them"),
        "principles": [
            {"code": code, "title": worded(code.title()), "text": worded(f"Text of {code}")}
            for code in ("equity", "access")
        ],
        "criteria": [
            {
                "code": f"c{number}",
                "principle": "equity",
                "weight": weight,
                "dimension": dimension,
                "applies_to": "RECIPIENT",
                "is_floor": number == 1,
                "question": worded(f"Question {number}?"),
                "levels": [worded(f"Level {level} of {number}") for level in (1, 2, 3, 4)],
            }
            for number, (weight, dimension) in enumerate(
                zip(weights, dimensions, strict=True), start=1
            )
        ],
    }


def changed(preset: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with one value replaced: ``criteria.0.weight``; ``...`` takes it out."""
    copy = deepcopy(preset)
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    inside: Any = copy
    for step in way:
        inside = inside[step]
    if value is ...:
        del inside[last]
    else:
        inside[last] = value
    return copy


def make_draft(preset: dict[str, Any] | None = None) -> FrameworkVersion:
    return load_framework(preset=preset or make_preset(), loader=OPERATOR, now=NOON)


def found(preset: dict[str, Any] | None = None) -> FrameworkVersion:
    """A version in force."""
    return adopt_framework(framework=make_draft(preset), adopter=OPERATOR, now=NOON)


def found_twelve() -> FrameworkVersion:
    return found(dict(read_preset(TWELVE)))


def in_force_after(draft: FrameworkVersion) -> FrameworkVersion:
    """The draft, ratified; nothing else may be in force."""
    for status in ("CONSULTATION", "RATIFICATION", "ACTIVE"):
        draft.status = status
        draft.active_at = NOON if status == "ACTIVE" else None
        draft.save()
    return draft
