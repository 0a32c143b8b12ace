"""`manage.py import_election`: what it refuses and why, what it only warns of, what it prints."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit.models import TrailEntry
from jobs.models import Job
from tests.factories import make_round, pb_text
from voting.models import Ballot, Election, Item, RollEntry

PLAIN = pb_text()
META_COMES_FIRST = "The section PROJECTS comes too early; META must come first."
NO_VOTES = "The section VOTES is missing; the file may be cut short."


@pytest.fixture
def handed_in(round_, tmp_path):
    """Hands in a file of the round; returns what was said on stdout and on stderr."""

    def hand_in(content: str | bytes, **options) -> tuple[str, str]:
        path = tmp_path / "election.pb"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        out, err = StringIO(), StringIO()
        told = {"round": round_.pk} | options
        call_command("import_election", str(path), **told, stdout=out, stderr=err)
        return out.getvalue(), err.getvalue()

    return hand_in


def rows() -> int:
    return sum(
        kind.objects.count() for kind in (Election, Item, RollEntry, Ballot, Job, TrailEntry)
    )


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (PLAIN[PLAIN.index("PROJECTS") :], 1, META_COMES_FIRST),
        (PLAIN.replace("VOTES", "BALLOTS"), 21, "The row has 1 cells where its header has 3."),
        (PLAIN.replace("c;60", "a;60"), 20, "The project 'a' is listed twice."),
        (PLAIN + "5;d\n", 27, "The vote names 'd', which is not in the section PROJECTS."),
        (PLAIN.replace("b;50", "b;-50"), 19, "The cost '-50' is negative."),
        (PLAIN.replace("b;50", "b;fifty"), 19, "The cost 'fifty' is not a number."),
        (PLAIN.replace("School", "Skøn").encode("latin-1"), 19, "The text is not UTF-8."),
        (PLAIN[: PLAIN.index("VOTES")], 20, NO_VOTES),
        (PLAIN[:-3], 26, "The row has 1 cells where its header has 2."),
        ("", 1, "The section META is missing; the file may be cut short."),
        (
            PLAIN.replace("budget;100\n", ""),
            1,
            "The section META has no budget, which is needed to count.",
        ),
    ],
)
def test_a_bad_file_is_refused_with_its_line_and_reason_and_leaves_nothing(
    handed_in, tmp_path, content, line, reason
):
    with pytest.raises(CommandError) as refusal:
        handed_in(content)
    assert str(refusal.value) == f"{tmp_path}/election.pb, line {line}: {reason}"
    assert rows() == 0


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (PLAIN.replace("100\n", f"{10**17}\n"), "A cost or the budget is larger than 10**18"),
        (PLAIN[: PLAIN.index("a;40")] + "VOTES\nvoter_id;vote\n", "The file has no projects."),
    ],
)
def test_a_file_that_cannot_be_stored_is_refused_whole(handed_in, content, reason):
    with pytest.raises(CommandError, match=reason.replace("*", r"\*")):
        handed_in(content)
    assert rows() == 0


@pytest.mark.parametrize(
    ("content", "warning"),
    [
        (
            pb_text(flavour="mild"),
            "line 16: The section META has flavour, which is not part of the format.",
        ),
        (pb_text(num_votes="9"), "line 8: The file says 9 votes and holds 4."),
        (
            pb_text("1;a\n1;b\n"),
            "line 24: Voter ids are used again in 1 rows; every row is counted.",
        ),
        (
            pb_text("1;a,a\n2;b\n"),
            "line 23: A project is named twice in one vote in 1 rows; it counts once.",
        ),
        (PLAIN[:-1], "line 26: The last line has no line break; the file may be cut short."),
    ],
)
def test_what_is_only_odd_is_warned_of_and_the_election_comes_in(handed_in, content, warning):
    out, err = handed_in(content, json=True)
    assert err == f"warning: {warning}\n"
    assert json.loads(out)["warnings"] == [warning]
    assert Election.objects.get().ballots.count() == json.loads(out)["ballots"]


def test_json_is_one_object_on_one_line(handed_in, round_):
    out, err = handed_in(PLAIN, json=True)
    election, job = Election.objects.get(), Job.objects.get()
    assert (out.count("\n"), err) == (1, "")
    assert json.loads(out) == {
        "election": str(election.pk),
        "round": round_.pk,
        "projects": 3,
        "ballots": 4,
        "currency": "EUR",
        "decimals": 2,
        "lanes": [{"kind": "GENERAL", "budget_minor": 10_000}],
        "warnings": [],
        "job": {"id": str(job.pk), "state": "QUEUED", "error_code": ""},
        "tallies": [],
    }


def test_for_people_it_is_said_in_words(handed_in):
    out, err = handed_in(PLAIN)
    election = Election.objects.get()
    assert (out, err) == (
        f"Election {election.pk}: 3 projects, 4 ballots.\nThe count is QUEUED.\n",
        "",
    )
    assert TrailEntry.objects.get(verb="import_election").role == "OPERATOR"


def test_a_round_that_is_not_there_is_answered_with_those_that_are(handed_in, round_, west):
    other = make_round(west)
    with pytest.raises(CommandError) as refusal:
        handed_in(PLAIN, round=other.pk + 1)
    said = f"There is no round {other.pk + 1}. Rounds: {round_.pk}, {other.pk}."
    assert str(refusal.value) == said
    assert rows() == 0


def test_where_there_is_no_round_yet_that_is_said(db, tmp_path):
    path = tmp_path / "election.pb"
    path.write_text(PLAIN)
    with pytest.raises(CommandError) as refusal:
        call_command("import_election", str(path), round=7)
    assert str(refusal.value) == "There is no round 7. Rounds: none yet."


@pytest.mark.parametrize(
    ("name", "reason"), [("gone.pb", "No such file or directory"), (".", "Is a directory")]
)
def test_a_file_that_cannot_be_read_is_said(round_, tmp_path, name, reason):
    with pytest.raises(CommandError) as refusal:
        call_command("import_election", str(tmp_path / name), round=round_.pk)
    assert str(refusal.value) == f"{tmp_path / name} cannot be read: {reason}"


@pytest.mark.parametrize(
    ("options", "points"),
    [({}, "from-one"), ({"ranking_points": "from-zero"}, "from-zero")],
)
def test_the_points_of_a_ranking_can_be_chosen(handed_in, options, points):
    handed_in(pb_text("1;c,a\n", "ordinal"), **options)
    assert Election.objects.get().parameters["ranking_points"] == points


def test_points_nobody_knows_are_refused_on_the_command_line(round_, tmp_path):
    with pytest.raises(CommandError, match="invalid choice: 'from-two'"):
        call_command("import_election", "x.pb", f"--round={round_.pk}", "--ranking-points=from-two")
