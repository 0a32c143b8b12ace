"""The first version of the principles, brought in by the operator before the first round."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from audit.models import OPERATOR
from principles.actions import (
    TWELVE,
    AlreadyFounded,
    BadPreset,
    LacksDimension,
    WeightsNotHundred,
    adopt_framework,
    load_framework,
    read_preset,
)
from principles.models import FrameworkVersion


class Command(BaseCommand):
    help = "Load the movement's principles and put them in force. Refused once any are or were."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", type=Path, default=TWELVE, help="a preset; the twelve if left out"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            framework = found(options["file"])
        except AlreadyFounded as refusal:
            raise CommandError(
                "Principles are in force. The next version comes by participation, in the pages."
            ) from refusal
        except BadPreset as refusal:
            raise CommandError(f"This is not a whole framework. {refusal}") from refusal
        except LacksDimension as refusal:
            raise CommandError(f"No criterion stands for {refusal}.") from refusal
        except WeightsNotHundred as refusal:
            raise CommandError(
                f"What is asked of recipients weighs {refusal} together; it must be 100."
            ) from refusal
        self.stdout.write(
            f"Version {framework.number} is in force: {framework.principles.count()} principles,"
            f" {framework.criteria.count()} criteria."
        )


@transaction.atomic
def found(path: Path) -> FrameworkVersion:
    """Both or neither: what cannot be adopted leaves no draft behind."""
    now = timezone.now()
    draft = load_framework(preset=read_preset(path), loader=OPERATOR, now=now)
    return adopt_framework(framework=draft, adopter=OPERATOR, now=now)
