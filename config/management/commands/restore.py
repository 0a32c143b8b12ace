"""Brings back a backup of database, uploads and keys (docs/backup.md)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.preflight import Problem
from config.restoring import Restored, restore


class Command(BaseCommand):
    requires_system_checks = []  # at 3 a.m. only what it does itself may stop it
    help = "Restore a backup into an empty database, having verified all of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.backup")
        parser.add_argument("keys", type=Path, metavar="FILE.keys")
        parser.add_argument("--replace", action="store_true", help="delete what the database holds")
        parser.add_argument(
            "--without-keys", action="store_true", help="go on where an open election's key is lost"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            restored = restore(
                database=options["file"],
                keys=options["keys"],
                replace=options["replace"],
                allow_missing_keys=options["without_keys"],
            )
        except Problem as problem:
            raise CommandError(str(problem)) from problem
        except OSError as error:
            raise CommandError(f"{error.strerror}: {error.filename}") from error
        self._tell(restored)

    def _tell(self, restored: Restored) -> None:
        rows = restored.rows
        self.stdout.write(f"Restored the backup of {restored.moment}.")
        self.stdout.write(
            f"  {rows['voting_ballot']} ballots, {rows['voting_ballotevent']} events of ballots; the "
            f"trail holds, {restored.chained} of {rows['audit_trailentry']} entries are chained"
        )
        self.stdout.write(f"  {restored.keys} files of keys, {restored.uploads} uploads")
        for pk in restored.without_key:
            self.stdout.write(f"  NO KEY: nobody can vote in election {pk}")
        for pk in restored.rolled_back:
            self.stdout.write(
                f"  OLDER THAN ITS PUBLISHED BOARD: election {pk} takes no ballots and is not closed. "
                "Restore a newer backup, or see accept_rollback in docs/backup.md"
            )
        for pk in restored.unknown:
            self.stdout.write(
                f"  PUBLISHED BUT NOT HERE: election {pk} was frozen after this backup"
            )
        self.stdout.write("Whoever was signed in signs in again: sessions are not backed up.")
