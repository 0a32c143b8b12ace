"""Loads an election held elsewhere from a Pabulib file and lets a worker count it."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils import timezone

from audit.models import OPERATOR
from hubs.models import Round
from jobs.models import Job, JobState
from jobs.tasks import hint
from voting import actions
from voting.forms import RANKING_POINTS, read_election
from voting.models import Election
from voting.queries import lanes_of, tallies_of
from voting.rules import pabulib

PATIENCE = 10  # seconds before saying that no worker has taken the job


class Command(BaseCommand):
    help = (
        "Import a Pabulib election file (projects, costs, ballots) as a closed election of a round, "
        "and have a worker count it by greedy and by Equal Shares. A bad file is refused whole."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.pb")
        parser.add_argument("--round", type=int, required=True, metavar="ID")
        parser.add_argument("--wait", action="store_true", help="wait for the worker's count")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--ranking-points",
            choices=[value for value, _label in RANKING_POINTS],
            default="from-one",
            help="points of a ranking of k projects: k..1 (default) or k-1..0",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        file = self._read(options["file"])
        for warning in file.warnings:
            self.stderr.write(f"warning: {warning}")
        try:
            election, job = actions.import_election(
                round=self._round(options["round"]),
                file=file,
                ranking_points=options["ranking_points"],
                importer=OPERATOR,
                now=timezone.now(),
            )
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {error}") from error
        except (actions.AmountTooLarge, actions.NothingOnTheBallot) as refusal:
            raise CommandError(f"{options['file']}: {refusal.__doc__}") from refusal
        hint(job)
        if options["wait"]:
            job = self._wait(job)
        self._print(election, job, file, as_json=options["json"])
        if job.state == JobState.FAILED:
            raise CommandError(f"The count failed: {job.error_code}")

    def _read(self, path: Path) -> pabulib.Election:
        try:
            return read_election(path.read_bytes())
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}") from error
        except pabulib.PabulibError as fault:
            raise CommandError(f"{path}, {fault}") from fault

    def _round(self, number: int) -> Round:
        found = Round.objects.filter(pk=number).first()
        if found is None:
            known = ", ".join(
                str(pk) for pk in Round.objects.order_by("pk").values_list("pk", flat=True)
            )
            raise CommandError(f"There is no round {number}. Rounds: {known or 'none yet'}.")
        return found

    def _wait(self, job: Job) -> Job:
        began, shown, warned = time.monotonic(), None, False
        while not job.is_finished:
            time.sleep(0.2)
            job.refresh_from_db()
            if (job.state, job.done) != shown:
                shown = (job.state, job.done)
                self.stderr.write(f"{job.state} {job.done}/{job.total}")
            if not warned and job.state == JobState.QUEUED and time.monotonic() - began > PATIENCE:
                self.stderr.write("No worker has taken the count yet; is one running?")
                warned = True
        return job

    def _print(
        self, election: Election, job: Job, file: pabulib.Election, *, as_json: bool
    ) -> None:
        tallies = [
            {
                "lane": tally.lane.kind,
                "rule": tally.rule,
                "parameters": tally.parameters,
                "decides": tally.decides,
                "winners": tally.outcome["winners"],
                "cost_minor": tally.outcome["cost"],
                "outcome_hash": tally.outcome_hash,
            }
            for tally in tallies_of(election)
        ]
        found = {
            "election": str(election.pk),
            "round": election.round_id,
            "projects": len(file.projects),
            "ballots": len(file.ballots),
            "currency": election.currency,
            "decimals": election.decimals,
            "lanes": [
                {"kind": lane.kind, "budget_minor": lane.budget_minor}
                for lane in lanes_of(election)
            ],
            "warnings": [str(warning) for warning in file.warnings],
            "job": {"id": str(job.pk), "state": job.state, "error_code": job.error_code},
            "tallies": tallies,
        }
        if as_json:
            self.stdout.write(json.dumps(found, ensure_ascii=False))
            return
        self.stdout.write(
            f"Election {election.pk}: {found['projects']} projects, {found['ballots']} ballots."
        )
        for tally in tallies:
            self.stdout.write(
                f"{tally['rule']} {tally['parameters']}: {', '.join(tally['winners'])}"
            )
        self.stdout.write(f"The count is {job.state}.")
