"""The end of a vote: what was accepted is written down."""

from datetime import datetime

from django.db import transaction

from audit.actions import record
from audit.models import Actor
from voting.actions.moving import move
from voting.canonical import PLAIN, digest, digest_ballots
from voting.models import Election, ElectionStatus, Manifest
from voting.queries import ballot_groups


@transaction.atomic
def close_election(*, election: Election, closer: Actor, now: datetime) -> Manifest:
    """End the vote and write down what was accepted, in one transaction. Refuses WrongStatus."""
    election = Election.objects.select_for_update().get(pk=election.pk)
    move(election, ElectionStatus.CLOSED)
    groups = ballot_groups(election)
    body = {
        "format": "manifest/1",
        "election": str(election.pk),
        "frozen_hash": election.frozen_hash,
        "scheme": PLAIN,
        "ballots": sum(voters for _payload, voters in groups),
        "ballots_hash": digest_ballots(groups),
    }
    manifest = Manifest.objects.create(
        election=election, body=body, hash=digest(body), written_at=now
    )
    record(
        actor=closer,
        verb="close_election",
        target=election,
        now=now,
        after={"manifest": manifest.hash},
    )
    return manifest
