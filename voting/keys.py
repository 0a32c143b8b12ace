"""One key per election, in a file outside the database: the only path from a member to a pseudonym.

Whoever holds the key and the tables can name every ballot, so the key is in no table, no log and no
answer; what is derived from it is labelled, so that nothing derived for one purpose serves another.
"""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

KEY_BYTES = 32
CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U to be misread
CODE_LENGTH = 12  # letters of five bits


class KeyExists(Exception):
    """This election has a key: a second one would turn every change of a vote into a second ballot."""


class NoKey(Exception):
    """The file of the election's key is missing or cannot be read."""


class WrongKey(Exception):
    """The file holds another key than the one the election was frozen with."""


def new_key(folder: Path, election_id: UUID) -> str:
    """Make the key of an election, readable by its owner alone; returns its fingerprint.

    The file appears whole or not at all. Refuses KeyExists.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = secrets.token_bytes(KEY_BYTES)
    draft = folder / f".{election_id}.{secrets.token_hex(8)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, folder / str(election_id))  # unlike a rename, never over another key
    except FileExistsError as error:
        raise KeyExists(str(election_id)) from error
    finally:
        draft.unlink()
    _remember(folder)
    return fingerprint_of(key)


def _remember(folder: Path) -> None:
    """Have the disk keep the name of the file, too, before anybody votes under it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_key(folder: Path, election_id: UUID, fingerprint: str) -> bytes:
    """The key of an election that was frozen with this fingerprint. Raises NoKey and WrongKey."""
    try:
        key = (folder / str(election_id)).read_bytes()
    except OSError as error:
        raise NoKey(str(election_id)) from error
    if len(key) != KEY_BYTES or not hmac.compare_digest(fingerprint_of(key), fingerprint):
        raise WrongKey(str(election_id))
    return key


def fingerprint_of(key: bytes) -> str:
    """What names a key in public: a hash of something derived from it, never of the key itself."""
    return hashlib.sha256(_derived(key, b"fingerprint/1|")).hexdigest()


def pseudonym(key: bytes, member_id: UUID) -> bytes:
    """The 32 bytes under which a member's ballot lies."""
    return _derived(key, b"pseudonym/1|" + member_id.bytes)


def invented_pseudonym(key: bytes, number: int) -> bytes:
    """The pseudonym of an invented voter of a practice round: to the tables it is like any other."""
    return _derived(key, b"invented/1|" + number.to_bytes(4))


def order_seed(key: bytes, name: bytes) -> bytes:
    """What a voter's order of the items is drawn from: the same at each visit, in each language."""
    return _derived(key, b"order/1|" + name)


def ballot_fingerprint(key: bytes, name: bytes, payload: bytes) -> bytes:
    """What stands for a ballot where its content may not stand: equal ballots of two voters differ."""
    return _derived(key, b"ballot/1|" + name + payload)


def check_code(key: bytes, name: bytes, version: int) -> str:
    """Sixty bits as letters: by them a voter finds this version of the own ballot in the public list."""
    drawn = int.from_bytes(_derived(key, b"check/1|" + name + str(version).encode())[:8])
    return "".join(CODE_LETTERS[drawn >> 5 * place & 31] for place in range(CODE_LENGTH))


@dataclass(frozen=True, slots=True)
class Voter:
    """Who votes in one election, as far as ballots may know: a pseudonym, and the key it comes from."""

    key: bytes = field(repr=False)
    pseudonym: bytes = field(repr=False)

    @classmethod
    def of(cls, key: bytes, member_id: UUID) -> "Voter":
        return cls(key, pseudonym(key, member_id))

    @property
    def order_seed(self) -> bytes:
        return order_seed(self.key, self.pseudonym)

    def fingerprint(self, payload: bytes) -> bytes:
        return ballot_fingerprint(self.key, self.pseudonym, payload)

    def check_code(self, version: int) -> str:
        return check_code(self.key, self.pseudonym, version)


def _derived(key: bytes, label: bytes) -> bytes:
    return hmac.new(key, label, hashlib.sha256).digest()
