"""Reading a preset: a framework in a file, checked whole before anything is written.

{"format": "framework/1", "code", "source_language", "title": {language: text}, "about": {…},
 "principles": [{"code", "title": {…}, "text": {…}}],
 "criteria": [{"code", "principle": its code, "weight": 1 to 100, "dimension", "applies_to",
               "is_floor", "question": {…}, "levels": [lowest {…}, {…}, {…}, highest {…}]}]}
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import models

from members.languages import CURATED_LANGUAGES
from principles.models import LEVELS, Applies, Criterion, Dimension, FrameworkVersion, Principle

TWELVE = Path(__file__).resolve().parent.parent / "presets" / "twelve.json"
FORMAT = "framework/1"
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
WHOLE = {"format", "code", "source_language", "title", "about", "principles", "criteria"}
OF_A_PRINCIPLE = {"code", "title", "text"}
OF_A_CRITERION = {
    "code", "principle", "weight", "dimension", "applies_to", "is_floor", "question", "levels",
}  # fmt: skip


class BadPreset(Exception):
    """This is not a whole framework; the message says where and why."""


def read_preset(path: Path) -> Mapping[str, Any]:
    """The preset in a file. Raises BadPreset where it cannot be read as JSON."""
    try:
        found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise BadPreset(f"{path.name} cannot be read: {fault}") from fault
    return found


def check_preset(preset: Mapping[str, Any]) -> None:
    """Refuse with BadPreset whatever could not be loaded whole."""
    _keys(preset, WHOLE, "the preset")
    if preset["format"] != FORMAT:
        raise BadPreset(f"format: this site reads {FORMAT}")
    source = preset["source_language"]
    if source not in CURATED_LANGUAGES:
        raise BadPreset(f"source_language: not one of {', '.join(CURATED_LANGUAGES)}")
    _code(preset["code"], "code")
    _worded(preset["title"], FrameworkVersion, "title", source, "title")
    _worded(preset["about"], FrameworkVersion, "about", source, "about")
    for number, principle in enumerate(_several(preset["principles"], "principles")):
        _check_principle(principle, source, f"principles[{number}]")
    for number, criterion in enumerate(_several(preset["criteria"], "criteria")):
        _check_criterion(criterion, source, f"criteria[{number}]")
    codes = _once(preset["principles"], "principles")
    _once(preset["criteria"], "criteria")
    for number, criterion in enumerate(preset["criteria"]):
        if criterion["principle"] not in codes:
            raise BadPreset(f"criteria[{number}].principle: no principle has this code")


def _check_principle(principle: Any, source: str, at: str) -> None:
    _keys(principle, OF_A_PRINCIPLE, at)
    _code(principle["code"], f"{at}.code")
    for field in ("title", "text"):
        _worded(principle[field], Principle, field, source, f"{at}.{field}")


def _check_criterion(criterion: Any, source: str, at: str) -> None:
    _keys(criterion, OF_A_CRITERION, at)
    _code(criterion["code"], f"{at}.code")
    if type(criterion["weight"]) is not int or not 1 <= criterion["weight"] <= 100:
        raise BadPreset(f"{at}.weight: a whole number from 1 to 100")
    for field, known in (("dimension", Dimension.values), ("applies_to", Applies.values)):
        if criterion[field] not in known:
            raise BadPreset(f"{at}.{field}: one of {', '.join(known)}")
    if type(criterion["is_floor"]) is not bool:
        raise BadPreset(f"{at}.is_floor: true or false")
    _worded(criterion["question"], Criterion, "question", source, f"{at}.question")
    levels = _several(criterion["levels"], f"{at}.levels")
    if len(levels) != len(LEVELS):
        raise BadPreset(f"{at}.levels: {len(LEVELS)} of them, the lowest first")
    for level, texts in zip(LEVELS, levels, strict=True):
        _worded(texts, Criterion, f"level_{level}", source, f"{at}.levels[{level - 1}]")


def _keys(found: Any, wanted: set[str], at: str) -> None:
    if not isinstance(found, Mapping):
        raise BadPreset(f"{at}: names and values in curly brackets")
    for said, keys in (("is missing", wanted - set(found)), ("is unknown", set(found) - wanted)):
        if keys:
            raise BadPreset(f"{at}: {min(map(str, keys))} {said}")


def _several(found: Any, at: str) -> Sequence[Any]:
    if not isinstance(found, list) or not found:
        raise BadPreset(f"{at}: a list with something in it")
    return found


def _code(found: Any, at: str) -> None:
    if not isinstance(found, str) or len(found) > 40 or not CODE.fullmatch(found):
        raise BadPreset(f"{at}: small letters, digits and hyphens, 40 at most")


def _once(parts: Sequence[Any], at: str) -> set[str]:
    codes = [part["code"] for part in parts]
    for number, code in enumerate(codes):
        if code in codes[:number]:
            raise BadPreset(f"{at}[{number}].code: {code} is there twice")
    return set(codes)


def _worded(texts: Any, model: type[models.Model], field: str, source: str, at: str) -> None:
    """A text in the source language at least, each no longer than its column."""
    if not isinstance(texts, Mapping) or source not in texts:
        raise BadPreset(f"{at}: a text for each language, {source} among them")
    longest = getattr(model._meta.get_field(field), "max_length", None)
    for language, text in texts.items():
        if language not in CURATED_LANGUAGES:
            raise BadPreset(f"{at}.{language}: not one of {', '.join(CURATED_LANGUAGES)}")
        if not isinstance(text, str) or not text.strip() or "\0" in text:
            raise BadPreset(f"{at}.{language}: a text with something in it")
        if longest and len(text) > longest:
            raise BadPreset(f"{at}.{language}: {longest} characters at most, not {len(text)}")
