"""Writes a backup of database and uploads, and apart from it one of the keys (docs/backup.md)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.preflight import Problem
from config.saving import save


class Command(BaseCommand):
    requires_system_checks = []  # at 3 a.m. only what it does itself may stop it
    help = "Back up the database with uploads into BACKUP_DIR, the keys of elections into BACKUP_KEYS_DIR."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            saved = save(
                database=settings.BACKUP_DIR, keys=settings.BACKUP_KEYS_DIR, now=timezone.now()
            )
        except Problem as problem:
            raise CommandError(str(problem)) from problem
        except OSError as error:
            raise CommandError(f"{error.strerror}: {error.filename}") from error
        self.stdout.write(f"Database and uploads: {saved.database}")
        self.stdout.write(f"Keys of elections:    {saved.keys}   (keep it elsewhere, encrypted)")
        if saved.without_key:
            lacking = ", ".join(str(pk) for pk in saved.without_key)
            raise CommandError(
                f"The backup is whole, but KEYS_DIR lacks the key of {lacking}: nobody can vote there. "
                "Put it back from an earlier backup of keys."
            )
