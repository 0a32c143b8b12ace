"""The formats apportionment/1 and apportionment-result/1: plain values, decimals as strings."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from allocation.formula.apportionment import Result
from allocation.formula.errors import FormulaError
from allocation.formula.model import Formula, Hub, absent, bad_formula, bad_indicator

INPUT = "apportionment/1"
RESULT = "apportionment-result/1"

Plain: TypeAlias = dict[str, Any]

_DECIMAL = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_ABSENT = {"missing": "MISSING", "withheld": "WITHHELD"}
_PARTS = ("format", "pool", "formula", "hubs")
_WHOLE_OR_FLAG = ("step", "bands")
_AMOUNTS = ("previous", "minimum", "maximum")
_MAY_LACK = ("previous", "maximum")


def read_document(document: object) -> tuple[int, Formula, tuple[Hub, ...]]:
    """(pool, formula, hubs) of an apportionment/1.

    An indicator that is null or absent is MISSING, and so is one given as "missing"; one given
    as "withheld" is WITHHELD. `previous` and `maximum` may be null or absent. Raises FormulaError,
    for the formula first; whatever the format does not know is refused too.
    """
    parts = _object(document, "document")
    if parts.get("format") != INPUT:
        raise bad_formula("format", parts.get("format"), INPUT)
    _check_names(parts, _PARTS, "document")
    formula = _formula(_object(parts["formula"], "formula"))
    hubs = parts["hubs"]
    if not isinstance(hubs, list):
        raise bad_formula("hubs", hubs, "a list")
    return parts["pool"], formula, tuple(_hub(_object(hub, "hubs")) for hub in hubs)


def input_document(pool: int, formula: Formula, hubs: Sequence[Hub]) -> Plain:
    """What `read_document` reads."""
    return {
        "format": INPUT,
        "pool": pool,
        "formula": _plain(formula),
        "hubs": [_plain(hub) for hub in hubs],
    }


def result_document(result: Result) -> Plain:
    """The result as plain values: whole numbers as they are, decimals and fractions as strings."""
    return {
        "format": RESULT,
        "pool": result.pool,
        "allocations": dict(result.allocations),
        "south_earmarks": dict(result.south_earmarks),
        "south_floor": result.south_floor,
        "tilt": str(result.tilt),
        "bounds": {code: list(bounds) for code, bounds in result.bounds.items()},
        "shares": {code: str(share) for code, share in result.shares.items()},
    }


def _formula(parts: Plain) -> Formula:
    names = [field.name for field in fields(Formula)]
    _check_names(parts, names, "formula")
    beta = _object(parts["beta"], "beta")
    values: Plain = {"beta": {name: _parameter("beta", part) for name, part in beta.items()}}
    for name in names[1:]:
        value = parts[name]
        values[name] = value if name in _WHOLE_OR_FLAG else _parameter(name, value)
    return Formula(**values)


def _hub(parts: Plain) -> Hub:
    code = parts.get("code")
    if not isinstance(code, str) or not code:
        raise bad_indicator("a hub", "code", code, "a text that is not empty")
    names = [field.name for field in fields(Hub)]
    for name in parts:
        if name not in names:
            raise bad_indicator(code, name, parts[name], "left out: the format does not know it")
    size = parts.get("size")
    if not isinstance(size, dict):
        raise _no_indicator(code, "size", size) or bad_indicator(code, "size", size, "an object")
    values: Plain = {
        "code": code,
        "size": {name: _indicator(code, f"size {name}", value) for name, value in size.items()},
    }
    for name in names[2:]:
        value = parts.get(name)
        values[name] = value if name in _AMOUNTS else _indicator(code, name, value)
    if values["minimum"] is None:
        raise absent("MISSING", code, "minimum")
    return Hub(**values)


def _parameter(name: str, value: object) -> Decimal:
    number = _decimal(value)
    if number is None:
        raise bad_formula(name, value, "a decimal, written as a string")
    return number


def _indicator(hub: str, name: str, value: object) -> Decimal:
    number = _decimal(value)
    if number is None:
        raise _no_indicator(hub, name, value) or bad_indicator(
            hub, name, value, "a decimal, written as a string"
        )
    return number


def _no_indicator(hub: str, name: str, value: object) -> FormulaError | None:
    code = "MISSING" if value is None else _ABSENT.get(value) if isinstance(value, str) else None
    return absent(code, hub, name) if code else None


def _decimal(value: object) -> Decimal | None:
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        return None
    try:
        return Decimal(value)
    except InvalidOperation:  # an exponent beyond all measure
        return None


def _object(value: object, name: str) -> Plain:
    if not isinstance(value, dict):
        raise bad_formula(name, value, "an object")
    return value


def _check_names(parts: Plain, names: Sequence[str], where: str) -> None:
    for name in names:
        if name not in parts:
            raise bad_formula(name, "missing", f"in the {where}")
    for name in parts:
        if name not in names:
            raise bad_formula(name, parts[name], f"left out: the {where} does not know it")


def _plain(thing: Formula | Hub) -> Plain:
    return {field.name: _plain_value(getattr(thing, field.name)) for field in fields(thing)}


def _plain_value(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: str(part) for name, part in value.items()}
    return str(value) if isinstance(value, Decimal) else value
