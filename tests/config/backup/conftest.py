"""A site with an open vote, and another machine to restore it on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.saving import Saved
from tests.config.backup.makers import another_database, back_up
from tests.factories import make_hub, make_member, make_round
from tests.voting.voters import anybody, cast, open_vote
from voting.models import Election


@pytest.fixture(autouse=True)
def places(settings, tmp_path: Path) -> Path:
    """The folders of a site, each of the test's own."""
    for name in ("KEYS_DIR", "MEDIA_ROOT", "BOARD_DIR", "BACKUP_DIR", "BACKUP_KEYS_DIR"):
        setattr(settings, name, tmp_path / name.lower())
    return tmp_path


@pytest.fixture
def election() -> Election:
    return open_vote(make_round(make_hub("west")), make_member("Ada"))


@pytest.fixture
def on_another_machine(settings, places):
    """What is done inside is done where the database is empty, without keys and uploads."""

    @contextmanager
    def there() -> Iterator[None]:
        settings.KEYS_DIR, settings.MEDIA_ROOT = places / "other_keys", places / "other_media"
        with another_database():
            yield

    return there


@pytest.fixture
def saved(settings, election) -> Saved:
    cast(election, anybody(), 0)
    return back_up(settings)
