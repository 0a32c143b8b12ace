"""Small bundles: made by hand, counted by the verifier itself, sealed as the platform seals them."""

import csv
import io
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from audit.canonical import canonical, digest
from voting.canonical import digest_ballots
from voting.verifier import verify

ELECTION = "0192f3c4-5d6e-7f80-9123-456789abcdef"
VERSION = "5e" * 32


@dataclass
class Draft:
    """An election. Lanes are (position, kind, budget), items (position, kind, code, cost, title).

    Ballots are (choices, voters), choices (position of the item, value).
    """

    lanes: list[tuple[int, str, int]]
    items: list[tuple[int, str, str, int, str]]
    ballots: list[tuple[list[list[int]], int]]
    format: str = "APPROVAL"
    rule: str = "equal-shares"
    parameters: dict[str, Any] = field(default_factory=dict)
    comparisons: list[dict[str, Any]] = field(default_factory=list)
    origin: str = "OWN"
    decimals: int = 2
    max_choices: int | None = None
    seed: str = ""
    roll: int = 100


def frozen_form(draft: Draft) -> dict[str, Any]:
    return {
        "format": "frozen/2",
        "election": ELECTION,
        "round": 7,
        "origin": draft.origin,
        "title": 'Who; gets what, and "why"',
        "title_language": "en",
        "kind": "BUDGET",
        "ballot_format": draft.format,
        "resource_kind": "MONEY",
        "currency": "EUR",
        "decimals": draft.decimals,
        "max_choices": draft.max_choices,
        "rule": draft.rule,
        "parameters": draft.parameters,
        "comparisons": draft.comparisons,
        "seed": draft.seed,
        "key_fingerprint": "f0" * 32,
        "opens_at": "2026-03-01T12:00:00+00:00",
        "closes_at": "2026-03-15T12:00:00+00:00",
        "roll": {"entries": draft.roll, "digest": "d1" * 32},
        "lanes": [list(lane) for lane in draft.lanes],
        "items": [[at, kind, 10 + at, code, cost] for at, kind, code, cost, _ in draft.items],
        "texts": [
            row
            for at, _kind, _code, _cost, title in draft.items
            for row in (
                [at, "da", False, f"{title} (dansk)", "", ""],
                [at, "en", True, title, "In short", "At length\nand more"],
            )
        ],
    }


@dataclass
class Bundle:
    """The values of a bundle before they are files; tests change them and seal them again."""

    frozen: dict[str, Any]
    manifest: dict[str, Any]
    ballots: list[dict[str, Any]]
    tally: list[dict[str, Any]]
    tables: dict[str, list[list[str]]]  # projects.csv and lane-N.pb

    def copy(self) -> "Bundle":
        return deepcopy(self)

    def reseal(self) -> None:
        """Put right every hash that somebody can who may change everything in the bundle."""
        groups = [(canonical(line["choices"]), line["voters"]) for line in self.ballots]
        self.manifest["frozen_hash"] = digest(self.frozen)
        self.manifest["ballots_hash"] = digest_ballots(groups)
        self.manifest["ballots"] = sum(voters for _payload, voters in groups)
        for entry in self.tally:
            entry["input_hash"] = digest(self.manifest)
            self.settle(entry)

    def settle(self, entry: dict[str, Any]) -> None:
        """The hashes of one tally, from what it says now."""
        settings = {key: entry[key] for key in ("rule", "parameters") if key in entry}
        entry["settings_hash"] = digest(settings)
        entry["outcome_hash"] = digest(entry.get("outcome"))

    def values(
        self, *, frozen_hash: str | None = None, manifest_hash: str | None = None
    ) -> dict[str, Any]:
        """The JSON files."""
        return {
            "election.json": {
                "frozen": self.frozen,
                "frozen_hash": frozen_hash or digest(self.frozen),
                "manifest": self.manifest,
                "manifest_hash": manifest_hash or digest(self.manifest),
            },
            "tally.json": self.tally,
        }

    def files(self, values: Mapping[str, Any] | None = None) -> dict[str, bytes]:
        """All files, named in bundle.json with their hashes."""
        files = {name: canonical(value) for name, value in (values or self.values()).items()}
        files["ballots.ndjson"] = b"".join(canonical(line) + b"\n" for line in self.ballots)
        for name, rows in self.tables.items():
            files[name] = written(rows, ";" if name.endswith(".pb") else ",")
        return sealed(files)


def written(rows: Sequence[Sequence[str]], delimiter: str) -> bytes:
    text = io.StringIO(newline="")
    end = "\n" if delimiter == ";" else "\r\n"
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue().encode()


def sealed(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files with a bundle.json that names them as they are."""
    others = {name: data for name, data in files.items() if name != "bundle.json"}
    named = {name: verify.sha256(data) for name, data in others.items()}
    body = {"format": "bundle/1", "election": ELECTION, "files": named}
    return {**others, "bundle.json": canonical(body)}


def build(draft: Draft) -> Bundle:
    """The bundle of an election, counted by the verifier; margins are searched here."""
    frozen = frozen_form(draft)
    ballots: list[dict[str, Any]] = [
        {"choices": sorted(choices), "voters": voters} for choices, voters in draft.ballots
    ]
    ballots.sort(key=lambda line: canonical(line["choices"]))
    manifest = {"format": "manifest/1", "election": ELECTION, "scheme": "plain/1"}
    bundle = Bundle(frozen, manifest, ballots, [], {})
    election = verify.read_election(frozen)
    whole = [
        (tuple((at, value) for at, value in line["choices"]), line["voters"]) for line in ballots
    ]
    bundle.tables["projects.csv"] = project_rows(election)
    for lane in election.lanes:
        part = verify.lane_of(election, lane, whole)
        for number, (rule, parameters) in enumerate(election.counts):
            trace = verify.count(rule, parameters, part)
            entry: dict[str, Any] = {
                "lane": lane.position,
                "rule": rule,
                "parameters": deepcopy(parameters),
                "decides": number == 0,
                "code_version": VERSION,
                "outcome": verify.outcome_of(trace),
            }
            if number == 0:
                bundle.tables[f"lane-{lane.position}.pb"] = pabulib_rows(election, lane, trace)
                if draft.origin == "OWN":
                    add_margins(entry["outcome"], rule, parameters, trace)
            else:
                del entry["outcome"]["explanation"]
            bundle.tally.append(entry)
    bundle.reseal()
    return bundle


def add_margins(outcome: dict[str, Any], rule: str, parameters: dict[str, Any], trace: Any) -> None:
    lane = trace.poll.lane
    for project, name in enumerate(lane.ids):
        found = outcome["explanation"]["projects"][name]
        found |= {"more_votes": None, "less_cost": None}
        if project in trace.ledger.spent:
            continue
        margins = verify.Margins(rule, parameters, lane, project)
        if lane.format in verify.CHOSEN and margins.cost <= lane.budget:
            found["more_votes"] = least(margins.wins_with, max(100, lane.voters))
        if margins.cost:
            found["less_cost"] = least(margins.wins_at, margins.cost)


def least(wins: Any, most: int) -> int | None:
    """By doubling, then halving, as the engine defines it."""
    low, high = 0, 1
    while not wins(high):
        if high >= most:
            return None
        low, high = high, min(2 * high, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if wins(middle) else (middle, high)
    return high


def project_rows(election: Any) -> list[list[str]]:
    numbers = {lane.kind: lane.position for lane in election.lanes}
    rows = [["position", "lane", "code", "cost_minor", "language", "title"]]
    for item in election.items:
        row = [item.position, numbers[item.lane], item.code, item.cost, item.language, item.title]
        rows.append([str(cell) for cell in row])
    return rows


def in_currency(amount: int, decimals: int) -> str:
    whole, rest = divmod(amount, 10**decimals)
    return f"{whole}.{rest:0{decimals}d}" if decimals else str(whole)


def pabulib_rows(election: Any, frozen: Any, trace: Any) -> list[list[str]]:
    lane, poll = trace.poll.lane, trace.poll
    meta = {
        "description": election.title,
        "country": "Worldwide",
        "unit": "Commonpurse",
        "instance": election.id,
        "subunit": frozen.kind,
        "num_projects": str(len(lane.ids)),
        "num_votes": str(lane.voters),
        "budget": in_currency(lane.budget, election.decimals),
        "vote_type": verify.VOTE_TYPES[election.format],
        "rule": {"equal-shares": "equalshares"}.get(election.counts[0][0], election.counts[0][0]),
        "date_begin": election.opens_at[:10],
        "date_end": election.closes_at[:10],
        "currency": election.currency,
    }
    rows = [["META"], ["key", "value"], *map(list, meta.items()), ["PROJECTS"]]
    rows.append(["project_id", "cost", "votes", "score", "name", "selected"])
    for project, item in enumerate(election.items_of(frozen)):
        cost = in_currency(item.cost, election.decimals)
        counted = [str(poll.votes[project]), str(poll.scores[project])]
        selected = str(int(project in trace.ledger.spent))
        rows.append([item.code, cost, *counted, item.title, selected])
    pointed = election.format in ("cumulative", "scoring")
    rows += [["VOTES"], ["voter_id", "vote", *(["points"] if pointed else [])]]
    votes = [choices for choices, voters in lane.ballots for _ in range(voters)]
    for number, choices in enumerate(votes, start=1):
        order = sorted(choices, key=lambda choice: choice[1] if election.format == "ranking" else 0)
        row = [str(number), ",".join(lane.ids[project] for project, _value in order)]
        rows.append([*row, ",".join(str(value) for _, value in order)] if pointed else row)
    return rows


def examine(files: Mapping[str, bytes], **wanted: Any) -> tuple[int, Any]:
    """(exit status, report or refusal) as the command gives it."""
    try:
        report = verify.verify(files, verify.Wanted(**wanted))
    except verify.Refusal as refusal:
        return 2, str(refusal)
    return int(bool(report.differences)), report


def lane(costs: Mapping[str, int], budget: int, ballots: Mapping[str, int], **more: Any) -> Any:
    """A lane from ballots like {"AB": 3}: three voters who chose A and B (or ranked A first).

    With points, "AAB" gives two points to A and one to B.
    """
    ids = tuple(costs)
    ballot_format = more.pop("format", "approval")
    cast: dict[Any, int] = {}
    for text, voters in ballots.items():
        chosen = dict.fromkeys(text, 1)
        if ballot_format == "ranking":
            chosen = {name: rank for rank, name in enumerate(text, start=1)}
        elif ballot_format in ("cumulative", "scoring"):
            chosen = {name: text.count(name) for name in text}
        choices = tuple(sorted((ids.index(name), value) for name, value in chosen.items()))
        cast[choices] = cast.get(choices, 0) + voters
    return verify.Lane(
        budget=budget,
        ids=ids,
        costs=tuple(costs.values()),
        format=ballot_format,
        ballots=tuple(sorted(cast.items())),
        **more,
    )


def counted(lane: Any, rule: str, **parameters: Any) -> dict[str, Any]:
    """The outcome of a count; ties by id unless told otherwise."""
    options = {"tie_break": "lexico", **parameters}
    return verify.outcome_of(verify.count(rule, options, lane))
