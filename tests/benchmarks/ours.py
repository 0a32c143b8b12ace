"""This engine on one election, each measurement in a process of its own that begins with the file."""

import time
from pathlib import Path
from typing import Any

from tests.benchmarks.cells import Cell
from tests.benchmarks.forked import Tell, in_child, on_average
from voting.rules import Parameters, count, pabulib


def measure(path: Path, cell: Cell, seconds: float = 3_600) -> dict[str, Any]:
    """CPU seconds and peak memory of reading, preparing and deciding.

    decision: the count once the ballots are merged and turned round, as `voting.rules.marks` keeps
    them. end_to_end: from the file to the outcome, once.
    """
    rule, options = cell.ours
    parameters = Parameters(tie_break="lexico", ranking_points="from-zero", **options)  # type: ignore[arg-type]  # all of them text

    def deed(tell: Tell) -> None:
        began = time.process_time()
        election = pabulib.read(path.read_bytes(), merge_repeated=True)
        instance, profile = election.instance(), election.profile()
        has_read = time.process_time()
        outcome = count(rule, instance, profile, parameters)
        ended = time.process_time()
        decision = on_average(lambda: count(rule, instance, profile, parameters))
        tell(
            {
                "reading": has_read - began,
                "decision": decision,
                "end_to_end": ended - began,
                "winners": outcome.winners,
                "raises": outcome.phases[-1].raises,
                "voters": profile.voters,
                "ballots": len(profile.merged().weights),
                "projects": len(instance.projects),
                "marks": int(election.profile().lengths @ election.profile().weights),
                "vote_type": election.meta["vote_type"].strip(),
            }
        )

    run = in_child(deed, seconds)
    return run.told[0] | {"peak_bytes": run.peak_bytes}
