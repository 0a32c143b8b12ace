"""The pytest plugin that gives the tests real servers, and says when browser tests were left out."""

import os
import shutil
import signal
from collections.abc import Generator

import pytest

from config.preflight import VAR, Problem
from config.services import Services, redis_url_of_worker, temporary

INSTALL_CHROMIUM = "sudo apt-get install --no-install-recommends -y chromium fonts-noto-core"
NO_CHROMIUM = "no Chromium"
NEEDS_CHROMIUM = f"{NO_CHROMIUM} is installed; install it with: {INSTALL_CHROMIUM}"

_services: Services | None = None
_left_out = 0


def find_chromium() -> str | None:
    """Return the browser the browser tests drive."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((found for name in names if (found := shutil.which(name))), None)


def on_ci() -> bool:
    """Tell whether this is the run that must not leave anything out."""
    return os.environ.get("CI", "").lower() in ("1", "true")


def worker_number() -> int | None:
    """Return the number of this xdist worker, None in the process the person started."""
    name = os.environ.get("PYTEST_XDIST_WORKER", "")
    return int(name.removeprefix("gw")) if name else None


def test_environment() -> dict[str, str]:
    """Return settings of the tests' own: an .env file or a shell must not change what they see."""
    return {
        "TESTING": "1",
        "DEBUG": "0",
        "DEMO": "0",
        "SECURE_PROXY": "0",
        "SECRET_KEY": "known-to-everybody-and-used-by-the-tests-only-" + "0" * 20,
        "SITE_URL": "http://localhost:8000",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "CSRF_TRUSTED_ORIGINS": "",
        "DATABASE_OWNER_URL": "",
        "KEYS_DIR": "",
        "MEDIA_DIR": "",
        "BOARD_DIR": "",
        "BACKUP_DIR": "",
        "BACKUP_KEYS_DIR": "",
        "WIKIMEDIA_CLIENT_ID": "",
        "WIKIMEDIA_CLIENT_SECRET": "",
        "LOG_LEVEL": "WARNING",
        # Playwright runs an event loop in the thread that also asks the database.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    }


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Start the servers before anything reads Django's settings."""
    global _services
    worker = worker_number()
    if worker is None:
        (VAR / "static").mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is not
        os.environ.update(test_environment())
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            _services = temporary().start()
        except Problem as problem:
            raise pytest.UsageError(str(problem)) from problem
        os.environ.update(_services.environ(test=True))
    else:
        os.environ["REDIS_URL"] = redis_url_of_worker(os.environ["REDIS_URL"], worker)
    return (yield)


def pytest_unconfigure() -> None:
    """Stop the servers with the run that started them."""
    global _services
    services, _services = _services, None
    if services is not None:
        services.stop()
    if _left_out:  # said here and not in the summary, because this is the last line of all
        print(
            f"{_left_out} browser tests were left out, for want of Chromium. "
            f"This installs it: {INSTALL_CHROMIUM}"
        )


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of the browser."""
    found = find_chromium()
    assert found, NEEDS_CHROMIUM  # noqa: S101 - pytest_runtest_setup has seen to it
    return found


@pytest.hookimpl(tryfirst=True)  # before a fixture starts the browser
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave a browser test out where there is no browser; on CI that is a failure."""
    if item.get_closest_marker("browser") is None or find_chromium():
        return
    if on_ci():
        pytest.fail(NEEDS_CHROMIUM, pytrace=False)
    pytest.skip(NEEDS_CHROMIUM)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count the browser tests that were left out."""
    global _left_out
    skipped = terminalreporter.stats.get("skipped", [])
    _left_out = sum(NO_CHROMIUM in str(report.longrepr) for report in skipped)
