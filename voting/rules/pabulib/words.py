"""Short pieces of a text, many at once: as 8-byte words, as project ids, as whole numbers."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from voting.rules.profile import Ints

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]

SPARE = 256  # bytes that must follow the last piece in its array: an id has up to 60 characters
LONGEST = SPARE - 8
MOST_DIGITS = 9

_SIZE = 8
_MASKS = np.array([2 ** (8 * size) - 1 for size in range(_SIZE + 1)], dtype=np.uint64)
_ODD = 0x9E3779B97F4A7C15
_MOST_TRIES = 200
_MOST_BITS = 22


class Unusual(Exception):
    """The quick way does not vouch for this file; the strict way has to read it."""


def pieces_words(text: Bytes, begins: Ints, lengths: Ints) -> list[Words]:
    """The pieces cut into words of 8 bytes, the last one filled up with zeros.

    As no piece holds a zero byte, two pieces have the same words only if they are the same.
    Raises Unusual for a piece longer than LONGEST.
    """
    longest = int(lengths.max(initial=0))
    if longest > LONGEST:
        raise Unusual
    # A word begins at every byte, so that words overlap.
    overlapping = np.ndarray(len(text) - _SIZE + 1, dtype="<u8", buffer=text, strides=(1,))
    return [
        overlapping[begins + offset] & _MASKS[np.clip(lengths - offset, 0, _SIZE)]
        for offset in range(0, longest, _SIZE)
    ]


def mixed(words: Sequence[Words], like: Ints, salt: int = 0) -> Words:
    """One word for each piece; the same for equal pieces, nearly always another for others."""
    total = np.zeros(len(like), dtype=np.uint64)
    factor = _ODD + 2 * salt * 0x632BE59BD9B4E019
    for word in words:
        factor = factor * _ODD % 2**64
        total += word * np.uint64(factor | 1)
    return total


class Ids:
    """The ids of the projects by their bytes, found through a table without collisions.

    Raises Unusual where no such table is found.
    """

    def __init__(self, ids: Sequence[bytes]) -> None:
        self.longest = max(map(len, ids), default=0)
        joined = np.frombuffer(b"".join(ids) + bytes(SPARE), dtype=np.uint8)
        lengths = np.array([len(one) for one in ids], dtype=np.int64)
        self.words = pieces_words(joined, np.cumsum(lengths) - lengths, lengths)
        bits = min(_MOST_BITS, 2 * len(ids).bit_length() + 1)
        self.shift = np.uint64(64 - bits)
        for self.salt in range(_MOST_TRIES):
            slots = mixed(self.words, lengths, self.salt) >> self.shift
            if len(set(slots.tolist())) == len(ids):
                break
        else:
            raise Unusual
        self.table = np.zeros(2**bits, dtype=np.uint16)
        self.table[slots] = np.arange(len(ids))

    def places(self, text: Bytes, begins: Ints, lengths: Ints) -> NDArray[np.uint16]:
        """Which id each piece is, compared byte by byte. Raises Unusual for one that is none."""
        if not len(begins):
            return np.zeros(0, dtype=np.uint16)
        if lengths.min() < 1 or lengths.max() > self.longest:
            raise Unusual
        words = pieces_words(text, begins, lengths)
        found: NDArray[np.uint16] = self.table[mixed(words, lengths, self.salt) >> self.shift]
        absent = np.zeros(1, dtype=np.uint64)
        for place, known in enumerate(self.words):
            word = words[place] if place < len(words) else absent
            if not np.array_equal(known[found], np.broadcast_to(word, found.shape)):
                raise Unusual
        return found


def whole_numbers(text: Bytes, begins: Ints, lengths: Ints) -> Ints:
    """Pieces of digits as numbers. Raises Unusual for anything else, or more than 9 digits."""
    if not len(begins):
        return np.zeros(0, dtype=np.int64)
    if lengths.min() < 1 or lengths.max() > MOST_DIGITS:
        raise Unusual
    total = np.zeros(len(begins), dtype=np.int64)
    for offset in range(int(lengths.max())):
        is_there = lengths > offset
        digits = text[begins + offset] - np.uint8(ord("0"))
        if (digits[is_there] > 9).any():
            raise Unusual
        total = np.where(is_there, total * 10 + digits, total)
    return total
