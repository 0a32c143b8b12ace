"""The bytes that are hashed and stored: one form of a value, the same everywhere."""

import hashlib
import json

Json = str | int | bool | None | list["Json"] | dict[str, "Json"]


def canonical(value: object) -> bytes:
    """Sorted keys, no spaces, ASCII only, no NaN: the same value gives the same bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def digest(value: object) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()
