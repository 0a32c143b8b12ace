"""Ballots as the bytes that are hashed, stored and grouped: one form for equal ballots."""

import hashlib
import json
from collections.abc import Iterable

from audit.canonical import canonical

Choices = tuple[tuple[int, int], ...]  # (position of the item on the ballot, value), ascending

PLAIN = "plain/1"


class MalformedBallot(ValueError):
    """The bytes are not a ballot in its canonical form."""


def encode_ballot(choices: Choices) -> bytes:
    """A ballot as bytes; equal choices are equal bytes, so the database can merge equal ballots."""
    return canonical(sorted(choices))


def decode_ballot(payload: bytes) -> Choices:
    """The choices of a stored ballot. Refuses anything but the canonical form."""
    try:
        choices = tuple((int(position), int(value)) for position, value in json.loads(payload))
    except (ValueError, TypeError) as error:
        raise MalformedBallot(str(error)) from error
    if encode_ballot(choices) != payload:
        raise MalformedBallot("not in canonical form")
    return choices


def digest_ballots(groups: Iterable[tuple[bytes, int]]) -> str:
    """SHA-256 over all ballots: merged, in order of their bytes, each with its number of voters."""
    total = hashlib.sha256()
    for payload, voters in sorted(groups):
        total.update(payload + b" " + str(voters).encode() + b"\n")
    return total.hexdigest()
