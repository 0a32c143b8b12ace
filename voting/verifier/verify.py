"""Recount a published election, independently of the program that counted it.

    python3 verify.py BUNDLE [--json] [--manifest-hash HEX] [--frozen-hash HEX] [--without-margins]

BUNDLE is a zip file or a folder in the form ``bundle/1``. The answer is written in sentences; the
exit status is 0 where everything agrees, 1 where something does not, 2 where this is no bundle.

This is one file on purpose, and long for that reason: whoever doubts a result can carry it away,
read it, and run it with nothing but Python 3.11 or newer. It imports the standard library only, opens
no connection, writes nothing, and shares no line with the engine whose counts it checks. It is plain
where the engine is fast: every amount is an exact fraction, and rounding happens only in the texts
that are rounded by definition (DEC6 below).

The parts, in the order of reading:

 1. Refusals and limits             6. The rules: greedy, Equal Shares, Phragmén
 2. Bytes, JSON and hashes          7. The explanation of a count, and its margins
 3. Files of a bundle               8. Checks of a bundle, file by file
 4. What was frozen; constraints    9. The report and the command line
 5. One lane and its ballots

Sources of the rules: Talmon and Faliszewski 2019 (greedy); Peters, Pierczyński and Skowron 2021 and
equalshares.net (Equal Shares and its completions); Brill, Freeman, Janson and Lackner 2017, Los,
Christoff and Grossi 2022 (sequential Phragmén); Boehmer and others 2024 (margins).
"""

import argparse
import csv
import hashlib
import io
import json
import re
import stat
import struct
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn

# ------------------------------------------------------------------------------------------------
# 1. Refusals and limits
# ------------------------------------------------------------------------------------------------

LARGEST_FILE = 256 * 1024 * 1024  # bytes of one file once unpacked; real ones stay far below
LARGEST_BUNDLE = 1024 * 1024 * 1024
MOST_LANES = 100
MOST_ITEMS = 5_000
MOST_DECIMALS = 6
MOST_DIGITS = 40  # of a whole number in a JSON file
LARGEST_AMOUNT = 10**18  # in minor units
DEEPEST = 40  # lists within lists in a JSON file

# The platform works out margins where an election is its own and not larger than this: distinct
# ballots of the lane, times its projects, times the runs of the rule. Elsewhere it says nothing of them.
LARGEST_WITH_MARGINS = 20_000_000
COST_OF_A_RUN = 2_000  # what a run of the rule costs at least, in the same measure
MOST_RAISES = 200_000  # add1 ends with what it has found, however far it is


class Refusal(Exception):
    """This is no bundle, or not one that can be counted. The message is one sentence."""


def refuse(sentence: str) -> NoReturn:
    raise Refusal(sentence)


def shortened(value: object, most: int = 120) -> str:
    """A value as a person reads it in a report: printable, on one line, not too long."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
    text = "".join(sign if sign.isprintable() else "�" for sign in text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


# ------------------------------------------------------------------------------------------------
# 2. Bytes, JSON and hashes
# ------------------------------------------------------------------------------------------------


def canonical(value: object) -> bytes:
    """The one form in which a value is hashed: sorted keys, no spaces, ASCII only, no floats."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def digest(value: object) -> str:
    """SHA-256 of the canonical form of a value, in hexadecimal."""
    return sha256(canonical(value))


def digest_of_ballots(groups: Iterable[tuple[bytes, int]]) -> str:
    """SHA-256 over all ballots: distinct, in order of their bytes, each with its number of voters."""
    total = hashlib.sha256()
    for payload, voters in sorted(groups):
        total.update(payload + b" " + str(voters).encode() + b"\n")
    return total.hexdigest()


def read_json(data: bytes, name: str) -> Any:
    """A JSON value in canonical form; anything else is refused.

    Canonical form leaves no room for two readings: no key twice, no number that is not whole, no
    NaN, no spaces, no text that is not Unicode.
    """
    try:
        value = json.loads(
            data.decode("ascii"),
            object_pairs_hook=_object,
            parse_int=_whole,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except Refusal as refusal:
        refuse(f"{name} {refusal}.")
    except UnicodeDecodeError:
        refuse(f"{name} is not written in ASCII, as canonical JSON is.")
    except RecursionError:
        refuse(f"{name} is nested too deeply.")
    except ValueError:
        refuse(f"{name} is not JSON.")
    _refuse_strange(value, name)
    if canonical(value) != data:
        refuse(
            f"{name} is not in canonical form (sorted keys, no spaces, nothing after the value)."
        )
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        refuse("names a key twice in one object")
    return dict(pairs)


def _whole(text: str) -> int:
    if len(text) > MOST_DIGITS:
        refuse(f"holds a number of more than {MOST_DIGITS} digits")
    return int(text)


def _no_number(text: str) -> NoReturn:
    refuse(f"holds {shortened(text)}, which is no whole number")


def _refuse_strange(value: object, name: str) -> None:
    """Refuse what is nested too deeply, and text that cannot be written as UTF-8."""
    waiting = [(value, 0)]
    while waiting:
        found, depth = waiting.pop()
        if depth > DEEPEST:
            refuse(f"{name} is nested too deeply.")
        if isinstance(found, dict):
            waiting += [(part, depth + 1) for pair in found.items() for part in pair]
        elif isinstance(found, list):
            waiting += [(part, depth + 1) for part in found]
        elif isinstance(found, str) and any("\ud800" <= sign <= "\udfff" for sign in found):
            refuse(f"{name} holds text that is not Unicode.")


class Reader:
    """Takes values out of parsed JSON and refuses what is missing or of another type.

    A type is compared exactly: true is no number, though Python would take it for 1.
    """

    def __init__(self, value: object, where: str) -> None:
        if type(value) is not dict:
            refuse(f"{where} is no JSON object.")
        self.value: dict[str, Any] = value
        self.where = where

    def _take(self, key: str, kind: type, *, may_be_null: bool = False) -> Any:
        if key not in self.value:
            refuse(f"{self.where} has no {key}.")
        found = self.value[key]
        if not (type(found) is kind or (may_be_null and found is None)):
            refuse(f"{self.where}: {key} is not of the type {kind.__name__}.")
        return found

    def text(self, key: str) -> str:
        return str(self._take(key, str))

    def number(self, key: str) -> int:
        found: int = self._take(key, int)
        return found

    def number_or_null(self, key: str) -> int | None:
        found: int | None = self._take(key, int, may_be_null=True)
        return found

    def list(self, key: str) -> list[Any]:
        found: list[Any] = self._take(key, list)
        return found

    def object(self, key: str) -> dict[str, Any]:
        found: dict[str, Any] = self._take(key, dict)
        return found

    def only(self, keys: Iterable[str]) -> None:
        """Refuse keys that have no meaning here."""
        for key in sorted(set(self.value) - set(keys)):
            refuse(f"{self.where} holds {shortened(key)}, which has no meaning there.")


def row_of(value: object, kinds: Sequence[type | tuple[type, ...]], where: str) -> list[Any]:
    """A JSON list of exactly these types."""
    if type(value) is not list or len(value) != len(kinds):
        refuse(f"{where} is no list of {len(kinds)} values.")
    for part, kind in zip(value, kinds, strict=True):
        if type(part) not in (kind if isinstance(kind, tuple) else (kind,)):
            refuse(f"{where} holds {shortened(part)} where another type of value belongs.")
    return value


def rational(number: Fraction | None) -> str | None:
    """A fraction as a tally writes it: "n/d" in lowest terms."""
    return None if number is None else f"{number.numerator}/{number.denominator}"


def dec6(number: Fraction | int) -> str:
    """DEC6: a decimal rounded half to even, with exactly six places, as text."""
    millionths = round(Fraction(number) * 10**6)  # a fraction is rounded half to even
    whole, rest = divmod(abs(millionths), 10**6)
    return f"{'-' if millionths < 0 else ''}{whole}.{rest:06d}"


# ------------------------------------------------------------------------------------------------
# 3. Files of a bundle
# ------------------------------------------------------------------------------------------------

FIXED_NAMES = ("bundle.json", "election.json", "projects.csv", "ballots.ndjson", "tally.json")
LANE_NAME = re.compile(r"lane-(0|[1-9][0-9]{0,4})\.pb")


# What zipfile raises when it stumbles over a file that is broken, or was made to break it.
BROKEN_ZIP = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, LookupError, OverflowError,
    RuntimeError,  # also an encrypted member, and a compression it does not know
)  # fmt: skip


def read_bundle(path: Path) -> dict[str, bytes]:
    """All files of a bundle, by name, from a zip or a folder. Nothing is unpacked to the disk."""
    try:
        return _read_folder(path) if path.is_dir() else _read_zip(path)
    except (OSError, ValueError) as error:
        refuse(f"The bundle cannot be read: {shortened(str(error))}.")


def _checked(names: Sequence[str]) -> None:
    for name in names:
        if name not in FIXED_NAMES and LANE_NAME.fullmatch(name) is None:
            refuse(f"The bundle holds {shortened(name)}, which is no part of one.")
    for name, times in Counter(names).items():
        if times > 1:
            refuse(f"The bundle holds {name} {times} times.")
    if len(names) > len(FIXED_NAMES) + MOST_LANES:
        refuse(f"The bundle holds more than {MOST_LANES} lanes.")


def _read_folder(path: Path) -> dict[str, bytes]:
    members = sorted(path.iterdir())
    _checked([member.name for member in members])
    files: dict[str, bytes] = {}
    for member in members:
        if not stat.S_ISREG(member.lstat().st_mode):
            refuse(f"{member.name} is no ordinary file.")
        with member.open("rb") as stream:
            files[member.name] = _read_capped(stream, member.name, files)
    return files


def _read_zip(path: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            # The name as the file has it: zipfile cuts a name off at a NUL.
            _checked([member.orig_filename for member in members])
            for member in members:
                if member.flag_bits & 1:
                    refuse(f"{member.filename} is encrypted.")
                if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    refuse(f"{member.filename} is packed in a way that is not read here.")
                with archive.open(member) as stream:
                    files[member.filename] = _read_capped(stream, member.filename, files)
    except BROKEN_ZIP:
        refuse("The bundle is neither a folder nor a zip file that can be read.")
    return files


def _read_capped(stream: Any, name: str, before: Mapping[str, bytes]) -> bytes:
    """The content of one file; what a header says about its size is not believed."""
    room = min(LARGEST_FILE, LARGEST_BUNDLE - sum(map(len, before.values())))
    data: bytes = stream.read(room + 1)
    if len(data) > room:
        refuse(f"{name} is larger than any bundle needs.")
    return data


# ------------------------------------------------------------------------------------------------
# 4. What was frozen; constraints
# ------------------------------------------------------------------------------------------------

FROZEN_FORMAT = "frozen/2"
FORMATS = ("approval", "knapsack", "cumulative", "scoring", "ranking")
CHOSEN = ("approval", "knapsack")  # formats in which a ballot only marks projects


@dataclass(frozen=True)
class Item:
    """One line of the ballot paper, with its words in the language it was written in."""

    position: int
    lane: str
    code: str
    cost: int
    language: str = ""
    title: str = ""


@dataclass(frozen=True)
class FrozenLane:
    position: int
    kind: str
    budget: int


@dataclass(frozen=True)
class Election:
    """What was frozen before the vote, as far as it decides or is repeated in other files."""

    id: str
    origin: str
    title: str
    format: str
    currency: str
    decimals: int
    max_choices: int | None
    seed: str
    opens_at: str
    closes_at: str
    roll: int
    lanes: tuple[FrozenLane, ...]
    items: tuple[Item, ...]
    counts: tuple[tuple[str, dict[str, Any]], ...]

    def items_of(self, lane: FrozenLane) -> list[Item]:
        return [item for item in self.items if item.lane == lane.kind]


def read_election(value: object) -> Election:
    """The frozen form, checked for types and for what no frozen election can hold."""
    frozen = Reader(value, "election.json: frozen")
    if frozen.text("format") != FROZEN_FORMAT:
        refuse(f"The frozen form is not of the format {FROZEN_FORMAT}.")
    ballot_format = frozen.text("ballot_format").lower()
    if ballot_format not in FORMATS:
        refuse(f"There is no ballot format {shortened(ballot_format)}.")
    decimals = frozen.number("decimals")
    if not 0 <= decimals <= MOST_DECIMALS:
        refuse(f"A currency with {decimals} decimals is not known.")
    lanes = _read_lanes(frozen.list("lanes"))
    return Election(
        id=frozen.text("election"),
        origin=frozen.text("origin"),
        title=frozen.text("title"),
        format=ballot_format,
        currency=frozen.text("currency"),
        decimals=decimals,
        max_choices=frozen.number_or_null("max_choices"),
        seed=frozen.text("seed"),
        opens_at=frozen.text("opens_at"),
        closes_at=frozen.text("closes_at"),
        roll=Reader(frozen.object("roll"), "election.json: frozen roll").number("entries"),
        lanes=lanes,
        items=_read_items(frozen.list("items"), frozen.list("texts"), lanes),
        counts=_read_counts(frozen),
    )


def _amount_fits(amount: int, what: str) -> int:
    if not 0 <= amount <= LARGEST_AMOUNT:
        refuse(f"{what} is {amount}, which is no amount.")
    return amount


def _read_lanes(rows: list[Any]) -> tuple[FrozenLane, ...]:
    lanes = []
    for row in rows:
        position, kind, budget = row_of(row, (int, str, int), "A frozen lane")
        lanes.append(FrozenLane(position, kind, _amount_fits(budget, "The budget of a lane")))
    positions = [lane.position for lane in lanes]
    if sorted(set(positions)) != positions or len({lane.kind for lane in lanes}) != len(lanes):
        refuse("The frozen lanes are not in order, or one stands there twice.")
    if len(lanes) > MOST_LANES:
        refuse(f"There are more than {MOST_LANES} lanes.")
    return tuple(lanes)


def _read_items(rows: list[Any], texts: list[Any], lanes: Sequence[FrozenLane]) -> tuple[Item, ...]:
    if len(rows) > MOST_ITEMS:
        refuse(f"There are more than {MOST_ITEMS} items.")
    words = _source_texts(texts)
    kinds = (int, str, (int, type(None)), str, int)
    items = []
    for row in rows:
        position, lane, _proposal, code, cost = row_of(row, kinds, "A frozen item")
        language, title = words.get(position, ("", ""))
        _amount_fits(cost, "The cost of an item")
        items.append(Item(position, lane, code, cost, language, title))
    positions = [item.position for item in items]
    if sorted(set(positions)) != positions or len({item.code for item in items}) != len(items):
        refuse("The frozen items are not in order, or one stands there twice.")
    if not {item.lane for item in items} <= {lane.kind for lane in lanes}:
        refuse("A frozen item belongs to no lane.")
    return tuple(items)


def _source_texts(rows: list[Any]) -> dict[int, tuple[str, str]]:
    """(language, title) by position: of the text marked as source, else of the first language."""
    first: dict[int, tuple[str, str]] = {}
    source: dict[int, tuple[str, str]] = {}
    for row in rows:
        kinds = (int, str, bool, str, str, str)
        position, language, is_source, title, _summary, _body = row_of(row, kinds, "A frozen text")
        first.setdefault(position, (language, title))
        if is_source:
            source.setdefault(position, (language, title))
    return first | source


def _read_counts(frozen: Reader) -> tuple[tuple[str, dict[str, Any]], ...]:
    """The rule that decides, then those counted beside it for comparison."""
    counts = [(frozen.text("rule"), frozen.object("parameters"))]
    for other in frozen.list("comparisons"):
        reader = Reader(other, "election.json: a frozen comparison")
        counts.append((reader.text("rule"), reader.object("parameters")))
    return tuple(counts)


# Constraints. They are frozen as the parameter "constraints" of a rule, in the form constraints/1.


@dataclass(frozen=True)
class Category:
    projects: frozenset[int]
    minimum: int | None
    maximum: int | None


@dataclass(frozen=True)
class Constraints:
    """Limits beside the budget. Projects are numbers within the lane, amounts minor units."""

    categories: Mapping[str, Category] = field(default_factory=dict)
    recipients: Mapping[str, frozenset[int]] = field(default_factory=dict)
    recipient_maximum: int | None = None
    exclusive: tuple[frozenset[int], ...] = ()
    partial: Mapping[int, int] = field(default_factory=dict)
    multipliers: Mapping[int, Fraction] = field(default_factory=dict)

    def reserves(self) -> list[tuple[str, Category]]:
        """The categories with a minimum, in order of their names."""
        found = sorted(self.categories.items())
        return [(name, category) for name, category in found if category.minimum is not None]


AMOUNT = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,10})?")
MULTIPLIER = re.compile(r"[0-9]{1,10}(?:/[1-9][0-9]{0,9})?")
CONSTRAINT_KEYS = (
    "format", "categories", "recipients", "recipient_maximum", "exclusive", "partial", "multipliers",
)  # fmt: skip


def minor_units(value: object, decimals: int) -> int:
    """An amount in the currency, a decimal as text or a whole number, in minor units."""
    is_whole = type(value) is int and value >= 0
    if not is_whole and not (type(value) is str and AMOUNT.fullmatch(value)):
        refuse(f"The constraints hold {shortened(value)}, which is no amount.")
    amount = Fraction(str(value))
    amount *= 10**decimals
    if amount.denominator != 1:
        refuse(f"The amount {shortened(value)} has more decimals than the currency.")
    return _amount_fits(amount.numerator, "An amount of the constraints")


class ConstraintReader:
    """Reads constraints/1 for one lane: what it says about the projects of other lanes is left out.

    places: the number of each project of the lane, by id. known: all ids of the election.
    """

    def __init__(self, places: Mapping[str, int], known: Iterable[str], decimals: int) -> None:
        self.places = places
        self.known = frozenset(known)
        self.decimals = decimals

    def read(self, value: object) -> Constraints:
        reader = Reader(value, "The constraints")
        reader.only(CONSTRAINT_KEYS)
        if reader.text("format") != "constraints/1":
            refuse("The constraints are not of the format constraints/1.")
        whole: dict[str, Any] = {
            "categories": {},
            "recipients": {},
            "exclusive": [],
            "partial": {},
            "multipliers": {},
        }
        parts = Reader(whole | reader.value, "The constraints")
        maximum = reader.value.get("recipient_maximum")
        return Constraints(
            categories=self._categories(parts.object("categories")),
            recipients=self._groups(parts.object("recipients")),
            recipient_maximum=None if maximum is None else minor_units(maximum, self.decimals),
            exclusive=tuple(self._projects(group) for group in parts.list("exclusive")),
            partial={
                place: minor_units(least, self.decimals)
                for place, least in self._by_project(parts.object("partial"))
            },
            multipliers={
                place: _multiplier(factor)
                for place, factor in self._by_project(parts.object("multipliers"))
            },
        )

    def _place(self, project: object) -> int | None:
        if type(project) is not str or project not in self.known:
            refuse(f"The constraints name {shortened(project)}, which is no project.")
        return self.places.get(project)

    def _projects(self, ids: object) -> frozenset[int]:
        if type(ids) is not list:
            refuse("A group of projects in the constraints is no list.")
        found = [self._place(project) for project in ids]
        if len(set(ids)) != len(ids):
            refuse("A group of projects in the constraints names one twice.")
        return frozenset(place for place in found if place is not None)

    def _by_project(self, values: Mapping[str, object]) -> Iterator[tuple[int, object]]:
        for project, value in values.items():
            place = self._place(project)
            if place is not None:
                yield place, value

    def _groups(self, values: Mapping[str, object]) -> dict[str, frozenset[int]]:
        groups = {name: self._projects(ids) for name, ids in values.items()}
        return {name: projects for name, projects in groups.items() if projects}

    def _categories(self, values: Mapping[str, object]) -> dict[str, Category]:
        found = {}
        for name, value in values.items():
            reader = Reader(value, f"The category {shortened(name)}")
            reader.only(("projects", "minimum", "maximum"))
            projects = self._projects(reader.list("projects"))
            limits = [
                minor_units(reader.value[key], self.decimals) if key in reader.value else None
                for key in ("minimum", "maximum")
            ]
            if projects:
                found[name] = Category(projects, *limits)
        return found


def _multiplier(value: object) -> Fraction:
    if type(value) is not str or MULTIPLIER.fullmatch(value) is None or Fraction(value) < 1:
        refuse(f"The constraints hold the multiplier {shortened(value)}; one is a fraction from 1.")
    return Fraction(value)


# ------------------------------------------------------------------------------------------------
# 5. One lane and its ballots
# ------------------------------------------------------------------------------------------------

Choices = tuple[tuple[int, int], ...]  # (project, value), ascending by project


@dataclass(frozen=True)
class Lane:
    """What is counted: a budget, projects, and the ballots as this lane sees them.

    ballots: distinct, each with its number of voters; projects are numbers from 0, in order.
    The value of a choice is 1 (approval, knapsack), points (cumulative, scoring) or a rank from 1.
    known: the ids of all projects of the election, for constraints that name those of other lanes.
    """

    budget: int
    ids: tuple[str, ...]
    costs: tuple[int, ...]
    format: str
    ballots: tuple[tuple[Choices, int], ...]
    decimals: int = 0
    known: frozenset[str] = frozenset()

    @property
    def voters(self) -> int:
        """Everybody who voted, also who chose nothing in this lane."""
        return sum(voters for _choices, voters in self.ballots)


def lane_of(election: Election, frozen: FrozenLane, whole: Iterable[tuple[Choices, int]]) -> Lane:
    """One lane with its part of the whole ballots.

    Whoever chose nothing in the lane stays one of its voters. Ranks close up: of the ranking
    A, B, C the lane that holds A and C sees A first and C second.
    """
    items = election.items_of(frozen)
    places = {item.position: place for place, item in enumerate(items)}
    merged: Counter[Choices] = Counter()
    for choices, voters in whole:
        part = [(places[position], value) for position, value in choices if position in places]
        if election.format == "ranking":
            ranks = sorted(value for _place, value in part)
            part = [(place, ranks.index(value) + 1) for place, value in part]
        merged[tuple(part)] += voters
    return Lane(
        budget=frozen.budget,
        ids=tuple(item.code for item in items),
        costs=tuple(item.cost for item in items),
        format=election.format,
        ballots=tuple(sorted(merged.items())),
        decimals=election.decimals,
        known=frozenset(item.code for item in election.items),
    )


@dataclass(frozen=True)
class Options:
    """The parameters of a rule, with their defaults."""

    order: str = "votes"
    satisfaction: str = "cost"
    completion: str = "none"
    step: str = "relative"
    stop: str = "overspend"
    ranking_points: str = "from-one"
    tie_break: str = "standard"
    min_support: int = 0


VALUES = {
    "order": ("votes", "votes-per-cost"),
    "satisfaction": ("cost", "cardinality", "sqrt-cost"),
    "completion": ("none", "greedy", "add1", "add1-greedy"),
    "step": ("relative", "coin"),
    "stop": ("overspend", "exhaustive"),
    "ranking_points": ("from-one", "from-zero"),
}
EVERY_RULE = ("ranking_points", "tie_break", "min_support")
HONOURED = {
    "greedy": ("order", *EVERY_RULE),
    "equal-shares": ("satisfaction", "completion", "step", "stop", *EVERY_RULE),
    "phragmen": EVERY_RULE,
}
SEED = re.compile(r"seed:((?:[0-9a-fA-F]{2})+)")


def read_options(rule: str, parameters: Mapping[str, Any]) -> Options:
    """The parameters as frozen; what they do not say has its default. Refuses what is not known."""
    if rule not in HONOURED:
        refuse(f"There is no rule {shortened(rule)}.")
    for name, value in parameters.items():
        if name == "constraints":
            continue
        if name not in HONOURED[rule]:
            refuse(f"The rule {rule} has no option {shortened(name)}.")
        known = (
            (type(value) is int and value >= 0)
            if name == "min_support"
            else type(value) is str and (name == "tie_break" or value in VALUES[name])
        )
        if not known:
            refuse(f"The rule {rule} knows no {name} {shortened(value)}.")
    options = Options(**{key: value for key, value in parameters.items() if key != "constraints"})
    if options.tie_break not in ("standard", "lexico") and not SEED.fullmatch(options.tie_break):
        refuse(f"The tie-break {shortened(options.tie_break)} is not known.")
    return options


def applied(rule: str, options: Options, lane: Lane) -> dict[str, Any]:
    """The options that apply to this rule and these ballots. Constraints are not repeated."""
    found = {name: getattr(options, name) for name in HONOURED[rule]}
    if lane.format != "ranking":
        del found["ranking_points"]
    if rule == "equal-shares" and not options.completion.startswith("add1"):
        del found["step"], found["stop"]
    return found


@dataclass(frozen=True)
class Poll:
    """A lane as one rule sees it. All sequences of projects are in the order of the lane.

    supporters: the ballots that give a project points, each with how many.
    fans: the ballots that vote for it; on a ranking also those whose last place earns no point.
    ranks: the place in the order that decides ties, 0 first.
    eligible: the projects with enough votes (min_support) to be bought at all.
    """

    lane: Lane
    rule: str
    options: Options
    constraints: Constraints
    weights: tuple[int, ...]
    supporters: tuple[Mapping[int, int], ...]
    fans: tuple[frozenset[int], ...]
    votes: tuple[int, ...]
    scores: tuple[int, ...]
    ranks: tuple[int, ...]
    eligible: frozenset[int]

    def cost(self, project: int) -> int:
        return self.lane.costs[project]

    def multiplier(self, project: int) -> Fraction:
        return self.constraints.multipliers.get(project, Fraction(1))


def poll_of(lane: Lane, rule: str, options: Options, constraints: Constraints) -> Poll:
    """Who supports what. A vote is a positive value, and every ranked project on a ranking."""
    size = len(lane.ids)
    supporters: list[dict[int, int]] = [{} for _ in range(size)]
    fans: list[set[int]] = [set() for _ in range(size)]
    for number, (choices, _voters) in enumerate(lane.ballots):
        for project, value in choices:
            points = value
            if lane.format == "ranking":  # k ranked projects earn k, ..., 1 or k - 1, ..., 0
                best = len(choices) if options.ranking_points == "from-one" else len(choices) - 1
                points = best + 1 - value
            if points:
                supporters[project][number] = points
            if value:
                fans[project].add(number)
    weights = tuple(voters for _choices, voters in lane.ballots)
    votes = tuple(sum(weights[number] for number in found) for found in fans)
    return Poll(
        lane=lane,
        rule=rule,
        options=options,
        constraints=constraints,
        weights=weights,
        supporters=tuple(supporters),
        fans=tuple(map(frozenset, fans)),
        votes=votes,
        scores=tuple(
            sum(points * weights[number] for number, points in found.items())
            for found in supporters
        ),
        ranks=tie_ranks(lane, votes, options.tie_break),
        eligible=frozenset(p for p in range(size) if votes[p] >= options.min_support),
    )


def tie_ranks(lane: Lane, votes: Sequence[int], tie_break: str) -> tuple[int, ...]:
    """The place of each project in the order that decides ties.

    lexico: the id, ascending by code point. standard and seed:HEX: more votes first, then the lower
    cost, then the lower SHA-256 of the seed (none for standard), one zero byte and the id in UTF-8.
    """
    match = SEED.fullmatch(tie_break)
    seed = bytes.fromhex(match[1]) if match else b""

    def place(project: int) -> Any:
        name = lane.ids[project]
        if tie_break == "lexico":
            return name
        lot = hashlib.sha256(seed + b"\0" + name.encode()).digest()
        return -votes[project], lane.costs[project], lot

    order = sorted(range(len(lane.ids)), key=place)
    return tuple(order.index(project) for project in range(len(lane.ids)))


# ------------------------------------------------------------------------------------------------
# 6. The rules
# ------------------------------------------------------------------------------------------------


@dataclass
class Ledger:
    """What was bought so far, in order, for how much.

    Money spent stays spent, and what excludes stays bought: a project that would break a constraint
    once would break it for ever, so that nobody has to keep a list of what is out.
    """

    spent: dict[int, int] = field(default_factory=dict)

    def copy(self) -> "Ledger":
        return Ledger(dict(self.spent))

    def total(self, projects: Iterable[int] | None = None) -> int:
        if projects is None:
            return sum(self.spent.values())
        return sum(self.spent.get(project, 0) for project in projects)


def rooms(poll: Poll, ledger: Ledger, project: int) -> Iterator[tuple[str, str, int]]:
    """(reason, name, money left) for every maximum a project is under: categories, then recipients."""
    limits = poll.constraints
    for name, category in sorted(limits.categories.items()):
        if project in category.projects and category.maximum is not None:
            yield "CATEGORY_FULL", name, category.maximum - ledger.total(category.projects)
    if limits.recipient_maximum is not None:
        for name, projects in sorted(limits.recipients.items()):
            if project in projects:
                yield "RECIPIENT_FULL", name, limits.recipient_maximum - ledger.total(projects)


def excluder(poll: Poll, ledger: Ledger, project: int) -> int | None:
    """The project bought first among those that exclude this one."""
    groups = [group for group in poll.constraints.exclusive if project in group]
    bought = (p for p in ledger.spent if any(p in group for group in groups))
    return next(bought, None)


def obstacle(poll: Poll, ledger: Ledger, project: int) -> tuple[str, str] | None:
    """The first constraint that buying this project now would break: (reason, by whom or what)."""
    other = excluder(poll, ledger, project)
    if other is not None:
        return "EXCLUDED", poll.lane.ids[other]
    full = (
        (reason, name)
        for reason, name, room in rooms(poll, ledger, project)
        if poll.cost(project) > room
    )
    return next(full, None)


@dataclass(frozen=True)
class Purchase:
    """One purchase. paid: what a voter with each ballot paid; None where nobody pays (greedy, fill)."""

    project: int
    amount: int
    level: Fraction | None = None
    price: Fraction | None = None
    paid: Mapping[int, Fraction] | None = None
    fill: bool = False
    reserve: str | None = None


@dataclass
class Phase:
    """A reserve or the open count: its own budget, and the projects it may buy."""

    reserve: str | None
    budget: int
    pool: frozenset[int]
    endowment: Fraction | None = None
    raises: int | None = None
    left_to_voters: Callable[[int], Fraction] | None = None  # after Equal Shares, before the fill
    turns: dict[int, int] = field(default_factory=dict)  # money left when a greedy turn came


@dataclass
class Trace:
    """Everything a count did."""

    poll: Poll
    ledger: Ledger
    purchases: list[Purchase]
    phases: list[Phase]

    @property
    def winners(self) -> list[str]:
        return [self.poll.lane.ids[purchase.project] for purchase in self.purchases]


def run(poll: Poll) -> Trace:
    """The whole count: every reserve in order of the names, then the open count.

    A minimum of a category is a reserve: the rule, with its completion, is run with that budget over
    the category's projects alone. Then it is run over all that is left, with what was not spent.
    """
    _refuse_constraints(poll)
    trace = Trace(poll, Ledger(), [], [])
    for name, category in poll.constraints.reserves():
        run_phase(trace, Phase(name, category.minimum or 0, category.projects))
    everything = frozenset(range(len(poll.lane.ids)))
    run_phase(trace, Phase(None, poll.lane.budget - trace.ledger.total(), everything))
    return trace


def _refuse_constraints(poll: Poll) -> None:
    limits, reserves = poll.constraints, poll.constraints.reserves()
    if poll.rule != "greedy" and limits.partial:
        refuse(f"The rule {poll.rule} buys no project in part.")
    if poll.rule == "phragmen" and (reserves or limits.multipliers):
        refuse("The rule phragmen honours no minimum and no multiplier.")
    seen: set[int] = set()
    for name, category in reserves:
        if seen & category.projects:
            refuse(
                f"The category {shortened(name)} shares a project with another that has a minimum."
            )
        seen |= category.projects
    if sum(category.minimum or 0 for _name, category in reserves) > poll.lane.budget:
        refuse("The minimums of the categories are more than the budget.")


def run_phase(trace: Trace, phase: Phase) -> None:
    """One reserve or the open count, by the rule of the poll."""
    poll, ledger = trace.poll, trace.ledger
    trace.phases.append(phase)
    before = ledger.total()
    pool = (phase.pool & poll.eligible) - ledger.spent.keys()
    if poll.rule == "phragmen":
        trace.purchases += phragmen(poll, ledger, phase, pool)
        return
    if poll.rule == "equal-shares":
        bought = equal_shares(poll, ledger, phase, pool)
        trace.purchases += [replace(purchase, reserve=phase.reserve) for purchase in bought]
        if not has_greedy(poll):
            return
        pool -= ledger.spent.keys()
    money = phase.budget - (ledger.total() - before)
    for purchase in greedy(poll, ledger, phase, pool, money):
        fill = poll.rule == "equal-shares"
        trace.purchases.append(replace(purchase, reserve=phase.reserve, fill=fill))


# Greedy selection, and the fill after Equal Shares.


def has_greedy(poll: Poll) -> bool:
    """Whether projects have a turn in greedy selection: by the rule itself, or by the fill."""
    return poll.rule == "greedy" or poll.options.completion in ("greedy", "add1-greedy")


def greedy_order(poll: Poll, pool: Iterable[int]) -> list[int]:
    """The projects as greedy selection looks at them.

    By votes: the higher score first. Per cost: what costs nothing first, then the higher score /
    cost. The fill takes the order of its satisfaction: cost by votes, cardinality by score / cost,
    sqrt-cost by score / sqrt(cost), that is, by score² / cost. A multiplier multiplies the score.
    What is equal is in the order of ties.
    """
    orders = {"cost": "votes", "cardinality": "votes-per-cost", "sqrt-cost": "votes-per-root"}
    is_fill = poll.rule == "equal-shares"
    order = orders[poll.options.satisfaction] if is_fill else poll.options.order

    def place(project: int) -> tuple[bool, Fraction, int]:
        score = poll.scores[project] * poll.multiplier(project)
        cost = poll.cost(project)
        if order == "votes":
            return True, -score, poll.ranks[project]
        if not cost:
            return False, Fraction(0), poll.ranks[project]
        power = score**2 if order == "votes-per-root" else score
        return True, -power / cost, poll.ranks[project]

    return sorted(pool, key=place)


def greedy(
    poll: Poll, ledger: Ledger, phase: Phase, pool: Iterable[int], money: int
) -> list[Purchase]:
    """Look at each project once and buy what fits; what costs exactly what is left fits.

    A project that fits but breaks a constraint is out. One with a least amount (partial) that does
    not fit the budget, or a maximum, is bought for what is left for it, if that is at least so much.
    """
    bought = []
    for project in greedy_order(poll, pool):
        phase.turns[project] = money
        amount = _affordable(poll, ledger, project, money)
        if amount is not None:
            ledger.spent[project] = amount
            money -= amount
            bought.append(Purchase(project, amount))
    return bought


def _affordable(poll: Poll, ledger: Ledger, project: int, money: int) -> int | None:
    """What a project is bought for when its turn comes; None where it is not bought."""
    if excluder(poll, ledger, project) is not None:
        return None
    room = min([money, *(left for _reason, _name, left in rooms(poll, ledger, project))])
    cost = poll.cost(project)
    if cost <= room:
        return cost
    least = poll.constraints.partial.get(project)
    return room if least is not None and room >= least else None


# The Method of Equal Shares.


class Purses:
    """What is left to the voters. Ballots whose voters hold the same are one class.

    money: what each voter of a class holds. of: the class of each ballot.
    """

    def __init__(self, poll: Poll, endowment: Fraction) -> None:
        self.poll = poll
        self.money = [endowment]
        self.of = [0] * len(poll.weights)

    def groups(self, project: int) -> Counter[tuple[int, int]]:
        """The supporters of a project: voters by (class, points)."""
        found: Counter[tuple[int, int]] = Counter()
        for ballot, points in self.poll.supporters[project].items():
            found[self.of[ballot], points] += self.poll.weights[ballot]
        return found

    def together(self, project: int) -> Fraction:
        """The money of all supporters of a project."""
        groups = self.groups(project).items()
        return sum((self.money[c] * voters for (c, _points), voters in groups), Fraction(0))

    def level(self, project: int) -> Fraction | None:
        """The least p with: the sum over all supporters of min(money, p x points) = the cost.

        The supporters are taken by money / points, least first: up to the level at which they have
        nothing left they pay p for each point, above it all they have. None where their money
        together is less than the cost.
        """
        cost = self.poll.cost(project)
        ends = [
            (self.money[c] / points, points * voters, self.money[c] * voters)
            for (c, points), voters in self.groups(project).items()
        ]
        if sum((money for _end, _points, money in ends), Fraction(0)) < cost:
            return None
        emptied, paying = Fraction(0), sum(points for _end, points, _money in ends)
        for end, points, money in sorted(ends):
            level = (cost - emptied) / paying
            if level <= end:
                return level
            emptied += money
            paying -= points
        return None

    def pay(self, project: int, level: Fraction) -> dict[int, Fraction]:
        """Take the level for each point from every supporter, or all that is left; who paid what."""
        moved: dict[tuple[int, int], tuple[int, Fraction]] = {}
        paid = {}
        for ballot, points in self.poll.supporters[project].items():
            key = self.of[ballot], points
            if key not in moved:
                held = self.money[key[0]]
                share = min(held, level * points)
                moved[key] = len(self.money), share
                self.money.append(held - share)
            self.of[ballot], paid[ballot] = moved[key]
        return paid


@dataclass
class SharesRun:
    """One run of Equal Shares with one endowment, not yet written into the ledger of the count."""

    purchases: list[Purchase]
    ledger: Ledger
    purses: Purses

    @property
    def cost(self) -> int:
        return sum(purchase.amount for purchase in self.purchases)


def shares_key(poll: Poll, project: int, level: Fraction) -> Fraction:
    """What is compared: the level per unit of satisfaction and multiplier, squared for sqrt-cost.

    A unit is the cost (satisfaction cost), 1 (cardinality) or the root of the cost (sqrt-cost).
    """
    cost = poll.cost(project) or 1
    if poll.options.satisfaction == "sqrt-cost":
        return level**2 / (cost * poll.multiplier(project) ** 2)
    unit = cost if poll.options.satisfaction == "cost" else 1
    return level / (unit * poll.multiplier(project))


def equal_shares_run(
    poll: Poll, ledger: Ledger, pool: Iterable[int], endowment: Fraction
) -> SharesRun:
    """Every voter holds the endowment; buy, again and again, what is cheapest for its supporters.

    Of the projects whose supporters can pay for them, the one with the least level per unit is
    bought, ties by the order of ties; each supporter pays the level for each point, or all that is
    left. A supported project that costs nothing has level 0 and so comes first. A project that would
    break a constraint at that moment is out, and the run goes on. Money only shrinks, so that a level
    never falls: a project whose last known key is above the best one found needs no look this time.
    """
    ledger, purses = ledger.copy(), Purses(poll, endowment)
    known = {p: Fraction(0) for p in pool if poll.scores[p]}
    purchases: list[Purchase] = []
    while True:
        best: tuple[Fraction, int, int, Fraction] | None = None
        for project in sorted(known, key=known.__getitem__):
            if best and known[project] > best[0]:
                break
            level = purses.level(project)
            if level is None:
                del known[project]
                continue
            known[project] = shares_key(poll, project, level)
            found = known[project], poll.ranks[project], project, level
            best = found if best is None else min(best, found)
        if best is None:
            return SharesRun(purchases, ledger, purses)
        project, level = best[2], best[3]
        del known[project]
        if obstacle(poll, ledger, project):
            continue
        cost = poll.cost(project)
        ledger.spent[project] = cost
        price = None if poll.options.satisfaction == "sqrt-cost" else best[0]
        purchases.append(Purchase(project, cost, level, price, purses.pay(project, level)))


def equal_shares(poll: Poll, ledger: Ledger, phase: Phase, pool: frozenset[int]) -> list[Purchase]:
    """A phase of Equal Shares without its fill; writes into the ledger and the phase."""
    voters = poll.lane.voters
    share = Fraction(phase.budget, voters) if voters else Fraction(0)
    if poll.options.completion.startswith("add1"):
        phase.raises, found = add1(poll, ledger, phase, pool, share)
        phase.endowment = endowment_after(poll, share, phase.raises)
    else:
        phase.endowment = share
        found = equal_shares_run(poll, ledger, pool, share)
    ledger.spent = found.ledger.spent
    phase.left_to_voters = found.purses.together
    return found.purchases


def endowment_after(poll: Poll, share: Fraction, raises: int) -> Fraction:
    """Relative: share x (1 + t / 1000). Coin: share + t units of the currency (10**decimals)."""
    if poll.options.step == "coin":
        return share + raises * int(10**poll.lane.decimals)
    return share * (1 + Fraction(raises, 1000))


def add1(
    poll: Poll, ledger: Ledger, phase: Phase, pool: frozenset[int], share: Fraction
) -> tuple[int, SharesRun]:
    """Raise the endowment step by step, each time counting anew: t = 0, 1, 2, ...

    At the first t whose outcome costs more than the budget, the outcome of t - 1 is taken. Where
    nothing is missing any more, that t is taken. Missing is every supported project that costs
    something, was not bought and would break no constraint if it were bought too; with the stop rule
    "exhaustive" only if it also fits what is left. (Where a raise adds nothing, because the share is 0 and the step
    relative, t = 0 is taken.) After 200,000 raises that could have ended it, what there is is taken.
    """

    def outcome(raises: int) -> SharesRun:
        return equal_shares_run(poll, ledger, pool, endowment_after(poll, share, raises))

    supported = [p for p in pool if poll.scores[p] and poll.cost(p)]
    first = first_that_matters(poll, phase.budget, supported, share)
    raises = max(first - 1, 0)
    last = raises + MOST_RAISES
    found = outcome(raises)
    while raises < last:
        left = phase.budget - found.cost
        unbought = [p for p in supported if p not in found.ledger.spent]
        missing = [p for p in unbought if not obstacle(poll, found.ledger, p)]
        if poll.options.stop == "exhaustive":
            missing = [p for p in missing if poll.cost(p) <= left]
        if not missing or endowment_after(poll, share, raises + 1) == share:
            return raises, found
        following = outcome(raises + 1)
        if following.cost > phase.budget:
            break
        raises, found = raises + 1, following
    return raises, found


def first_that_matters(poll: Poll, budget: int, supported: Sequence[int], share: Fraction) -> int:
    """The first t at which add1 could end; at every t before it the count certainly goes on.

    Let S be the projects that all the money of all their supporters could pay for. Only they can be
    bought. While they cost no more than the budget together, nothing is overspent; while
    a supported project outside S is there (and, for "exhaustive", would fit even if all of S were
    bought), it is missing. S only grows with t, so that the first t at which this ends can be
    searched by halving. Where constraints may bar projects, none is missing for sure: t = 0.
    """
    limits = poll.constraints
    if limits.exclusive or limits.recipients or limits.categories:
        return 0
    weight = {p: sum(poll.weights[ballot] for ballot in poll.supporters[p]) for p in supported}

    def goes_on(raises: int) -> bool:
        money = endowment_after(poll, share, raises)
        outside = [poll.cost(p) for p in supported if weight[p] * money < poll.cost(p)]
        left = budget - (sum(map(poll.cost, supported)) - sum(outside))
        if left < 0 or not outside:
            return False
        return poll.options.stop == "overspend" or min(outside) <= left

    if not goes_on(0) or endowment_after(poll, share, 1) == share:
        return 0
    low, high = 0, 1
    while goes_on(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if goes_on(middle) else (low, middle)
    return high


# Sequential Phragmén.


def phragmen(poll: Poll, ledger: Ledger, phase: Phase, pool: frozenset[int]) -> list[Purchase]:
    """Buy, again and again, what makes the greatest load of a supporter least.

    A supporter is who gives points. Buying a project spreads its cost so that all its supporters
    bear the same load afterwards: (cost + their loads so far) / their number. The project with the
    least such load is next, ties by the order of ties; projects without supporters come last, with
    no level. What is next and would break a constraint is out, and the count goes on; as soon as one
    of the others that are tied for next costs more than what is left, the count stops. A project that
    costs more than the whole budget takes no part.
    """
    loads, of = [Fraction(0)], [0] * len(poll.weights)
    open_, money = {p for p in pool if poll.cost(p) <= phase.budget}, phase.budget
    purchases: list[Purchase] = []
    while open_:
        levels = {p: _load(poll, p, loads, of) for p in open_}
        finite = [level for level in levels.values() if level is not None]
        least = min(finite) if finite else None
        tied = [p for p in open_ if levels[p] == least]
        barred = {p for p in tied if obstacle(poll, ledger, p)}
        open_ -= barred
        if barred:
            continue
        if any(poll.cost(p) > money for p in tied):
            break
        project = min(tied, key=poll.ranks.__getitem__)
        open_.remove(project)
        paid = {}
        if least is not None:
            loads.append(least)
            paid = {b: least - loads[of[b]] for b in poll.supporters[project]}
            for ballot in paid:
                of[ballot] = len(loads) - 1
        ledger.spent[project] = poll.cost(project)
        money -= poll.cost(project)
        purchases.append(Purchase(project, poll.cost(project), least, None, paid))
    return purchases


def _load(
    poll: Poll, project: int, loads: Sequence[Fraction], of: Sequence[int]
) -> Fraction | None:
    groups: Counter[int] = Counter()
    for ballot in poll.supporters[project]:
        groups[of[ballot]] += poll.weights[ballot]
    voters = sum(groups.values())
    if not voters:
        return None
    borne = sum((loads[c] * n for c, n in groups.items()), Fraction(0))
    return Fraction(borne + poll.cost(project)) / voters


# The outcome as a tally stores it.


def count(rule: str, parameters: Mapping[str, Any], lane: Lane) -> Trace:
    """Count a lane by a rule."""
    options = read_options(rule, parameters)
    constraints = Constraints()
    if "constraints" in parameters:
        places = {name: place for place, name in enumerate(lane.ids)}
        known = lane.known | places.keys()
        constraints = ConstraintReader(places, known, lane.decimals).read(parameters["constraints"])
    return run(poll_of(lane, rule, options, constraints))


def outcome_of(trace: Trace) -> dict[str, Any]:
    """The outcome in plain JSON types, with its explanation but without margins."""
    poll, lane = trace.poll, trace.poll.lane
    cost = trace.ledger.total()
    return {
        "rule": poll.rule,
        "parameters": applied(poll.rule, poll.options, lane),
        "budget": lane.budget,
        "cost": cost,
        "winners": trace.winners,
        "support": [
            {"id": name, "votes": votes, "score": score}
            for name, votes, score in zip(lane.ids, poll.votes, poll.scores, strict=True)
        ],
        "phases": [
            {
                "reserve": phase.reserve,
                "budget": phase.budget,
                "endowment": rational(phase.endowment),
                "raises": phase.raises,
            }
            for phase in trace.phases
        ],
        "steps": _steps(trace),
        "without_multipliers": _without_multipliers(poll),
        "explanation": explanation_of(trace),
    }


def _steps(trace: Trace) -> list[dict[str, Any]]:
    remaining, steps = trace.poll.lane.budget, []
    for purchase in trace.purchases:
        remaining -= purchase.amount
        steps.append(
            {
                "project": trace.poll.lane.ids[purchase.project],
                "amount": purchase.amount,
                "level": rational(purchase.level),
                "price": rational(purchase.price),
                "remaining": remaining,
                "fill": purchase.fill,
                "reserve": purchase.reserve,
            }
        )
    return steps


def _without_multipliers(poll: Poll) -> list[str] | None:
    """Who would have won with all multipliers 1; None where they all are."""
    if all(factor == 1 for factor in poll.constraints.multipliers.values()):
        return None
    return run(replace(poll, constraints=replace(poll.constraints, multipliers={}))).winners


# ------------------------------------------------------------------------------------------------
# 7. The explanation of a count, and its margins
# ------------------------------------------------------------------------------------------------

MOST_PAID = 20  # lines of the list of who paid what


def explanation_of(trace: Trace) -> dict[str, Any]:
    """Why each project was bought or not, and what it means for voters and categories."""
    poll, lane = trace.poll, trace.poll.lane
    happy = {ballot for project in trace.ledger.spent for ballot in poll.fans[project]}
    served = sum(poll.weights[ballot] for ballot in happy)
    return {
        "projects": {name: _explained(trace, project) for project, name in enumerate(lane.ids)},
        "voters": {"all": lane.voters, "with_nothing": lane.voters - served},
        "categories": [
            {
                "category": name,
                "cost": trace.ledger.total(category.projects),
                "score": sum(poll.scores[p] for p in category.projects if p in trace.ledger.spent),
                "possible": sum(poll.scores[p] for p in category.projects),
            }
            for name, category in sorted(poll.constraints.categories.items())
        ],
        "unspent": lane.budget - trace.ledger.total(),
    }


def _explained(trace: Trace, project: int) -> dict[str, Any]:
    order = [purchase.project for purchase in trace.purchases]
    bought = trace.purchases[order.index(project)] if project in order else None
    why, by = (None, None) if bought else reason_of(trace, project)
    left = None if bought else left_for(trace, project)
    is_short = why in ("NOT_ENOUGH_MONEY", "DID_NOT_FIT")
    return {
        "step": order.index(project) + 1 if bought else None,
        "effective_votes": _effective_votes(trace.poll, bought),
        "paid": _payers(trace.poll, bought.paid or {}) or None if bought else None,
        "why": why,
        "by": by,
        "left": None if left is None else dec6(left),
        "missing": dec6(trace.poll.cost(project) - left) if left is not None and is_short else None,
        "spent_on": [] if bought else _spent_on(trace, project),
    }


def _effective_votes(poll: Poll, bought: Purchase | None) -> str | None:
    """Equal Shares: how many full payers the price is worth, cost / level."""
    if bought is None or poll.rule != "equal-shares" or not bought.amount or bought.level is None:
        return None
    return dec6(bought.amount / bought.level)


def reason_of(trace: Trace, project: int) -> tuple[str, str | None]:
    """Why a project was not bought: the first of these that holds in the end."""
    poll = trace.poll
    if not poll.votes[project]:
        return "NO_VOTES", None
    if project not in poll.eligible:
        return "TOO_LITTLE_SUPPORT", None
    if poll.cost(project) > poll.lane.budget:
        return "OVER_BUDGET", None
    barred = obstacle(poll, trace.ledger, project)
    if barred is not None:
        return barred
    if poll.rule == "phragmen":
        return "STOPPED", None
    return "DID_NOT_FIT" if project in trace.phases[-1].turns else "NOT_ENOUGH_MONEY", None


def left_for(trace: Trace, project: int) -> Fraction | None:
    """What there was for a project that was not bought.

    Greedy, and Equal Shares with a fill: what was left of the budget when it had its turn in the
    open count. Equal Shares without: the money its supporters (who give it points) hold in the end.
    """
    last = trace.phases[-1]
    if has_greedy(trace.poll):
        return Fraction(last.turns[project]) if project in last.turns else None
    return last.left_to_voters(project) if last.left_to_voters else None


def _payers(poll: Poll, paid: Mapping[int, Fraction]) -> list[dict[str, Any]]:
    """Supporters who paid exactly the same, most money each first; nobody who paid nothing.

    Beyond 20 amounts the 19 with the most voters (then the larger amount) stay, in their order, and
    a last entry holds the rest together.
    """
    voters: Counter[Fraction] = Counter()
    ballots: Counter[Fraction] = Counter()
    for ballot, amount in paid.items():
        if amount:
            voters[amount] += poll.weights[ballot]
            ballots[amount] += 1
    amounts = sorted(voters, reverse=True)
    kept = amounts
    if len(amounts) > MOST_PAID:
        largest = sorted(amounts, key=lambda each: (voters[each], each), reverse=True)
        chosen = set(largest[: MOST_PAID - 1])
        kept = [each for each in amounts if each in chosen]
    lines: list[dict[str, Any]] = [
        {"each": dec6(each), "voters": voters[each], "ballots": ballots[each]} for each in kept
    ]
    rest = [each for each in amounts if len(kept) < len(amounts) and each not in set(kept)]
    if rest:
        lines.append(
            {
                "each": None,
                "voters": sum(voters[each] for each in rest),
                "ballots": sum(ballots[each] for each in rest),
                "together": dec6(sum((each * voters[each] for each in rest), Fraction(0))),
            }
        )
    return lines


def _spent_on(trace: Trace, project: int) -> list[dict[str, str]]:
    """Equal Shares: what the supporters of a project paid for others in the open count."""
    poll, found = trace.poll, []
    if poll.rule != "equal-shares":
        return []
    for purchase in trace.purchases:
        if purchase.reserve is not None or purchase.paid is None:
            continue
        both = [ballot for ballot in poll.supporters[project] if ballot in purchase.paid]
        amount = sum((purchase.paid[b] * poll.weights[b] for b in both), Fraction(0))
        if amount:
            found.append({"project": poll.lane.ids[purchase.project], "amount": dec6(amount)})
    return found


# Margins: what a tally claims is tried out by counting again.


class Margins:
    """Checks what is claimed about one project that was not bought.

    more_votes = k: with k voters more, each with a ballot for this project alone, it is bought, and
    with k - 1 it is not; k is at most the number of voters, or 100 where they are fewer. Null where
    the ballot is no choice (points, rankings), where the project costs more than the budget, or where
    it is bought at none of 1, 2, 4, 8, ... and that greatest number of voters.
    less_cost = k: k minor units cheaper it is bought, and k - 1 cheaper it is not. Null where it is
    bought at none of 1, 2, 4, 8, ... and its whole cost less.
    """

    def __init__(self, rule: str, parameters: Mapping[str, Any], lane: Lane, project: int) -> None:
        self.rule, self.parameters, self.lane, self.project = rule, parameters, lane, project
        self.cost = lane.costs[project]

    def _wins(self, lane: Lane) -> bool:
        return lane.ids[self.project] in count(self.rule, self.parameters, lane).winners

    def wins_with(self, more: int) -> bool:
        """Whether it is bought with so many voters more."""
        if not more:
            return False  # it was not bought as things were
        ballots = (*self.lane.ballots, (((self.project, 1),), more))
        return self._wins(replace(self.lane, ballots=ballots))

    def wins_at(self, less: int) -> bool:
        """Whether it is bought for so much less."""
        if not less:
            return False
        costs = list(self.lane.costs)
        costs[self.project] -= less
        return self._wins(replace(self.lane, costs=tuple(costs)))

    def doubt_votes(self, claim: object) -> str | None:
        """What should be there instead of this claim; None where it is true."""
        if self.lane.format not in CHOSEN or self.cost > self.lane.budget:
            return None if claim is None else "null"
        return _doubt(claim, self.wins_with, max(100, self.lane.voters))

    def doubt_cost(self, claim: object) -> str | None:
        """The same for less_cost."""
        if not self.cost:
            return None if claim is None else "null"
        return _doubt(claim, self.wins_at, self.cost)


def _doubt(claim: object, wins: Callable[[int], bool], most: int) -> str | None:
    if claim is None:
        number = 1
        while not wins(number):
            if number >= most:
                return None
            number = min(2 * number, most)
        return f"a number up to {number}, with which it is bought"
    if type(claim) is not int or not 1 <= claim <= most:
        return f"null or a number from 1 to {most}"
    if not wins(claim):
        return f"another number: with {claim} it is not bought"
    return f"a smaller number: with {claim - 1} it is bought too" if wins(claim - 1) else None


# ------------------------------------------------------------------------------------------------
# 8. Checks of a bundle, file by file
# ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """One thing that does not agree: where it stands, what should be there, what is there."""

    file: str
    path: str
    expected: str
    found: str


@dataclass
class Report:
    """What was checked, what does not agree, and what was left out, in sentences."""

    checked: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)

    def differs(self, file: str, path: str, expected: object, found: object) -> None:
        self.differences.append(Difference(file, path, shortened(expected), shortened(found)))

    def compare(self, file: str, path: str, expected: Any, found: Any) -> None:
        """Compare two JSON values part by part. Types count: true is not 1."""
        if type(expected) is not type(found):
            self.differs(file, path, expected, found)
        elif isinstance(expected, dict):
            for key in sorted(expected.keys() | found.keys()):
                where = f"{path}.{shortened(key, 60)}" if path else shortened(key, 60)
                if key in expected and key in found:
                    self.compare(file, where, expected[key], found[key])
                else:
                    self.differs(
                        file, where, expected.get(key, "nothing"), found.get(key, "nothing")
                    )
        elif isinstance(expected, list) and len(expected) == len(found):
            for place, pair in enumerate(zip(expected, found, strict=True)):
                self.compare(file, f"{path}[{place}]", *pair)
        elif expected != found:
            self.differs(file, path, expected, found)


@dataclass(frozen=True)
class Wanted:
    """What the caller asked for."""

    manifest_hash: str | None = None
    frozen_hash: str | None = None
    margins: bool = True


def verify(files: Mapping[str, bytes], wanted: Wanted) -> Report:
    """Check a whole bundle, given its files by name. Refuses what is no bundle."""
    with long_numbers_and_cells():
        return _verify(files, wanted)


@contextmanager
def long_numbers_and_cells() -> Iterator[None]:
    """Exact prices have thousands of digits, and a ballot may name thousands of projects.

    What is read is limited by MOST_DIGITS and LARGEST_FILE instead.
    """
    digits, cells = sys.get_int_max_str_digits(), csv.field_size_limit(LARGEST_FILE)
    sys.set_int_max_str_digits(0)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(digits)
        csv.field_size_limit(cells)


def _verify(files: Mapping[str, bytes], wanted: Wanted) -> Report:
    for name in FIXED_NAMES:
        if name not in files:
            refuse(f"The bundle has no file {name}.")
    report = Report()
    parsed = {name: read_json(files[name], name) for name in files if name.endswith(".json")}
    ballots = read_ballots(files["ballots.ndjson"])
    frozen = Reader(Reader(parsed["election.json"], "election.json").object("frozen"), "frozen")
    election = read_election(frozen.value)
    check_files(report, files, parsed["bundle.json"], election)
    check_hashes(report, parsed["election.json"], election, ballots, wanted)
    check_projects(report, files["projects.csv"], election)
    if not check_ballots(report, ballots, election):
        report.left_out.append("Nothing was counted, because there are ballots that are not valid.")
        return report
    whole = [(choices, voters) for _payload, choices, voters in ballots]
    lanes = {lane.position: lane_of(election, lane, whole) for lane in election.lanes}
    manifest_hash = digest(Reader(parsed["election.json"], "election.json").object("manifest"))
    traces = check_tallies(report, parsed["tally.json"], election, lanes, manifest_hash, wanted)
    check_pabulib(report, files, election, lanes, traces)
    return report


def check_files(
    report: Report, files: Mapping[str, bytes], value: object, election: Election
) -> None:
    """bundle.json names every other file with its hash."""
    before = len(report.differences)
    expected = {
        "format": "bundle/1",
        "election": election.id,
        "files": {name: sha256(data) for name, data in files.items() if name != "bundle.json"},
    }
    if Reader(value, "bundle.json").text("format") != "bundle/1":
        refuse("This is not a bundle of the format bundle/1.")
    report.compare("bundle.json", "", expected, value)
    if len(report.differences) == before:
        report.checked.append(
            f"bundle.json names the other {len(files) - 1} files, each with the hash it has."
        )


def check_hashes(
    report: Report,
    value: object,
    election: Election,
    ballots: Sequence[tuple[bytes, Choices, int]],
    wanted: Wanted,
) -> None:
    """election.json: what was frozen, what was accepted at the close, and the hash of each."""
    before, file = len(report.differences), "election.json"
    reader = Reader(value, file)
    frozen, manifest = reader.object("frozen"), reader.object("manifest")
    groups = [(payload, voters) for payload, _choices, voters in ballots]
    total = sum(voters for _payload, voters in groups)
    body = {
        "format": "manifest/1",
        "election": election.id,
        "frozen_hash": digest(frozen),
        "scheme": "plain/1",
        "ballots": total,
        "ballots_hash": digest_of_ballots(groups),
    }
    hashes = {"frozen_hash": digest(frozen), "manifest_hash": digest(manifest)}
    report.compare(file, "", {"frozen": frozen, "manifest": body, **hashes}, value)
    for name, published in (
        ("frozen_hash", wanted.frozen_hash), ("manifest_hash", wanted.manifest_hash),
    ):  # fmt: skip
        if published is not None and published.lower() != hashes[name]:
            report.differs(file, f"{name} (as you gave it)", published, hashes[name])
    _check_seed(report, election)
    report.hashes = hashes
    if len(report.differences) == before:
        report.checked.append(
            f"The frozen ballot paper, roll and rules have the hash {hashes['frozen_hash']}."
        )
        report.checked.append(
            f"The manifest of the {total} ballots accepted has the hash {hashes['manifest_hash']};"
            " the list of ballots is the one it names."
        )


def _check_seed(report: Report, election: Election) -> None:
    """Every count of an election with a seed breaks ties by that seed."""
    for number, (_rule, parameters) in enumerate(election.counts):
        path = f"frozen.comparisons[{number - 1}].parameters" if number else "frozen.parameters"
        if election.seed and parameters.get("tie_break") != f"seed:{election.seed}":
            given = parameters.get("tie_break")
            report.differs("election.json", f"{path}.tie_break", f"seed:{election.seed}", given)


def check_projects(report: Report, data: bytes, election: Election) -> None:
    """projects.csv: one row for each item, in order, with its words in the language of its author."""
    before, file = len(report.differences), "projects.csv"
    numbers = {lane.kind: lane.position for lane in election.lanes}
    expected = [["position", "lane", "code", "cost_minor", "language", "title"]]
    for item in election.items:
        where = [str(item.position), str(numbers[item.lane]), item.code, str(item.cost)]
        expected.append([*where, item.language, item.title])
    rows = _csv_rows(data, file, ",")
    for number, row in enumerate(expected):
        if number >= len(rows):
            report.differs(file, f"row {number + 1}", row, "nothing")
        elif len(row) != len(rows[number]):
            report.differs(file, f"row {number + 1}", row, rows[number])
        else:
            for name, wanted, found in zip(expected[0], row, rows[number], strict=True):
                report.compare(file, f"row {number + 1}, {name}", wanted, found)
    for number, row in enumerate(rows[len(expected) :], start=len(expected)):
        report.differs(file, f"row {number + 1}", "nothing", row)
    if len(report.differences) == before:
        report.checked.append(f"projects.csv lists the {len(election.items)} items as frozen.")


def _csv_rows(data: bytes, file: str, delimiter: str) -> list[list[str]]:
    try:
        text = data.decode("utf-8")
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except UnicodeDecodeError:
        refuse(f"{file} is not written in UTF-8.")
    except csv.Error:
        refuse(f"{file} cannot be read as a table.")


def read_ballots(data: bytes) -> list[tuple[bytes, Choices, int]]:
    """ballots.ndjson: (bytes of the choices, choices, voters) of every line."""
    if data and not data.endswith(b"\n"):
        refuse("ballots.ndjson does not end with a line break.")
    found = []
    for number, line in enumerate(data.split(b"\n")[:-1], start=1):
        where = f"ballots.ndjson, line {number}"
        reader = Reader(read_json(line, where), where)
        reader.only(("choices", "voters"))
        choices = [row_of(row, (int, int), where) for row in reader.list("choices")]
        pairs = tuple((position, value) for position, value in choices)
        found.append((canonical(choices), pairs, reader.number("voters")))
    return found


def check_ballots(
    report: Report, ballots: Sequence[tuple[bytes, Choices, int]], election: Election
) -> bool:
    """Every ballot is one that could be cast, stands there once and in order; says whether."""
    before, previous = len(report.differences), b""
    positions = {item.position for item in election.items}
    for number, (payload, choices, voters) in enumerate(ballots, start=1):
        line = f"line {number}"
        if voters < 1:
            report.differs("ballots.ndjson", line, "at least one voter", voters)
        if payload <= previous:
            report.differs("ballots.ndjson", line, "distinct ballots in order", payload.decode())
        previous = payload
        for fault in faults(choices, election, positions):
            report.differs("ballots.ndjson", line, fault, payload.decode())
    total = sum(voters for _payload, _choices, voters in ballots)
    if total > election.roll:
        report.differs("ballots.ndjson", "all lines", f"at most {election.roll} ballots", total)
    if len(report.differences) > before:
        return False
    report.checked.append(
        f"{total} ballots, {len(ballots)} of them different: each is valid, and there are no more"
        f" than the {election.roll} entries of the roll."
    )
    return True


def faults(choices: Choices, election: Election, positions: set[int]) -> Iterator[str]:
    """What is wrong with a ballot. A blank one is valid."""
    chosen = [position for position, _value in choices]
    if not positions.issuperset(chosen):
        yield "only items of the ballot paper"
    if chosen != sorted(set(chosen)):
        yield "each item once, in order"
    if election.max_choices is not None and len(set(chosen)) > election.max_choices:
        yield f"at most {election.max_choices} items"
    if not _values_fit(election.format, [value for _position, value in choices]):
        yield f"values that are a vote of the format {election.format}"
    if election.format == "knapsack":
        for lane in election.lanes:
            if sum(i.cost for i in election.items_of(lane) if i.position in chosen) > lane.budget:
                yield f"items of lane {lane.position} that fit its budget together"


def _values_fit(ballot_format: str, values: Sequence[int]) -> bool:
    """1 for what is chosen; the ranks 1, 2, 3, ... once each; points from 0."""
    if ballot_format in CHOSEN:
        return all(value == 1 for value in values)
    if ballot_format == "ranking":
        return sorted(values) == list(range(1, len(values) + 1))
    return min(values, default=0) >= 0


# Tallies.

SHA256 = re.compile(r"[0-9a-f]{64}")


def check_tallies(
    report: Report,
    value: object,
    election: Election,
    lanes: Mapping[int, Lane],
    manifest_hash: str,
    wanted: Wanted,
) -> dict[int, Trace]:
    """tally.json: every lane by every rule that was frozen, and no other; recounts each.

    Returns the recount that decides of every lane.
    """
    if type(value) is not list:
        refuse("tally.json is no list.")
    entries = [Reader(entry, f"tally.json: entry {n}") for n, entry in enumerate(value)]
    expected = list(_counts_due(election, manifest_hash))
    places = _entries_for(expected, entries)
    decisive: dict[int, Trace] = {}
    for names, place in zip(expected, places, strict=True):
        lane = lanes[names["lane"]]
        trace = count(names["rule"], names["parameters"], lane)
        if names["decides"]:
            decisive[names["lane"]] = trace
        if place is None:
            what = f"a count by {names['rule']}"
            report.differs("tally.json", f"lane {names['lane']}", what, "nothing")
        else:
            claims = Claims(election, lane, names, wanted.margins)
            claims.check(report, f"[{place}]", entries[place].value, trace)
    for place in sorted(set(range(len(entries))) - set(places)):
        report.differs("tally.json", f"[{place}]", "nothing", entries[place].value)
    versions = {str(entry.value["code_version"]) for entry in entries if _is_hash(entry)}
    if len(versions) > 1:
        report.differs("tally.json", "code_version", "the same in every entry", sorted(versions))
    return decisive


def _counts_due(election: Election, manifest_hash: str) -> Iterator[dict[str, Any]]:
    """What names each tally there must be: every lane by every rule, the deciding one first."""
    for lane in election.lanes:
        settings = [{"rule": rule, "parameters": given} for rule, given in election.counts]
        for number, setting in enumerate(settings):
            if setting in settings[:number]:
                continue  # the same count twice is one tally
            yield {
                "lane": lane.position,
                **setting,
                "decides": number == 0,
                "input_hash": manifest_hash,
                "settings_hash": digest(setting),
            }


def _is_hash(entry: Reader) -> bool:
    found = entry.value.get("code_version")
    return type(found) is str and SHA256.fullmatch(found) is not None


def _entries_for(
    expected: Sequence[Mapping[str, Any]], entries: Sequence[Reader]
) -> list[int | None]:
    """The entry that each expected tally is: one with all that names it, else the most alike.

    An entry in which more than two of the six names are wrong is taken for another one.
    """
    taken: dict[int, int] = {}
    for least in range(6, 3, -1):
        for number, names in enumerate(expected):
            free = [place for place in range(len(entries)) if place not in taken.values()]
            alike = [place for place in free if _likeness(names, entries[place].value) >= least]
            if number not in taken and alike:
                taken[number] = alike[0]
    return [taken.get(number) for number in range(len(expected))]


def _likeness(names: Mapping[str, Any], entry: Mapping[str, Any]) -> int:
    return sum(canonical(entry.get(key)) == canonical(names[key]) for key in names)


@dataclass(frozen=True)
class Claims:
    """One entry of tally.json beside its recount."""

    election: Election
    lane: Lane
    expected: Mapping[str, Any]
    try_margins: bool

    def check(self, report: Report, path: str, entry: Mapping[str, Any], trace: Trace) -> None:
        before = len(report.differences)
        outcome = outcome_of(trace)
        found = entry.get("outcome")
        if not self.expected["decides"]:
            del outcome["explanation"]  # only the count that decides is explained
        elif self._margins_are_due(trace):
            self._take_margins(report, outcome, found, trace)
        version = entry.get("code_version")
        if type(version) is not str or SHA256.fullmatch(version) is None:
            version = "64 hexadecimal digits"
        expected = {
            **self.expected,
            "code_version": version,
            "outcome": outcome,
            "outcome_hash": digest(found),
        }
        report.compare("tally.json", path, expected, dict(entry))
        if len(report.differences) == before:
            report.checked.append(self._said(outcome))

    def _margins_are_due(self, trace: Trace) -> bool:
        runs = sum(1 + (phase.raises or 0) for phase in trace.phases)
        size = (len(self.lane.ballots) * len(self.lane.ids) + COST_OF_A_RUN) * runs
        return self.election.origin == "OWN" and size <= LARGEST_WITH_MARGINS

    def _take_margins(
        self, report: Report, outcome: dict[str, Any], found: object, trace: Trace
    ) -> None:
        """Put the margins that are claimed into the expected outcome, once they are confirmed."""
        claimed = _projects_of(found)
        for project, name in enumerate(self.lane.ids):
            entry = outcome["explanation"]["projects"][name]
            if project in trace.ledger.spent:
                entry |= {"more_votes": None, "less_cost": None}
                continue
            claims = claimed.get(name)
            if type(claims) is not dict:
                continue  # said by the comparison
            margins = Margins(
                self.expected["rule"], self.expected["parameters"], self.lane, project
            )
            for key, doubt in (
                ("more_votes", margins.doubt_votes), ("less_cost", margins.doubt_cost),
            ):  # fmt: skip
                claim = claims.get(key)
                instead = doubt(claim) if self.try_margins else _shape_of(claim)
                entry[key] = claim if instead is None else instead
        if not self.try_margins:
            report.left_out.append(
                f"The margins of lane {self.expected['lane']} were not tried out."
            )

    def _said(self, outcome: Mapping[str, Any]) -> str:
        rule, lane = self.expected["rule"], self.expected["lane"]
        role = "decides" if self.expected["decides"] else "counted for comparison"
        explained = " with its explanation" if self.expected["decides"] else ""
        return (
            f"Lane {lane}, {rule} ({role}): the recount buys the same {len(outcome['winners'])} of"
            f" {len(self.lane.ids)} projects in the same order, for {outcome['cost']} of"
            f" {outcome['budget']} minor units; the outcome{explained} agrees in every field."
        )


def _shape_of(claim: object) -> str | None:
    return None if claim is None or type(claim) is int else "null or a whole number"


def _projects_of(outcome: object) -> dict[str, Any]:
    explanation = outcome.get("explanation") if type(outcome) is dict else None
    projects = explanation.get("projects") if type(explanation) is dict else None
    return projects if type(projects) is dict else {}


# Lanes as Pabulib files (pabulib.org/format).

VOTE_TYPES = {
    "approval": "approval", "knapsack": "approval", "cumulative": "cumulative",
    "scoring": "scoring", "ranking": "ordinal",
}  # fmt: skip
ANYTHING = ("country", "unit")  # Pabulib asks for them; they only have to be the same in every lane
DECIMAL = re.compile(r"[0-9]{1,25}(?:\.[0-9]{1,10})?")


@dataclass(frozen=True)
class PabulibFile:
    """The three sections of a file: keys and values, and tables with the names of their columns."""

    meta: Mapping[str, str]
    projects: Sequence[Mapping[str, str]]
    votes: Sequence[Mapping[str, str]]


def read_pabulib(data: bytes, file: str) -> PabulibFile:
    """META, PROJECTS and VOTES, in this order, each a table with ; between the cells."""
    tables: dict[str, list[list[str]]] = {}
    name = ""
    for row in _csv_rows(data, file, ";"):
        if row in (["META"], ["PROJECTS"], ["VOTES"]):
            name = row[0]
            if name in tables:
                refuse(f"{file} has the section {name} twice.")
            tables[name] = []
        elif name:
            tables[name].append(row)
        else:
            refuse(f"{file} does not begin with META.")
    if list(tables) != ["META", "PROJECTS", "VOTES"]:
        refuse(f"{file} has not the sections META, PROJECTS and VOTES in this order.")
    meta = [(row["key"], row["value"]) for row in _table(tables["META"], file, {"key", "value"})]
    if len(dict(meta)) != len(meta):
        refuse(f"{file} has a line of META twice.")
    return PabulibFile(
        meta=dict(meta),
        projects=_table(tables["PROJECTS"], file, {"project_id", "cost"}),
        votes=_table(tables["VOTES"], file, {"voter_id", "vote"}),
    )


def _table(rows: Sequence[Sequence[str]], file: str, needed: set[str]) -> list[dict[str, str]]:
    header = rows[0] if rows else []
    if not needed <= set(header) or len(set(header)) != len(header):
        refuse(f"{file} has a section without the columns {', '.join(sorted(needed))}.")
    if any(len(row) != len(header) for row in rows):
        refuse(f"{file} has a row that is not as long as its header.")
    return [dict(zip(header, row, strict=True)) for row in rows[1:]]


def check_pabulib(
    report: Report,
    files: Mapping[str, bytes],
    election: Election,
    lanes: Mapping[int, Lane],
    traces: Mapping[int, Trace],
) -> None:
    """lane-N.pb: the same lane, projects and votes once more, as other programs read them."""
    expected = {f"lane-{lane.position}.pb": lane for lane in election.lanes}
    for file in sorted(files.keys() - expected.keys() - set(FIXED_NAMES)):
        report.differs(file, "the whole file", "nothing", "a lane that is not frozen")
    same: dict[str, set[str]] = {key: set() for key in ANYTHING}
    for file, frozen in expected.items():
        if file not in files:
            report.differs(file, "the whole file", "this file", "nothing")
            continue
        before = len(report.differences)
        found = read_pabulib(files[file], file)
        for key in ANYTHING:
            same[key].add(found.meta.get(key, ""))
        lane, trace = lanes[frozen.position], traces[frozen.position]
        _check_meta(report, file, found.meta, election, frozen, lane)
        _check_rows(report, file, found.projects, election, frozen, trace)
        _check_votes(report, file, found.votes, lane)
        if len(report.differences) == before:
            report.checked.append(f"{file} holds the same projects and votes in Pabulib's form.")
    for key, values in same.items():
        if len(values) > 1:
            report.differs("lane-N.pb", f"META {key}", "the same in every lane", sorted(values))


def _check_meta(
    report: Report,
    file: str,
    meta: Mapping[str, str],
    election: Election,
    frozen: FrozenLane,
    lane: Lane,
) -> None:
    """Every line of META follows from the election; country and unit may say anything."""
    expected = {
        "description": _one_line(election.title),
        "country": meta.get("country", "a country"),
        "unit": meta.get("unit", "a unit"),
        "instance": election.id,
        "subunit": frozen.kind,
        "num_projects": str(len(lane.ids)),
        "num_votes": str(lane.voters),
        "budget": lane.budget,
        "vote_type": VOTE_TYPES[election.format],
        "rule": "equalshares" if election.counts[0][0] == "equal-shares" else election.counts[0][0],
        "date_begin": election.opens_at[:10],
        "date_end": election.closes_at[:10],
    }
    if election.currency:
        expected["currency"] = election.currency
    found: dict[str, Any] = dict(meta)
    found["description"] = _one_line(meta.get("description", ""))
    found["budget"] = _minor(meta.get("budget", ""), election.decimals)
    if election.format == "knapsack" and "max_sum_cost" in meta:
        expected["max_sum_cost"] = lane.budget
        found["max_sum_cost"] = _minor(meta["max_sum_cost"], election.decimals)
    for key in ("date_begin", "date_end"):
        found[key] = _day(meta.get(key, ""))
    report.compare(file, "META", expected, found)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _day(text: str) -> str:
    """A day as 2026-12-31; Pabulib also writes 31.12.2026."""
    match = re.fullmatch(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})", text)
    return f"{match[3]}-{match[2]}-{match[1]}" if match else text


def _minor(text: str, decimals: int) -> int | str:
    """An amount in minor units; the text itself where it is none."""
    amount = Fraction(text) * 10**decimals if DECIMAL.fullmatch(text) else None
    return text if amount is None or amount.denominator != 1 else amount.numerator


def _check_rows(
    report: Report,
    file: str,
    rows: Sequence[Mapping[str, str]],
    election: Election,
    frozen: FrozenLane,
    trace: Trace,
) -> None:
    """PROJECTS: id and cost, and what else Pabulib knows of, where it is there."""
    items = election.items_of(frozen)
    if len(rows) != len(items):
        report.differs(file, "PROJECTS", f"{len(items)} projects", f"{len(rows)} projects")
        return
    for project, (item, row) in enumerate(zip(items, rows, strict=True)):
        known = {
            "project_id": item.code,
            "cost": item.cost,
            "votes": str(trace.poll.votes[project]),
            "score": str(trace.poll.scores[project]),
            "name": _one_line(item.title),
            "selected": "1" if project in trace.ledger.spent else "0",
        }
        found: dict[str, Any] = dict(row)
        found["cost"] = _minor(row["cost"], election.decimals)
        if "name" in found:
            found["name"] = _one_line(row["name"])
        expected = {key: value for key, value in known.items() if key in found}
        report.compare(file, f"PROJECTS row {project + 1}", expected, found)


def _check_votes(report: Report, file: str, rows: Sequence[Mapping[str, str]], lane: Lane) -> None:
    """VOTES: one row a voter, numbered from 1; together the ballots as this lane sees them."""
    places = {name: project for project, name in enumerate(lane.ids)}
    columns = {"voter_id", "vote"}
    if lane.format in ("cumulative", "scoring"):
        columns.add("points")
    found: Counter[Choices] = Counter()
    for number, row in enumerate(rows, start=1):
        path = f"VOTES row {number}"
        if row.keys() != columns:
            report.differs(file, path, f"the columns {sorted(columns)}", sorted(row))
            return
        report.compare(file, f"{path}, voter_id", str(number), row["voter_id"])
        choices = _choices_of(row, places, lane.format)
        if choices is None:
            report.differs(file, path, "a vote for projects of this lane", dict(row))
        else:
            found[choices] += 1
    for choices, voters in (Counter(dict(lane.ballots)) - found).items():
        chosen = [lane.ids[project] for project, _value in choices]
        report.differs(file, "VOTES", f"{voters} more votes for {chosen}", "nothing")
    for choices, voters in (found - Counter(dict(lane.ballots))).items():
        chosen = [lane.ids[project] for project, _value in choices]
        report.differs(file, "VOTES", "nothing", f"{voters} votes too many for {chosen}")


def _choices_of(
    row: Mapping[str, str], places: Mapping[str, int], ballot_format: str
) -> Choices | None:
    """The choices of a row; None where it is no vote."""
    chosen = row["vote"].split(",") if row["vote"] else []
    if len(set(chosen)) != len(chosen) or not places.keys() >= set(chosen):
        return None
    values = [1] * len(chosen)
    if ballot_format == "ranking":
        values = list(range(1, len(chosen) + 1))
    elif "points" in row:
        points = row["points"].split(",") if row["points"] else []
        if len(points) != len(chosen) or not all(re.fullmatch("[0-9]{1,40}", p) for p in points):
            return None
        values = [int(text) for text in points]
    return tuple(sorted(zip((places[name] for name in chosen), values, strict=True)))


# ------------------------------------------------------------------------------------------------
# 9. The report and the command line
# ------------------------------------------------------------------------------------------------

MOST_PRINTED = 200
CANNOT = (
    "A recount says nothing about who voted, whether they voted freely, or whether ballots were"
    " added or left out before the manifest was written. Compare the two hashes with those that were"
    " published when the election was frozen and when it closed."
)


def as_sentences(report: Report) -> Iterator[str]:
    for sentence in report.checked:
        yield f"Agrees: {sentence}"
    for difference in report.differences[:MOST_PRINTED]:
        where = f"{difference.file}, {difference.path}" if difference.path else difference.file
        yield f"DIFFERS: {where}: expected {difference.expected}, found {difference.found}."
    if len(report.differences) > MOST_PRINTED:
        yield f"... and {len(report.differences) - MOST_PRINTED} more differences."
    for sentence in report.left_out:
        yield f"Not checked: {sentence}"
    for name, found in sorted(report.hashes.items()):
        yield f"{name}: {found}"
    if report.differences:
        yield f"This bundle does NOT agree with its recount: {len(report.differences)} differences."
    else:
        yield "Everything that was checked agrees."
    yield CANNOT


def as_data(report: Report) -> dict[str, Any]:
    return {
        "agrees": not report.differences,
        "checked": report.checked,
        "differences": [vars(difference) for difference in report.differences],
        "not_checked": report.left_out,
        "hashes": report.hashes,
    }


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="verify.py", description="Recount a published election from its bundle."
    )
    parser.add_argument("bundle", type=Path, help="a zip file or a folder in the form bundle/1")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    parser.add_argument("--manifest-hash", help="the hash published when the election closed")
    parser.add_argument("--frozen-hash", help="the hash published when the election was frozen")
    parser.add_argument(
        "--without-margins",
        action="store_true",
        help="do not count again for each claim of how little a project lacked; much quicker",
    )
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """The exit status: 0 everything agrees, 1 something does not, 2 no bundle."""
    asked = arguments(argv)
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    wanted = Wanted(asked.manifest_hash, asked.frozen_hash, not asked.without_margins)
    try:
        report = verify(read_bundle(asked.bundle), wanted)
    except Refusal as refusal:
        said = {"agrees": False, "refused": str(refusal)}
        print(
            json.dumps(said) if asked.json else f"This is no bundle that can be checked: {refusal}"
        )
        return 2
    print(json.dumps(as_data(report), indent=1) if asked.json else "\n".join(as_sentences(report)))
    return 1 if report.differences else 0


if __name__ == "__main__":
    sys.exit(main())
