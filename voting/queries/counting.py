"""Reading elections: what is frozen, the merged ballots, what a result page shows."""

import hashlib
from collections.abc import Sequence
from datetime import UTC
from functools import cache
from importlib.resources import files
from typing import Any

from django.db.models import Count

from voting import rules
from voting.canonical import Choices, decode_ballot, digest
from voting.models import Ballot, Election, ItemText

COUNT_TASK = "voting.count_election"


def frozen_form(election: Election) -> dict[str, Any]:
    """Everything that decides the result, in plain JSON types; its hash is published at the freeze."""
    texts = ItemText.objects.filter(election=election).order_by("item__position", "language")
    return {
        "format": "frozen/1",
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
        "budget": election.budget_minor,
        "rule": election.rule,
        "parameters": election.parameters,
        "comparisons": election.comparisons,
        "seed": election.seed,
        "opens_at": election.opens_at.astimezone(UTC).isoformat(),
        "closes_at": election.closes_at.astimezone(UTC).isoformat(),
        "roll": election.roll.count(),
        "items": list(
            election.items.order_by("position").values_list("position", "code", "cost_minor")
        ),
        "texts": list(texts.values_list("item__position", "language", "title", "summary")),
    }


def frozen_hash(election: Election) -> str:
    return digest(frozen_form(election))


def ballot_groups(election: Election) -> list[tuple[bytes, int]]:
    """The ballots in force, equal ones merged by the database: (content, voters), by content."""
    grouped = Ballot.objects.filter(election=election).values("payload").annotate(voters=Count("*"))
    rows = grouped.order_by("payload").values_list("payload", "voters")
    return [(bytes(payload), voters) for payload, voters in rows]


def instance_of(election: Election) -> rules.Instance:
    rows = election.items.order_by("position").values_list("code", "cost_minor")
    return rules.Instance(
        election.budget_minor, tuple(rules.Project(code, cost) for code, cost in rows)
    )


def profile_of(election: Election, groups: Sequence[tuple[bytes, int]]) -> rules.Profile:
    ballots: tuple[tuple[Choices, int], ...] = tuple(
        (decode_ballot(payload), voters) for payload, voters in groups
    )
    return rules.Profile(rules.BallotFormat(election.ballot_format.lower()), ballots)


def counts_of(election: Election) -> list[tuple[str, dict[str, Any]]]:
    """The rules an election is counted by, the deciding one first."""
    others = [(other["rule"], other["parameters"]) for other in election.comparisons]
    return [(election.rule, election.parameters), *others]


@cache
def counting_code_version() -> str:
    """SHA-256 over the source of ``voting.rules``: what a tally says it was counted by."""
    total = hashlib.sha256()
    for path in sorted(files("voting.rules").iterdir(), key=lambda path: path.name):
        if path.name.endswith(".py"):
            total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()
