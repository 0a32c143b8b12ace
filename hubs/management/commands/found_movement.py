"""The first act of a movement: a secretary, who fills every other seat in pages."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from hubs.actions import SeatHeld, found_centre
from members.models import Member

FIRST_TERM = timedelta(days=365)


class Command(BaseCommand):
    help = (
        "Give the centre's first secretary their seat for a year. Refused once somebody holds it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--secretary", required=True, metavar="EMAIL", help="a member who has signed up"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        member = Member.objects.filter(email__iexact=options["secretary"]).first()
        if member is None:
            raise CommandError("Nobody has signed up with this address yet.")
        now = timezone.now()
        try:
            term = found_centre(secretary=member, ends_at=now + FIRST_TERM, now=now)
        except SeatHeld as held:
            raise CommandError(
                "The secretary's seat is held. Its holder gives it on in the pages."
            ) from held
        self.stdout.write(f"{member} is the secretary of seats until {term.ends_at:%Y-%m-%d}.")
