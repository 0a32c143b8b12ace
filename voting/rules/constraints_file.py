"""Reader of `constraints/1`: limits of an election in JSON, with exact amounts of money."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NoReturn, Protocol

from voting.rules.constraints import Category, Constraints

FORMAT = "constraints/1"
MOST_DIGITS = 30  # of an amount; as in a `.pb` file

_DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_RATIO = re.compile(r"[0-9]+(?:/[0-9]+|\.[0-9]+)?")
_AMOUNT = 'an amount of money: a whole number from 0, or a decimal in quotes such as "12.50"'
_LONGEST_VALUE = 60


class BadConstraints(ValueError):
    """The file cannot be used; the message says where and why."""


class FileRow(Protocol):
    """A project as its election's file describes it, perhaps with `categories`."""

    @property
    def id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class FileCategory:
    """Amounts in the currency. projects: None where the election's file says which they are."""

    projects: frozenset[str] | None
    minimum: Fraction | None
    maximum: Fraction | None


@dataclass(frozen=True, slots=True)
class ConstraintsFile:
    """What a file says; all amounts are exact, in the currency."""

    categories: Mapping[str, FileCategory] = field(default_factory=dict)
    recipients: Mapping[str, frozenset[str]] = field(default_factory=dict)
    recipient_maximum: Fraction | None = None
    exclusive: tuple[frozenset[str], ...] = ()
    partial: Mapping[str, Fraction] = field(default_factory=dict)
    multipliers: Mapping[str, Fraction] = field(default_factory=dict)

    @property
    def decimals(self) -> int:
        """How many decimals of the currency its amounts need."""
        amounts = [self.recipient_maximum, *self.partial.values()]
        for category in self.categories.values():
            amounts += [category.minimum, category.maximum]
        return max((_decimals(amount) for amount in amounts if amount is not None), default=0)

    def constraints(self, projects: Iterable[FileRow], decimals: int) -> Constraints:
        """The same for the projects of an election whose money has at least as many decimals.

        Raises BadConstraints where a category cannot be filled from the election's file.
        """
        known = tuple(projects)

        def minor(amount: Fraction | None) -> int | None:
            return None if amount is None else int(amount * 10**decimals)

        return Constraints(
            categories={
                name: Category(
                    _members(name, known) if category.projects is None else category.projects,
                    minor(category.minimum),
                    minor(category.maximum),
                )
                for name, category in self.categories.items()
            },
            recipients=self.recipients,
            recipient_maximum=minor(self.recipient_maximum),
            exclusive=self.exclusive,
            partial={name: int(least * 10**decimals) for name, least in self.partial.items()},
        )


def _decimals(amount: Fraction) -> int:
    decimals = 0
    while 10**decimals % amount.denominator:
        decimals += 1
    return decimals


def _members(name: str, projects: tuple[FileRow, ...]) -> frozenset[str]:
    """The projects that the election's file puts into the category."""
    found = frozenset(
        project.id for project in projects if name in getattr(project, "categories", ())
    )
    if not found:
        raise BadConstraints(
            f"The category {_shown(name)} needs projects:"
            " the election's file puts none into a category of this name."
        )
    return found


def read_constraints(data: bytes) -> ConstraintsFile:
    """Raises BadConstraints for anything that is not wholly understood."""
    document = _object(_parsed(data), "the file")
    if document.get("format") != FORMAT:
        _refuse("format", f'"{FORMAT}"', document.get("format"))
    _only(document, "the file", "format", *_READERS)
    found = {name: _READERS[name](value) for name, value in document.items() if name != "format"}
    if "recipient_maximum" in found and not found.get("recipients"):
        raise BadConstraints("recipient_maximum is given, and no recipients.")
    return ConstraintsFile(**found)


def _parsed(data: bytes) -> Any:
    try:
        text = data.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_no_name_twice, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BadConstraints(f"line {line}: The text is not UTF-8.") from None
    except json.JSONDecodeError as error:
        raise BadConstraints(f"line {error.lineno}: This is no JSON: {error.msg}.") from None
    except RecursionError:
        raise BadConstraints("The JSON is nested too deeply.") from None
    except BadConstraints:
        raise
    except ValueError:
        raise BadConstraints(f"A number has more than {MOST_DIGITS} digits.") from None


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names: dict[str, Any] = {}
    for name, value in pairs:
        if name in names:
            raise BadConstraints(f"The name {_shown(name)} stands twice in one object.")
        names[name] = value
    return names


def _no_constant(name: str) -> NoReturn:
    raise BadConstraints(f"{name} is no number that JSON or money knows.")


def _shown(value: object) -> str:
    """A value as JSON writes it, cut to a length that can stand in a message."""
    if isinstance(value, int) and abs(value) >= 10**_LONGEST_VALUE:
        return "a very long number"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def _refuse(where: str, wanted: str, value: object) -> NoReturn:
    raise BadConstraints(f"{where} must be {wanted}; it is {_shown(value)}.")


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        _refuse(where, "an object", value)
    return value


def _only(value: Mapping[str, Any], where: str, *names: str) -> None:
    for name in value:
        if name not in names:
            raise BadConstraints(
                f"{where} has the key {_shown(name)}, which is not known;"
                f" known are: {', '.join(names)}."
            )


def _ids(value: Any, where: str) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        _refuse(where, "a list of project ids in quotes", value)
    seen: set[str] = set()
    for entry in value:
        if entry in seen:
            raise BadConstraints(f"{where} names the project {_shown(entry)} twice.")
        seen.add(entry)
    return frozenset(seen)


def _amount(value: Any, where: str) -> Fraction:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**MOST_DIGITS:
        return Fraction(value)
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value) or len(value) > MOST_DIGITS:
        _refuse(where, _AMOUNT, value)
    return Fraction(value)


def _categories(value: Any) -> dict[str, FileCategory]:
    return {
        name: _category(entry, f"categories.{name}")
        for name, entry in _object(value, "categories").items()
    }


def _category(value: Any, where: str) -> FileCategory:
    entry = _object(value, where)
    _only(entry, where, "projects", "minimum", "maximum")
    return FileCategory(
        _ids(entry["projects"], f"{where}.projects") if "projects" in entry else None,
        _amount(entry["minimum"], f"{where}.minimum") if "minimum" in entry else None,
        _amount(entry["maximum"], f"{where}.maximum") if "maximum" in entry else None,
    )


def _recipients(value: Any) -> dict[str, frozenset[str]]:
    return {
        name: _ids(ids, f"recipients.{name}") for name, ids in _object(value, "recipients").items()
    }


def _exclusive(value: Any) -> tuple[frozenset[str], ...]:
    if not isinstance(value, list):
        _refuse("exclusive", "a list of groups", value)
    groups = tuple(_ids(ids, f"exclusive[{place}]") for place, ids in enumerate(value))
    for place, group in enumerate(groups):
        if len(group) < 2:
            _refuse(f"exclusive[{place}]", "two projects or more", sorted(group))
    return groups


def _partial(value: Any) -> dict[str, Fraction]:
    found = {}
    for name, least in _object(value, "partial").items():
        found[name] = _amount(least, f"partial.{name}")
        if not found[name]:
            _refuse(f"partial.{name}", "more than 0", least)
    return found


def _multipliers(value: Any) -> dict[str, Fraction]:
    return {
        name: _multiplier(entry, f"multipliers.{name}")
        for name, entry in _object(value, "multipliers").items()
    }


def _multiplier(value: Any, where: str) -> Fraction:
    text = str(value) if _is_short_number(value) else value
    wanted = 'a number from 1 such as 2 or "3/2"'
    if not isinstance(text, str) or not _RATIO.fullmatch(text) or len(text) > 2 * MOST_DIGITS:
        _refuse(where, wanted, value)
    try:
        found = Fraction(text)
    except ZeroDivisionError:
        _refuse(where, wanted, value)
    if found < 1:
        _refuse(where, wanted, value)
    return found


def _is_short_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**MOST_DIGITS


_READERS: Mapping[str, Any] = {
    "categories": _categories,
    "recipients": _recipients,
    "recipient_maximum": lambda value: _amount(value, "recipient_maximum"),
    "exclusive": _exclusive,
    "partial": _partial,
    "multipliers": _multipliers,
}
