"""What is typed into the form of a proposal, and where it is sent."""

from typing import Any

from django.urls import reverse

from hubs.models import Round
from proposals.models import Proposal


def line(number: int = 0, **told: str) -> dict[str, str]:
    given = {"kind": "MONEY", "amount": "400.50", "purpose": "Pump", "country": "DK"} | told
    return {f"lines-{number}-{name}": value for name, value in given.items()}


NO_LINE = {"kind": "MONEY", "amount": "", "purpose": "", "country": ""}


def sent(lines: int = 1, **told: str) -> dict[str, str]:
    """What a browser sends of a form with one line and, as ``lines`` says, empty ones."""
    words = {
        "lane": "GENERAL", "language": "da", "title": "Brønd", "summary": "Vand til byen.",
        "body": "Vi graver.", "country": "DK", "minimum": "300",
        "lines-TOTAL_FORMS": str(lines), "lines-INITIAL_FORMS": "0",
        "lines-MIN_NUM_FORMS": "0", "lines-MAX_NUM_FORMS": "8",
    }  # fmt: skip
    empty = {name: text for n in range(1, lines) for name, text in line(n, **NO_LINE).items()}
    return words | line() | empty | told


def seen(found: dict[str, str]) -> dict[str, str]:
    """Without what counts the lines."""
    return {name: text for name, text in found.items() if "_FORMS" not in name}


def new(round_: Round, kind: str = "GENERAL") -> str:
    return reverse("proposals:draft_proposal", args=[round_.pk, kind])


def lines_of(proposal: Proposal) -> list[tuple[Any, ...]]:
    found = proposal.lines.order_by("position")
    return list(found.values_list("kind", "amount_minor", "purpose", "country"))
