"""The freeze of an election: everything that decides it is fixed, with its hash, before anybody votes."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import UUIDField, Value

from audit.actions import record
from audit.models import Actor
from hubs.models import ResourceKind, Round
from voting import ballots, rules
from voting.actions.moving import freeze
from voting.actions.printing import print_paper
from voting.keys import new_key
from voting.models import (
    Election,
    ElectionKind,
    ElectionLane,
    ElectionOrigin,
    Item,
    ItemText,
    RollEntry,
)
from voting.queries import counts_of
from voting.queries.freezing import (
    Obstacle,
    Paper,
    PaperItem,
    obstacle,
    paper_of,
    roll_reason,
    voters_of,
)

SEED_BYTES = 32


class FreezeRefused(Exception):
    """An election cannot be frozen now; its subclasses say why."""


class PracticeRound(FreezeRefused):
    """A practice round has elections of its own making."""


class WrongPhase(FreezeRefused):
    """An election is frozen while its round deliberates or votes, not before and not after."""


class TooLate(FreezeRefused):
    """Less than half of the time to vote is left."""


class AlreadyFrozen(FreezeRefused):
    """The round has its election about this kind of resource."""


class PaperChanged(FreezeRefused):
    """What would go on the ballot is no longer what the officer saw."""


class NothingShortlisted(FreezeRefused):
    """No lane with a vote has a shortlisted proposal that asks for this kind of resource."""


class RollTooSmall(FreezeRefused):
    """Fewer than 20 people could vote: too few for their ballots to be secret."""


REFUSALS: Mapping[Obstacle, type[FreezeRefused]] = {
    Obstacle.PRACTICE: PracticeRound,
    Obstacle.WRONG_PHASE: WrongPhase,
    Obstacle.TOO_LATE: TooLate,
    Obstacle.ALREADY_FROZEN: AlreadyFrozen,
    Obstacle.NOTHING_SHORTLISTED: NothingShortlisted,
    Obstacle.ROLL_TOO_SMALL: RollTooSmall,
}


@transaction.atomic
def freeze_election(
    *,
    round: Round,
    title: str,
    language: str,
    ballot_format: str,
    max_choices: int | None,
    rule: str,
    parameters: Mapping[str, Any],
    comparisons: Sequence[Mapping[str, Any]],
    resource_kind: str,
    seen: str,
    keys: Path,
    officer: Actor,
    now: datetime,
) -> Election:
    """Fix the ballot paper, the roll, the rule with its seed, and the key of a round's election.

    ``parameters`` and those of each of the ``comparisons`` (``rule``, ``parameters``) get the seed
    as their tie-break; ``seen`` is the hash of the paper that the officer looked at, ``keys`` the folder
    of keys. Refuses PracticeRound, AlreadyFrozen, WrongPhase, TooLate, NothingShortlisted, RollTooSmall
    and PaperChanged; raises UnsupportedFormat, UnknownRule and
    UnsupportedParameter where nobody could cast such a ballot or count it so.
    """
    round = _locked(round)
    paper = paper_of(round, resource_kind, for_update=True)
    found = obstacle(round, resource_kind, paper, voters_of(round).count(), now)
    if found:
        raise REFUSALS[found]
    if paper.hash != seen:
        raise PaperChanged
    election = _draft(round, resource_kind, now)
    election.title, election.title_language = title, language
    election.ballot_format, election.max_choices = ballot_format, max_choices
    _set_rule(election, rule, parameters, comparisons)
    election.key_fingerprint = new_key(keys, election.pk)
    election.save()
    _print(election, paper)
    voters = _enrol(election)
    freeze(election, at=now)
    told = {"round": round.pk, "items": len(paper.items), "voters": voters}
    record(
        actor=officer,
        verb="freeze_election",
        target=election,
        now=now,
        after={**told, "frozen_hash": election.frozen_hash},
    )
    return election


def _locked(round_: Round) -> Round:
    """The round as it is now; the next to freeze it waits until this transaction has ended.

    So does the next to freeze any in its cycle, or both could enrol somebody who moves meanwhile.
    """
    rounds = Round.objects.select_for_update(of=("self", "cycle"), no_key=True)
    return rounds.select_related("hub", "cycle").get(pk=round_.pk)


def _draft(round_: Round, resource_kind: str, now: datetime) -> Election:
    is_money = resource_kind == ResourceKind.MONEY
    return Election(
        round=round_,
        kind=ElectionKind.BUDGET,
        origin=ElectionOrigin.OWN,
        resource_kind=resource_kind,
        currency=round_.currency if is_money else "",
        decimals=round_.decimals if is_money else 0,
        opens_at=max(round_.voting_at, now),
        closes_at=round_.counting_at,
    )


def _set_rule(
    election: Election,
    rule: str,
    parameters: Mapping[str, Any],
    comparisons: Sequence[Mapping[str, Any]],
) -> None:
    """Every count breaks ties by one seed that nobody knew before; each is tried out on no ballots."""
    election.seed = secrets.token_hex(SEED_BYTES)
    seeded = {"tie_break": f"seed:{election.seed}"}
    election.rule, election.parameters = rule, {**parameters, **seeded}
    election.comparisons = [
        {"rule": other["rule"], "parameters": {**other["parameters"], **seeded}}
        for other in comparisons
    ]
    ballot_format = rules.BallotFormat(election.ballot_format.lower())
    ballots.Paper(ballot_format, election.max_choices, budgets=(), items=())
    nothing = rules.Instance(0, ()), rules.Profile(ballot_format, ())
    for name, options in counts_of(election):
        rules.count(name, *nothing, rules.Parameters(**options))


def _print(election: Election, paper: Paper) -> None:
    """The paper of the round, with all its words, as the election's own."""
    print_paper(
        election,
        [
            (
                ElectionLane(kind=lane.lane.kind, budget_minor=lane.budget_minor),
                [(_item(found), _words(found)) for found in lane.items],
            )
            for lane in paper.lanes
        ],
    )


def _item(found: PaperItem) -> Item:
    proposal = found.proposal
    return Item(proposal=proposal, code=f"P-{proposal.pk}", cost_minor=found.cost_minor)


def _words(found: PaperItem) -> list[ItemText]:
    return [
        ItemText(
            language=text.language,
            title=text.title,
            summary=text.summary,
            body=text.body,
            is_source=text.language == found.proposal.text.language,
        )
        for text in found.texts
    ]


def _enrol(election: Election) -> int:
    """Write the roll in one statement, whatever its length; returns how many are on it."""
    voters = voters_of(election.round).values_list(
        "pk",
        Value(election.pk, output_field=UUIDField()),
        Value(roll_reason(election.round).value),
    )
    query, values = voters.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {RollEntry._meta.db_table} (member_id, election_id, reason) {query}",
            values,
        )
        return int(cursor.rowcount)
