"""Makers of rows for tests: one function a thing, nothing surprising, every argument by name."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress

from hubs.models import (
    TIMETABLE_FIELDS,
    Body,
    Cycle,
    Hub,
    HubCountry,
    HubKind,
    Lane,
    Round,
    RoundBudget,
    RoundLevel,
    Seat,
    SeatFunction,
    Term,
)
from hubs.phases import Phase
from members.models import Member
from principles.models import LEVELS, Criterion, FrameworkVersion, Principle
from voting.forms import read_election
from voting.rules import pabulib

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)  # "now" of every test that does not say otherwise
MONTH = timedelta(days=30)
PASSWORD = "correct horse battery staple"


def make_member(name: str = "Ada", **fields: Any) -> Member:
    """Someone who has signed up and confirmed the address, with PASSWORD."""
    email = fields.pop("email", f"{name.lower()}@example.org")
    member = Member.objects.create_user(email, PASSWORD, name=name, **fields)
    EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
    return member


def make_hub(
    slug: str = "west", kind: str = HubKind.REGIONAL, countries: str = "", **names: str
) -> Hub:
    """A hub; ``names`` are columns such as ``name_en``."""
    hub = Hub.objects.create(slug=slug, kind=kind, **({"name_en": slug.title()} | names))
    for country in countries.split():
        HubCountry.objects.create(hub=hub, country=country)
    return hub


def make_seat(hub: Hub | None, function: str = SeatFunction.CHAIR, number: int = 1) -> Seat:
    """A seat on the committee of a hub, or on the secretariat of the centre (no hub)."""
    slug = "committee" if hub else "secretariat"
    body, _made = Body.objects.get_or_create(hub=hub, slug=slug, defaults={"name_en": slug.title()})
    return Seat.objects.create(body=body, function=function, number=number)


def make_term(
    member: Member,
    hub: Hub | None,
    function: str = SeatFunction.CHAIR,
    *,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Term:
    """A member on a seat, by default from long ago until long after any test's now."""
    return Term.objects.create(
        seat=make_seat(hub, function),
        member=member,
        starts_at=starts_at or datetime(2026, 1, 1, tzinfo=UTC),
        ends_at=ends_at or datetime(2028, 1, 1, tzinfo=UTC),
        given_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def make_cycle(slug: str = "2026") -> Cycle:
    year = int(slug)
    cycle, _made = Cycle.objects.get_or_create(
        slug=slug,
        defaults={"name_en": slug, "starts_on": date(year, 1, 1), "ends_on": date(year, 12, 31)},
    )
    return cycle


def make_framework() -> FrameworkVersion:
    """The first version of the principles, in force, with one criterion; the same one every time."""
    found = FrameworkVersion.objects.filter(number=1).first()
    if found:
        return found
    framework = FrameworkVersion.objects.create(number=1, title_en="Principles")
    principle = Principle.objects.create(
        framework=framework, position=1, code="equity", title_en="Equity", text_en="Restore it."
    )
    levels = {f"level_{level}_en": f"Level {level} is this." for level in LEVELS}
    Criterion.objects.create(
        framework=framework, principle=principle, position=1, code="reach", weight=100,
        dimension="OPPORTUNITY", applies_to="RECIPIENT", question_en="Whom does it reach?", **levels,
    )  # fmt: skip
    framework.status, framework.active_at = "ACTIVE", NOON - timedelta(days=365)
    framework.save()
    return framework


def make_round(
    hub: Hub,
    phase: Phase = Phase.RESULTS,
    *,
    now: datetime = NOON,
    lanes: dict[str, int] | None = None,
    is_open: bool = True,
    **fields: Any,
) -> Round:
    """A round that is in ``phase`` at ``now``, a month a phase, with lanes voted on.

    ``lanes`` are their budgets in minor units by kind, by default a GENERAL one with 1,000.00 USD.
    """
    begun = list(Phase).index(phase)
    moments = {
        name: now + (number - begun + 0.5) * MONTH for number, name in enumerate(TIMETABLE_FIELDS)
    }
    told = {"title_en": "A round", "currency": "USD", "framework": make_framework()} | fields
    round_ = Round.objects.create(
        hub=hub, cycle=make_cycle(), level=RoundLevel.REGIONAL, **(moments | told)
    )
    for kind, amount in (lanes or {"GENERAL": 100_000}).items():
        make_lane(round_, kind, amount)
    if is_open:
        round_.opened_at = min(now, moments["submission_at"]) - MONTH
        round_.save()
    return round_


def make_lane(
    round_: Round, kind: str = "GENERAL", amount_minor: int = 100_000, **fields: Any
) -> Lane:
    """A lane voted on, of a round that is not open yet, with a budget of money."""
    told = {"method": "PANEL" if kind == "EXPERIMENT" else "VOTE", "share_bp": 5_000} | fields
    lane = Lane.objects.create(round=round_, kind=kind, **told)
    RoundBudget.objects.create(lane=lane, kind="MONEY", amount_minor=amount_minor)
    return lane


def pb_text(votes: str = "1;a\n2;a,b\n3;b\n4;c\n", vote_type: str = "approval", **meta: str) -> str:
    """A small, valid Pabulib file: budget 100 EUR, projects a (40), b (50), c (60)."""
    told = {
        "description": "Test election",
        "country": "Nowhere",
        "unit": "Nowhere",
        "instance": "2024",
        "num_projects": "3",
        "num_votes": str(votes.count("\n")),
        "budget": "100",
        "vote_type": vote_type,
        "rule": "greedy",
        "date_begin": "2024-05-01",
        "date_end": "2024-05-31",
        "currency": "EUR",
        "language": "en",
    } | meta
    rows = "".join(f"{key};{value}\n" for key, value in told.items())
    header = "voter_id;vote" if vote_type != "cumulative" else "voter_id;vote;points"
    return (
        f"META\nkey;value\n{rows}PROJECTS\nproject_id;cost;name\n"
        f"a;40;Well\nb;50;School\nc;60;Library\nVOTES\n{header}\n{votes}"
    )


def pb_file(votes: str = "1;a\n2;a,b\n3;b\n4;c\n", **meta: str) -> pabulib.Election:
    return read_election(pb_text(votes, **meta).encode())
