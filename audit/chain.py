"""How trail entries are chained: each digest covers the entry and the digest before it."""

import hashlib
import json
from collections.abc import Mapping

GENESIS = bytes(32)

Json = str | int | bool | None | list["Json"] | dict[str, "Json"]


def canonical(value: Mapping[str, Json]) -> bytes:
    """One byte string per value: sorted keys, no spaces, ASCII only."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def link(previous: bytes, entry: Mapping[str, Json]) -> bytes:
    """The 32-byte SHA-256 digest of an entry that follows ``previous`` (GENESIS for the first)."""
    return hashlib.sha256(previous + canonical(entry)).digest()
