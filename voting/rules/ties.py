"""The order that decides between projects a rule cannot tell apart.

- `standard`: more votes first, then the lower cost, then the lower SHA-256 of the seed, one zero
  byte and the project id in UTF-8; the seed is empty.
- `seed:HEX`: the same with the seed written in hexadecimal, for example drawn in public.
- `lexico`: the project id as text, ascending by code point, and nothing else.
"""

import hashlib
import re
from collections.abc import Sequence

from voting.rules.faults import UnsupportedParameter
from voting.rules.model import Instance

_SEED = re.compile(r"seed:((?:[0-9a-fA-F]{2})+)")


def ranks(instance: Instance, votes: Sequence[int], tie_break: str) -> tuple[int, ...]:
    """The place of every project in the tie order, in instance order; 0 wins every tie.

    Raises UnsupportedParameter where `tie_break` is none of the three.
    """
    projects = instance.projects
    indices = range(len(projects))
    if tie_break == "lexico":
        order = sorted(indices, key=lambda index: projects[index].id)
    else:
        seed = _seed(tie_break)
        order = sorted(
            indices,
            key=lambda index: (
                -votes[index],
                projects[index].cost,
                hashlib.sha256(seed + b"\0" + projects[index].id.encode()).digest(),
            ),
        )
    places = [0] * len(projects)
    for place, index in enumerate(order):
        places[index] = place
    return tuple(places)


def _seed(tie_break: str) -> bytes:
    if tie_break == "standard":
        return b""
    match = _SEED.fullmatch(tie_break)
    if match is None:
        raise UnsupportedParameter(
            f"The tie-break {tie_break!r} is not known:"
            " use standard, lexico or seed: and an even number of hexadecimal digits."
        )
    return bytes.fromhex(match[1])
