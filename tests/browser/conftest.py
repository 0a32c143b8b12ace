"""A browser that notices what goes wrong, the people who use it, and a worker that counts."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, sync_playwright

from config.preflight import ROOT
from hubs.models import SeatFunction
from members.actions import send_next_message
from members.models import Member
from members.tasks import deliver
from tests.browser.tab import Tab
from tests.factories import make_hub, make_member, make_round, make_seat, make_term
from tests.test_messages_shown import pseudo_locale as pseudo_locale


@pytest.fixture(scope="session")
def browser(chromium) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield found
        found.close()


@pytest.fixture(params=["en", "ar"])
def code(request):
    """The language of the interface."""
    return request.param


@pytest.fixture
def open_tab(browser, live_server, code):
    """Open the site in a browser of somebody's own; everything that went wrong in it is asserted."""
    tabs = []

    def open_for(member: Member | None = None, **options) -> Tab:
        context = browser.new_context(locale=code, reduced_motion="reduce", **options)
        context.set_default_timeout(10_000)
        if member is not None:
            context.add_cookies([session_of(member, live_server.url)])
        scripts = options.get("java_script_enabled", True)
        tabs.append(Tab(context.new_page(), live_server.url, code, scripts=scripts))
        return tabs[-1]

    yield open_for
    complaints = [complaint for tab in tabs for complaint in tab.complaints]
    for tab in tabs:
        tab.page.context.close()
    assert complaints == [], "\n".join(complaints)


def session_of(member: Member, url: str):
    """The cookie of a member who has signed in."""
    client = Client()
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


@pytest.fixture
def west(transactional_db):
    """A hub with names in both languages of the tests and a free seat."""
    hub = make_hub(
        "west",
        countries="DK FR",
        name_en="Northern and Western Europe",
        name_ar="شمال وغرب أوروبا",
        about_en="From the Faroe Islands to Malta.",
    )
    make_seat(hub, SeatFunction.TREASURER)
    return hub


@pytest.fixture
def round_(west):
    return make_round(west, title_en="Round of 2026", title_ar="جولة 2026")


@pytest.fixture
def busy(west) -> Member:
    """Somebody who chairs the hub, plans its rounds and brings in its elections."""
    member = make_member("Zoé", email="zoe@example.org", home_country="DK", reads=["en"])
    for function in (
        SeatFunction.CHAIR,
        SeatFunction.FACILITATOR,
        SeatFunction.RETURNING_OFFICER,
    ):
        make_term(member, west, function)
    return member


@pytest.fixture
def last_mail(transactional_db):
    """Send what waits in the outbox, as the worker does, and return the last mail."""

    def send():
        while send_next_message(send=deliver, now=timezone.now()):
            pass
        return mail.outbox[-1]

    return send


@pytest.fixture
def worker():
    """A real Celery worker for the time of a block, on the database of the tests."""

    @contextmanager
    def working():
        database = urlsplit(os.environ["DATABASE_URL"])
        database = database._replace(path=f"/{connection.settings_dict['NAME']}")
        command = "celery -A config.celery worker --pool=solo --loglevel=WARNING"
        process = subprocess.Popen(
            [sys.executable, "-m", *command.split(), "--without-gossip", "--without-mingle"],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": database.geturl()},
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(20)

    return working
