"""The invented movement, for the tests of the demo: made once, looked at by many."""

from collections.abc import Iterator

import pytest
from django.conf import settings

from config.postgres import WEB
from tests.pages.movement import Movement, connected_to, copied_database, make_movement


@pytest.fixture(scope="session")
def movement(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Movement]:
    """The movement as it is half a minute after the first start."""
    before = settings.KEYS_DIR
    with django_db_blocker.unblock(), copied_database("demo") as database:
        made = make_movement(database, tmp_path_factory.mktemp("keys"))
        settings.KEYS_DIR = before
        yield made


@pytest.fixture(scope="module")
def _inside(movement, django_db_blocker) -> Iterator[None]:
    """Before any transaction of a test begins, and for all tests of a module."""
    before, settings.KEYS_DIR = settings.KEYS_DIR, movement.keys
    with django_db_blocker.unblock(), connected_to(movement.database, WEB):
        yield
    settings.KEYS_DIR = before


@pytest.fixture
def demo(_inside, movement, db, settings) -> Movement:
    """The movement, asked by the role that serves pages; what a test changes is taken back."""
    settings.DEMO = True
    return movement
