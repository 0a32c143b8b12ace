"""What the demo asks of Django before people come: `python -m config.demo_data FILE_FOR_PEOPLE [ELECTION.pb]`.

One process for all of it, because each start of Django takes a second or two.
"""

import io
import os
import sys
from pathlib import Path

import django
from django.core.management import CommandError, call_command
from django.db import connection

from config.preflight import step


def refuse_real_people() -> None:
    """A database whose members the demo did not make belongs to somebody: it is left alone."""
    with connection.cursor() as cursor:
        if "members_member" not in connection.introspection.table_names(cursor):
            return
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE email LIKE '%@demo.invalid') FROM members_member"
        )
        members, invented = cursor.fetchone() or (0, 0)
    if members and not invented:
        raise SystemExit(
            "Stopped: this database holds members whom the demo did not make. The demo lets anyone "
            "sign in as anyone; give it a database of its own."
        )


def load_election(path: str) -> str:
    """Bring in an election that somebody named; a bad file stops nothing. Returns what became of it."""
    said = io.StringIO()
    try:
        call_command("load_demo_election", path, stdout=said)
    except CommandError as refusal:
        return f"ELECTION was not loaded, and everything else is there: {refusal}"
    return said.getvalue().strip()


def main(people: Path, election: str = "") -> None:
    """Bring the tables up to date, fill them, and write down who can sign in."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with step("database tables and rights"):
        django.setup()
        refuse_real_people()
        call_command("prepare_database", verbosity=0)
    with step("sample data"):
        call_command("seed_demo")
        with people.open("w") as file:
            call_command("demo_people", stdout=file)
            if election:
                file.write(load_election(election) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
