"""What the demo asks of Django before people come: `python -m config.demo_data FILE_FOR_PEOPLE`.

One process for all of it, because each start of Django takes a second or two.
"""

import os
import sys
from pathlib import Path

import django
from django.core.management import call_command

from config.preflight import step


def main(people: Path) -> None:
    """Bring the tables up to date, fill them, and write down who can sign in."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with step("database tables and rights"):
        django.setup()
        call_command("prepare_database", verbosity=0)
    with step("sample data"):
        call_command("seed_demo")
        with people.open("w") as file:
            call_command("demo_people", stdout=file)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
