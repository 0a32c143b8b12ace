"""Brings the database up to date as its owner, and gives the web role exactly what it needs."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections, transaction

from audit.queries import append_only_tables

KEPT_TABLES = ("hubs_term", "jobs_job")  # rows that change, and are never taken away


def grant_web_role(alias: str, role: str) -> None:
    """Rights of the role that serves pages: rows, never tables; and append-only stays append-only.

    In one transaction: a site that is running loses no right for a moment.
    """
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        quoted = connections[alias].ops.quote_name(role)
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quoted}")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quoted}")
        cursor.execute(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}"
        )
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {quoted}")
        for table in KEPT_TABLES:
            cursor.execute(f"REVOKE DELETE ON {table} FROM {quoted}")
        for table in append_only_tables():
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {quoted}")


class Command(BaseCommand):
    help = "Migrate as the owner (DATABASE_OWNER_URL) and grant the web role (DATABASE_URL) its rights."

    def handle(self, *args: Any, **options: Any) -> None:
        alias = "owner" if "owner" in settings.DATABASES else "default"
        call_command("migrate", database=alias, interactive=False, verbosity=options["verbosity"])
        if alias == "owner":
            grant_web_role(alias, settings.DATABASES["default"]["USER"])
        else:
            self.stderr.write(
                "One role for everything: set DATABASE_OWNER_URL to keep the trail append-only."
            )
