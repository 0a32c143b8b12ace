"""What is frozen of an election, and the ballots and projects a count of a lane begins with."""

import hashlib
from collections.abc import Sequence
from datetime import UTC
from functools import cache
from importlib.resources import files
from typing import Any

from django.db.models import Count, QuerySet

from audit.canonical import digest
from voting import rules
from voting.canonical import decode_ballot
from voting.models import Ballot, Election, ElectionLane, ItemText

COUNT_TASK = "voting.count_election"
INVENT_TASK = "voting.cast_invented"


def frozen_form(election: Election) -> dict[str, Any]:
    """Everything that decides the result, in plain JSON types; its hash is published at the freeze."""
    items = election.items.order_by("position")
    texts = ItemText.objects.filter(election=election).order_by("item__position", "language")
    return {
        "format": "frozen/2",
        "election": str(election.pk),
        "round": election.round_id,
        "origin": election.origin,
        "title": election.title,
        "title_language": election.title_language,
        "kind": election.kind,
        "ballot_format": election.ballot_format,
        "resource_kind": election.resource_kind,
        "currency": election.currency,
        "decimals": election.decimals,
        "max_choices": election.max_choices,
        "rule": election.rule,
        "parameters": election.parameters,
        "comparisons": election.comparisons,
        "seed": election.seed,
        "key_fingerprint": election.key_fingerprint,
        "opens_at": election.opens_at.astimezone(UTC).isoformat(),
        "closes_at": election.closes_at.astimezone(UTC).isoformat(),
        "roll": _frozen_roll(election),
        "lanes": list(lanes_of(election).values_list("position", "kind", "budget_minor")),
        "items": list(
            items.values_list("position", "lane__kind", "proposal", "code", "cost_minor")
        ),
        "texts": list(
            texts.values_list("item__position", "language", "is_source", "title", "summary", "body")
        ),
    }


def _frozen_roll(election: Election) -> dict[str, Any]:
    """How many are on the roll, and a digest that names nobody and changes with every entry."""
    rows = election.roll.values_list("reason", "member_id").iterator()
    entries = sorted(
        f"{reason} {hashlib.sha256(str(member).encode()).hexdigest()}" for reason, member in rows
    )
    total = hashlib.sha256("\n".join(entries).encode())
    return {"entries": len(entries), "digest": total.hexdigest()}


def frozen_hash(election: Election) -> str:
    return digest(frozen_form(election))


def ballot_groups(election: Election) -> list[tuple[bytes, int]]:
    """The ballots in force, equal ones merged by the database: (content, voters), by content."""
    grouped = Ballot.objects.filter(election=election).values("payload").annotate(voters=Count("*"))
    rows = grouped.order_by("payload").values_list("payload", "voters")
    return [(bytes(payload), voters) for payload, voters in rows]


def lanes_of(election: Election) -> QuerySet[ElectionLane]:
    return election.lanes.order_by("position").select_related("election")


def instance_of(lane: ElectionLane) -> rules.Instance:
    rows = lane.items.order_by("position").values_list("code", "cost_minor")
    return rules.Instance(
        budget=lane.budget_minor,
        projects=tuple(rules.Project(code, cost) for code, cost in rows),
        unit=10**lane.election.decimals,
    )


def profiles_of(
    election: Election, groups: Sequence[tuple[bytes, int]]
) -> dict[int, rules.Profile]:
    """The ballots as each lane's count sees them, by the lane's id: its own items, numbered from 0.

    Whoever chose nothing in a lane is one of its voters all the same, with a blank ballot. Raises
    InvalidInstance where a ballot is not of its format or names an item that is not there.
    """
    ballot_format = rules.BallotFormat(election.ballot_format.lower())
    whole = rules.Profile(
        ballot_format, ((decode_ballot(payload), voters) for payload, voters in groups)
    )
    items = list(election.items.order_by("position").values_list("position", "lane_id"))
    if not {position for position, _lane in items}.issuperset(whole.projects.tolist()):
        raise rules.InvalidInstance("A ballot names an item that is not on the ballot paper.")
    return {
        lane.pk: whole.among([position for position, own in items if own == lane.pk]).merged()
        for lane in lanes_of(election)
    }


def counts_of(election: Election) -> list[tuple[str, dict[str, Any]]]:
    """The rules an election is counted by, the deciding one first."""
    others = [(other["rule"], other["parameters"]) for other in election.comparisons]
    return [(election.rule, election.parameters), *others]


@cache
def counting_code_version() -> str:
    """SHA-256 over the modules of ``voting.rules``, its readers of files left out: what counted a tally."""
    total = hashlib.sha256()
    for path in sorted(files("voting.rules").iterdir(), key=lambda path: path.name):
        if path.name.endswith(".py"):
            total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def margins_of(outcome: dict[str, Any]) -> dict[str, dict[str, int | None]]:
    """What each project lacked that was not bought, by code; empty where nobody worked it out."""
    projects = outcome.get("explanation", {}).get("projects", {})
    names = ("more_votes", "less_cost")
    return {
        code: {name: entry[name] for name in names}
        for code, entry in projects.items()
        if entry["step"] is None and "more_votes" in entry
    }
