"""Lets an election go on from a backup that is older than what was published (docs/backup.md)."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.models import OPERATOR
from voting import actions
from voting.models import Election
from voting.published import Unreadable


class Command(BaseCommand):
    help = (
        "Accept that published ballots of an election are lost, and take ballots again. The last "
        "resort: a newer backup or the archive of the write-ahead log loses none. Written in the trail."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("election", type=UUID)
        parser.add_argument(
            "--reason", required=True, metavar="CODE", help="in capitals, such as DISK_LOST"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        reason: str = options["reason"]
        if not reason.replace("_", "").isalpha() or not reason.isascii() or not reason.isupper():
            raise CommandError(
                "The reason is a code of capitals and underscores, such as DISK_LOST."
            )
        try:
            lost, own = actions.accept_rollback(
                election=Election.objects.get(pk=options["election"]),
                board=settings.BOARD_DIR,
                reason_code=reason,
                operator=OPERATOR,
                now=timezone.now(),
            )
        except Election.DoesNotExist as error:
            raise CommandError("This database holds no such election.") from error
        except (actions.NotRolledBack, Unreadable) as refusal:
            raise CommandError(str(refusal.__doc__)) from refusal
        self.stdout.write(
            f"{lost.size - own.size} published casts are given up. The election takes ballots again, "
            "from the moment of the backup. Tell its voters to look at their vote."
        )
