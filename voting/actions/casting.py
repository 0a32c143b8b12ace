"""A vote is cast, replaced, or only drafted.

The one path that writes a ballot. PostgreSQL alone is asked: no queue, no cache, no session. Nothing
that names a member is written, or locked, in the transaction of a ballot: rows of one transaction
share its number (``xmin``), and a trail entry beside a ballot would tell whose it is. So there is no
entry; the ballot's own event is the trace. Whether the voter is on the roll is asked before, outside.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from voting.actions.clock import OpenVote, share_election, vote_by_the_clock
from voting.ballots import Fault, Reason, faults
from voting.canonical import PLAIN, Choices, encode_ballot
from voting.keys import Voter
from voting.models import BallotDraft, Election
from voting.queries import paper_of


class NotOpenYet(Exception):
    """Voting has not begun, by the clock of the database."""


class VotingClosed(Exception):
    """Voting has ended, by the clock of the database: nothing is accepted any more."""


class BallotRefused(Exception):
    """The ballot holds what it may not; ``faults`` say what."""

    def __init__(self, found: list[Fault]) -> None:
        super().__init__(", ".join(fault.reason for fault in found))
        self.faults = found


class CastKeyReused(Exception):
    """The key of an earlier cast came with other choices: nothing was changed."""


class _PressedTwice(Exception):
    """The same press of the button arrived twice at once: the other has been committed by now."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a voter keeps: which version is in force, and the code to find it by."""

    version: int
    check_code: str


def cast_ballot(*, election_id: UUID, voter: Voter, choices: Choices, cast_key: UUID) -> Receipt:
    """Cast a ballot, or replace the voter's earlier one, which stays in force until then.

    The same key with the same choices gives the same receipt and casts once. Complete when it
    returns. Refuses BallotRefused, NotOpenYet, VotingClosed and CastKeyReused; raises
    OperationalError where the database is too busy: the same call may then simply be made again.
    """
    paper = paper_of(Election.objects.get(pk=election_id))
    if found := faults(paper, choices):
        raise BallotRefused(found)
    try:
        return _cast(election_id, voter, choices, cast_key)
    except _PressedTwice:
        return _cast(election_id, voter, choices, cast_key)


def _cast(election_id: UUID, voter: Voter, choices: Choices, cast_key: UUID) -> Receipt:
    payload = encode_ballot(choices)
    fingerprint = voter.fingerprint(payload)
    with transaction.atomic(durable=True):
        share_election(election_id)
        _refuse_unless_open(vote_by_the_clock(election_id))
        version = _version_of_key(election_id, voter, cast_key, fingerprint)
        if version is None:
            version = _write(election_id, voter.pseudonym, payload, cast_key, fingerprint)
    return Receipt(version, voter.check_code(version))


def _refuse_unless_open(vote: OpenVote) -> None:
    if vote.is_over:
        raise VotingClosed
    if not vote.has_begun:
        raise NotOpenYet


def _version_of_key(
    election_id: UUID, voter: Voter, cast_key: UUID, fingerprint: bytes
) -> int | None:
    """The version that was cast with this key, if it was used. Refuses CastKeyReused."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version, fingerprint = %s FROM voting_castkey"
            " WHERE election_id = %s AND pseudonym = %s AND key = %s",
            [fingerprint, election_id, voter.pseudonym, cast_key],
        )
        found = cursor.fetchone()
    if found is None:
        return None
    version, is_same = found
    if not is_same:
        raise CastKeyReused
    return int(version)


def _write(
    election_id: UUID, pseudonym: bytes, payload: bytes, cast_key: UUID, fingerprint: bytes
) -> int:
    """Put the ballot in force; returns its version.

    Two casts of one voter wait for each other at the ballot's row. The draft goes in the same
    transaction: it names nobody either, and so it is never there beside the ballot it became.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO voting_ballot AS cast_before (election_id, pseudonym, version, scheme, payload)"
            " VALUES (%s, %s, 1, %s, %s) ON CONFLICT (election_id, pseudonym) DO UPDATE"
            " SET version = cast_before.version + 1, scheme = excluded.scheme, payload = excluded.payload"
            " RETURNING version",
            [election_id, pseudonym, PLAIN, payload],
        )
        (version,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO voting_castkey (election_id, pseudonym, key, fingerprint, version)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [election_id, pseudonym, cast_key, fingerprint, version],
        )
        if cursor.rowcount == 0:
            raise _PressedTwice
        cursor.execute(
            "INSERT INTO voting_ballotevent (id, election_id, pseudonym, version, fingerprint)"
            " VALUES (gen_random_uuid(), %s, %s, %s, %s)",
            [election_id, pseudonym, version, fingerprint],
        )
        cursor.execute(
            "DELETE FROM voting_ballotdraft WHERE election_id = %s AND pseudonym = %s",
            [election_id, pseudonym],
        )
    return int(version)


DRAFTS_MAY_BE = frozenset({Reason.TOO_MANY, Reason.OVER_BUDGET})  # people try things out


def save_draft(*, election_id: UUID, voter: Voter, choices: Choices) -> None:
    """Keep choices that are not cast: never counted, under the pseudonym like a ballot.

    They may cost too much or be too many: casting refuses that. Refuses BallotRefused for the
    rest, NotOpenYet and VotingClosed.
    """
    paper = paper_of(Election.objects.get(pk=election_id))
    found = [fault for fault in faults(paper, choices) if fault.reason not in DRAFTS_MAY_BE]
    if found:
        raise BallotRefused(found)
    with transaction.atomic(durable=True):
        _refuse_unless_open(vote_by_the_clock(election_id))
        BallotDraft.objects.bulk_create(
            [
                BallotDraft(
                    election_id=election_id,
                    pseudonym=voter.pseudonym,
                    scheme=PLAIN,
                    payload=encode_ballot(choices),
                )
            ],
            update_conflicts=True,
            unique_fields=["election_id", "pseudonym"],
            update_fields=["scheme", "payload"],
        )


def discard_draft(*, election_id: UUID, voter: Voter) -> bool:
    """Forget choices that were not cast; tells whether there were any. A ballot cast before stays."""
    drafts = BallotDraft.objects.filter(election_id=election_id, pseudonym=voter.pseudonym)
    deleted, _kinds = drafts.delete()
    return bool(deleted)
