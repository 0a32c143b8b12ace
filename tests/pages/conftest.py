"""The invented movement, made once, looked at by many; keys of elections in a folder of each test."""

from collections.abc import Iterator

import pytest
from django.utils import timezone

from config.postgres import WEB
from tests.pages import demo_urls  # read here, while DEMO is off: config.urls looks once
from tests.pages.movement import Movement, connected_to, copied_database, make_movement


@pytest.fixture(autouse=True)
def keys_folder(settings, tmp_path):
    settings.KEYS_DIR = tmp_path / "keys"
    return settings.KEYS_DIR


@pytest.fixture(scope="session")
def movement(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Movement]:
    """The movement as it is half a minute after the first start."""
    with django_db_blocker.unblock(), copied_database("demo") as database:
        yield make_movement(database, tmp_path_factory.mktemp("keys"), timezone.now())


@pytest.fixture
def inside(movement, django_db_blocker) -> Iterator[None]:
    """Ask the movement's database. To be set up before any transaction of a test begins."""
    with django_db_blocker.unblock(), connected_to(movement.database, WEB):
        yield


@pytest.fixture
def demo(inside, movement: Movement, db, settings, keys_folder) -> Movement:
    """The movement, asked by the role that serves pages; what a test changes is taken back."""
    settings.DEMO, settings.KEYS_DIR = True, movement.keys
    settings.ROOT_URLCONF = demo_urls.__name__
    return movement
