"""Says who can sign in to the demo."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import override

from pages.demo.people import PEOPLE


class Command(BaseCommand):
    help = "List the people of the demo."

    def handle(self, *args: Any, **options: Any) -> None:
        with override("en"):
            self.stdout.write(f"Sign in with one click at {settings.SITE_URL}/en/demo/people/ as:")
            for person in PEOPLE:
                self.stdout.write(f"  {person.name:<8} {person.who}")
            self.stdout.write(f"Mail that would have been sent: {settings.SITE_URL}/en/demo/mail/")
