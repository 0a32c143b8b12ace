"""How trail entries are chained: each digest covers the entry and the digest before it."""

import hashlib
from collections.abc import Mapping

from audit.canonical import Json, canonical

GENESIS = bytes(32)


def link(previous: bytes, entry: Mapping[str, Json]) -> bytes:
    """The 32-byte SHA-256 digest of an entry that follows ``previous`` (GENESIS for the first)."""
    return hashlib.sha256(previous + canonical(entry)).digest()
