"""Recomputes a stored run of the formula and says whether the same comes out."""

import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from allocation.models import Apportionment
from allocation.queries import replay


class Command(BaseCommand):
    help = (
        "Recompute an apportionment from its stored input and compare input, result and envelopes "
        "with what is stored. Exit status 1 where anything differs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("apportionment", type=uuid.UUID, metavar="UUID")

    def handle(self, *args: Any, **options: Any) -> None:
        apportionment = Apportionment.objects.filter(pk=options["apportionment"]).first()
        if apportionment is None:
            raise CommandError("There is no such apportionment.")
        if apportionment.result is None:
            raise CommandError("This apportionment has not been computed yet.")
        found = replay(apportionment)
        for what, stored, now, is_same in (
            ("input", apportionment.input_hash, found.input_hash, found.is_same_input),
            ("result", apportionment.result_hash, found.result_hash, found.is_same_result),
            ("code", apportionment.code_version, found.code_version, True),
        ):
            self.stdout.write(f"{what:<9} stored {stored} now {now}{'' if is_same else ' DIFFERS'}")
        self.stdout.write(f"envelopes {'equal' if found.are_same_envelopes else 'DIFFER'}")
        if not found.is_equal:
            raise CommandError("What is stored is not what comes out.", returncode=1)
        self.stdout.write("equal")
