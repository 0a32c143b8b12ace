"""Triggers that nobody can wave off: what the database itself refuses."""

from collections.abc import Collection, Mapping
from typing import Any

import pgtrigger
from django.db import models
from pgtrigger import compiler


class GuardSql(compiler.UpsertTriggerSql):  # type: ignore[misc]  # pgtrigger is not typed for us
    """The library's trigger without its bypass.

    django-pgtrigger lets any session name triggers to ignore (``pgtrigger.ignore``), which would let
    the web role rewrite a frozen election; asking about it also costs a subtransaction a row, which
    made the import of a city's ballots thirty times slower.
    """

    def get_template(self) -> str:
        return """
            CREATE OR REPLACE FUNCTION {pgid}()
            RETURNS TRIGGER AS $$
                {declare}
                BEGIN
                    {func}
                END;
            $$ LANGUAGE plpgsql;

            DROP TRIGGER IF EXISTS {pgid} ON {table};
            CREATE {constraint} TRIGGER {pgid}
                {when} {operation} ON {table}
                {timing}
                {referencing}
                FOR EACH {level} {condition}
                EXECUTE PROCEDURE {execute};

            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
        """


class Guard(pgtrigger.Trigger):  # type: ignore[misc]  # as above
    """A trigger declared in ``Meta.triggers`` and migrated like any other, without a bypass."""

    def compile(self, model: type[models.Model]) -> Any:
        compiled = super().compile(model)
        parts = {
            key: value for key, value in compiled.sql.kwargs.items() if key != "ignore_func_name"
        }
        return compiler.Trigger(name=self.name, sql=GuardSql(**parts))


def moves_along(moves: Mapping[str, Collection[str]], *, thing: str) -> Guard:
    """The trigger of a table whose ``status`` only moves as ``moves`` says: from one to any of several.

    ``thing`` begins its refusal: "proposals: a proposal".
    """
    pairs = ", ".join(
        f"('{before!s}', '{after!s}')" for before in moves for after in sorted(moves[before])
    )
    return Guard(
        name="status_moves_along_the_table",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            f"OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN ({pairs})"
        ),
        func=f"RAISE EXCEPTION '{thing} does not move from % to %', OLD.status, NEW.status;",
    )
