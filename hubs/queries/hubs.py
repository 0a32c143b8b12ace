"""Reading hubs: sorted by the reader's name for them, home hubs, who holds what."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Prefetch, QuerySet

from hubs.models import Body, Hub, HubCountry, Seat, SeatFunction, Term
from members.models import Member, Message
from texts.queries import localized


def by_name(things: Iterable[Hub], chain: Sequence[str], field: str = "name") -> list[Hub]:
    """Curated things sorted by the name the reader sees."""
    return sorted(
        things, key=lambda thing: (localized(thing, field, chain).text.casefold(), thing.pk)
    )


def home_hub(member: Member) -> Hub | None:
    """The regional hub of the member's home country."""
    if not member.home_country:
        return None
    return Hub.objects.filter(countries__country=member.home_country).first()


def holds(member: Member, functions: Iterable[str], hub: Hub | None, now: datetime) -> bool:
    """Whether the member holds one of these functions now: in the hub, or at the centre (None)."""
    terms = Term.objects.active(now).filter(member=member, seat__function__in=list(functions))
    return terms.filter(seat__body__hub=hub).exists()


def terms_of(member: Member, now: datetime) -> QuerySet[Term]:
    """The terms a member holds or will hold, with their seats."""
    held = Term.objects.not_over(now).filter(member=member)
    return held.select_related("seat__body__hub").order_by("ends_at", "pk")


def bodies_with_seats(hub: Hub | None, now: datetime) -> QuerySet[Body]:
    """The bodies of a hub (None: the centre), each with its seats and who holds them now or next."""
    terms = Term.objects.not_over(now).select_related("member").order_by("starts_at", "pk")
    seats = Seat.objects.order_by("function", "number", "pk").prefetch_related(
        Prefetch("terms", queryset=terms, to_attr="open_terms")
    )
    return (
        Body.objects.filter(hub=hub)
        .select_related("hub")
        .order_by("slug", "pk")
        .prefetch_related(Prefetch("seats", queryset=seats))
    )


def has_chair(hub: Hub, now: datetime) -> bool:
    chairs = Term.objects.active(now).filter(
        seat__body__hub=hub, seat__function__in=[SeatFunction.CHAIR, SeatFunction.DEPUTY]
    )
    return chairs.exists()


def hubs_listed() -> QuerySet[Hub]:
    """Every hub with its countries, for lists."""
    countries = HubCountry.objects.order_by("country")
    return Hub.objects.order_by("kind", "slug").prefetch_related(
        Prefetch("countries", queryset=countries)
    )


def turns_told(member: Member, now: datetime) -> int:
    """How many mails about seats given and ended were written to a member within a day."""
    about = ("emails/hubs/term_given", "emails/hubs/term_ended")
    written = Message.objects.filter(recipient=member, template__in=about)
    return written.filter(created_at__gt=now - timedelta(days=1)).count()
