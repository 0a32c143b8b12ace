"""Fills an empty database with the invented movement of the demo."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pages.demo.seed import seed


class Command(BaseCommand):
    help = "Make the demo's movement, once. Refuses outside the demo."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Only the demo (DEMO=1) may be filled with invented people.")
        if not seed(now=timezone.now(), say=lambda text: self.stdout.write(f"    {text}")):
            self.stdout.write("    already there; nothing was changed")
