"""Runs a check that reads the settings but needs no server: `python -m config.offline lint-imports`."""

import os
import sys
from pathlib import Path

# Settings of a production site that nobody runs. What a shell or an .env file says is not heard,
# so that a check finds the same on every machine.
ENVIRONMENT = {
    "DEBUG": "0",
    "DEMO": "0",
    "TESTING": "0",
    "SECURE_PROXY": "1",
    "SECRET_KEY": "".join(f"{number:02d}check" for number in range(10)),
    "SITE_URL": "https://commonpurse.example.org",
    "ALLOWED_HOSTS": "commonpurse.example.org",
    "CSRF_TRUSTED_ORIGINS": "",
    # Nothing listens there: a check that asks a server fails at once.
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "DATABASE_OWNER_URL": "",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "KEYS_DIR": "/srv/keys",
    "MEDIA_DIR": "/srv/media",
    "BOARD_DIR": "/srv/board",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "WIKIMEDIA_CLIENT_ID": "",
    "WIKIMEDIA_CLIENT_SECRET": "",
    "LOG_LEVEL": "WARNING",
    # makemigrations warns that it could not ask the database, which is what we want here.
    "PYTHONWARNINGS": "ignore:Got an error checking a consistent migration history:RuntimeWarning",
}


def main(arguments: list[str]) -> None:
    """Become the command."""
    programs = Path(sys.executable).parent
    name, *rest = arguments
    command = [sys.executable, name] if name.endswith(".py") else [str(programs / name)]
    os.execve(command[0], [*command, *rest], {**os.environ, **ENVIRONMENT})  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
