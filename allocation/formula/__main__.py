"""python -m allocation.formula FILE.json [--json]: recompute an apportionment anywhere.

Exit status 0 with the result, or 2 with the reason. Nothing but Python is needed.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from allocation.formula.apportionment import Result, apportion
from allocation.formula.document import read_document, result_document
from allocation.formula.errors import FormulaError
from allocation.formula.model import bad_formula


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the file, apportion, write the result to standard output; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m allocation.formula", description="Share a pool among hubs by a formula."
    )
    parser.add_argument("file", type=Path, help="an apportionment/1 in JSON")
    parser.add_argument(
        "--json", action="store_true", help="write JSON, the reason of a refusal included"
    )
    options = parser.parse_args(arguments)
    try:
        pool, formula, hubs = read_document(_load(options.file))
        result = apportion(hubs, formula, pool)
    except FormulaError as refusal:
        if options.json:
            sys.stdout.write(_canonical(refusal.document()))
        else:
            sys.stderr.write(f"{refusal}\n")
        return 2
    sys.stdout.write(_canonical(result_document(result)) if options.json else _table(result))
    return 0


def _load(path: Path) -> object:
    try:
        return json.loads(path.read_bytes(), object_pairs_hook=_no_name_twice)
    except OSError as error:
        raise bad_formula("file", path, "readable") from error
    except (ValueError, RecursionError) as error:
        raise bad_formula("file", error, "JSON in UTF-8 that names nothing twice") from error


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return names


def _canonical(document: object) -> str:
    return json.dumps(document, sort_keys=True, indent=2, allow_nan=False) + "\n"


def _table(result: Result) -> str:
    rows = [("hub", "amount", "for the South")]
    rows += [
        (code, str(amount), str(result.south_earmarks[code]))
        for code, amount in result.allocations.items()
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "".join(
        f"{code:<{widths[0]}}  {amount:>{widths[1]}}  {south:>{widths[2]}}\n"
        for code, amount, south in rows
    )


if __name__ == "__main__":
    sys.exit(main())
