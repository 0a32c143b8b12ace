"""Brings a real election into the demo, once, as a past round; a worker counts it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pages.demo.elsewhere import load_election
from voting.actions import AmountTooLarge, NothingOnTheBallot
from voting.forms import read_election
from voting.rules import pabulib


class Command(BaseCommand):
    help = "Load a Pabulib file into the demo. A bad file is refused whole."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.pb")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Only the demo (DEMO=1) is given elections of others.")
        path: Path = options["file"]
        try:
            file = read_election(path.read_bytes())
            election = load_election(file=file, now=timezone.now())
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}") from error
        except pabulib.PabulibError as fault:
            raise CommandError(f"{path}, {fault}") from fault
        except (AmountTooLarge, NothingOnTheBallot) as refusal:
            raise CommandError(f"{path}: {refusal.__doc__}") from refusal
        if election is None:
            self.stdout.write(f"{path} is in the demo already; nothing was changed.")
            return
        self.stdout.write(
            f"{path}: {len(file.projects)} projects, {len(file.ballots)} ballots; a worker counts "
            f"them: {settings.SITE_URL}/en/elections/{election.pk}/"
        )
