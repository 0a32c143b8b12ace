"""Says what the demo shows and where to begin."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from allocation.models import Apportionment, Indicator
from hubs.models import Hub, HubKind
from members.models import Member
from pages.demo.money import newest_split
from pages.demo.people import STORY
from proposals.models import Proposal


class Command(BaseCommand):
    help = "Say what the demo's movement is, in figures, and where to begin."

    def handle(self, *args: Any, **options: Any) -> None:
        if shared := newest_split():
            self.stdout.write(movement(shared))
            self.stdout.write(published(shared))
        self.stdout.write(
            f"Start at {settings.SITE_URL}/tour/ : seven stops, ten minutes. Sign in as any of "
            f"{len(STORY)} people with one click.\n"
            f"Mail that would have been sent: {settings.SITE_URL}/demo/mail/"
        )


def movement(shared: Apportionment) -> str:
    """What there is, counted now."""
    pool = shared.pool
    regions, themes = (
        Hub.objects.filter(kind=kind).count() for kind in (HubKind.REGIONAL, HubKind.THEMATIC)
    )
    return (
        f"It shows an invented movement in its {pool.cycle.slug} cycle: "
        f"{pool.amount_minor // 10**pool.decimals:,} {pool.currency}, {regions} regions, "
        f"{themes} themes, {Member.objects.count():,} people, {Proposal.objects.count()} proposals."
    )


def published(shared: Apportionment) -> str:
    """Which of the figures are real."""
    previous = shared.snapshot.values.filter(indicator=Indicator.PREVIOUS, status="PUBLISHED")
    sources = "; ".join(sorted(set(previous.values_list("source", flat=True))))
    return (
        f"The regions' budgets of last year are published figures ({sources}); people, proposals "
        "and the other indicator values are invented examples."
    )
