"""What a task is, and who asks for theirs."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from hubs.models import Hub
from members.languages import Worded
from members.models import Member


class Task(NamedTuple):
    """One thing a member can do now.

    ``until`` is its deadline, None where it has none; ``about`` the title of what it is about.
    """

    what: str
    why: str
    url: str
    until: datetime | None = None
    hub: Hub | None = None
    about: Worded | None = None


class Visit(NamedTuple):
    """Who asks, when, in which languages they read, and the folder of keys of elections."""

    member: Member
    now: datetime
    chain: Sequence[str]
    keys: Path
