"""The command line, run in this process."""

import json

import pytest

from tests.voting.rules.pb_files import THREE
from voting.rules.__main__ import main


@pytest.fixture
def run(tmp_path, capsys):
    """(status, output, errors) of the command in this process; {pb} and {json} name its files."""

    def run(*arguments, election=THREE, limits=None):
        file, other = tmp_path / "election.pb", tmp_path / "limits.json"
        file.write_bytes(election if isinstance(election, bytes) else election.encode())
        if limits is not None:
            other.write_bytes(limits if isinstance(limits, bytes) else json.dumps(limits).encode())
            arguments = (*arguments, "--constraints", str(other))
        status = main([argument.format(pb=file) for argument in arguments])
        written = capsys.readouterr()
        return status, written.out, written.err

    return run


@pytest.fixture
def counted(run):
    """The JSON of a count that succeeds."""

    def counted(*options, election=THREE, limits=None):
        if limits is not None:
            limits = {"format": "constraints/1"} | limits
        status, output, errors = run(
            "count", "{pb}", *options, "--json", election=election, limits=limits
        )
        assert status == 0, errors
        return json.loads(output)

    return counted


@pytest.fixture
def refused(run):
    """The one sentence of a refusal."""

    def refused(*arguments, **files):
        status, output, errors = run(*arguments, **files)
        assert (status, output) == (2, "")
        assert errors.count("\n") == 1
        assert errors.endswith((".\n", ".'\n")), errors
        assert "Traceback" not in errors
        return errors

    return refused
