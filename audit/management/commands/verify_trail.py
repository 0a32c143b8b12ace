"""Walks the whole trail and says whether its chain holds."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.queries import verify_trail


class Command(BaseCommand):
    help = "Recompute the chain of the trail from the first entry; exit status 1 where it breaks."

    def handle(self, *args: Any, **options: Any) -> None:
        found = verify_trail()
        if found.broken_at is not None:
            raise CommandError(f"The chain breaks at position {found.broken_at}.")
        self.stdout.write(f"{found.chained} entries chained and intact, {found.waiting} waiting.")
