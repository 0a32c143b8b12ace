"""The page that brings an election in: for the returning officer, whole or with the reason why not."""

import string

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from jobs.models import Job
from tests.factories import make_hub, make_round, pb_text
from tests.hubs.reading import browser, complaints, messages, offered, open_to, page, typed
from voting.forms import FAULTS, MAX_BYTES
from voting.models import Ballot, Election
from voting.rules.pabulib import MESSAGES


@pytest.fixture
def people(ada, rui, fay, ona, sec, root):
    return {
        "ada": ada, "rui": rui, "fay": fay, "ona": ona, "sec": sec, "root": root,
        "visitor": AnonymousUser(),
    }  # fmt: skip


@pytest.fixture
def address(round_) -> str:
    return reverse("voting:import_election", args=[round_.pk])


def sent(content: str | bytes, **fields: str) -> dict[str, object]:
    data = content if isinstance(content, bytes) else content.encode()
    return {"file": SimpleUploadedFile("election.pb", data), **fields}


def test_only_the_returning_officer_of_the_hub_brings_elections_in(people, round_, address):
    assert open_to(people, address) == open_to(people, address, "post") == {"ona"}
    assert offered(people, reverse("pages:round", args=[round_.pk]), address) == {"ona"}
    elsewhere = make_round(make_hub("north"))
    assert open_to(people, reverse("voting:import_election", args=[elsewhere.pk])) == set()


def test_nobody_else_brings_one_in_by_sending_a_file(people, address):
    for name in people.keys() - {"ona"}:
        browser(people[name]).post(address, sent(pb_text()))
    assert not Election.objects.exists()


def test_a_file_comes_in_with_its_warnings_and_a_page_that_waits(client, ona, round_, address):
    client.force_login(ona)
    text = pb_text("1;a,a\n1;b\n", num_votes="9")
    response = client.post(address, sent(text), follow=True)
    election = Election.objects.get()
    assert response.request["PATH_INFO"] == reverse("voting:election", args=[election.pk])
    assert messages(page(response)) == [
        "Line 8: The file says 9 votes and holds 2.",
        "Line 24: Voter ids are used again in 1 rows; every row is counted.",
        "Line 23: A project is named twice in one vote in 1 rows; it counts once.",
    ]
    assert (election.round, election.ballots.count()) == (round_, 2)
    assert Job.objects.get().subject == str(election.pk)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (pb_text("1;d\n"), "Line 23: The vote names “d”, which is not in the section PROJECTS."),
        (
            pb_text()[: pb_text().index("VOTES")],
            "Line 20: The section VOTES is missing; the file may be cut short.",
        ),
        (pb_text().replace("a;40", "a;-1"), "Line 18: “-1” in “cost” is negative."),
        (
            pb_text().replace("a;40", "a;<b>"),
            "Line 18: “<b>” in “cost” is not a number.",
        ),
        (b"\xff\n", "Line 1: The text is not UTF-8."),
        (b"", "The submitted file is empty."),
        (
            pb_text(budget=str(10**18)),
            "An amount in the file is too large to be stored.",
        ),
        (
            "META\nkey;value\nvote_type;approval\nbudget;1\n"
            "PROJECTS\nproject_id;cost\nVOTES\nvoter_id;vote\n",
            "The file has no projects.",
        ),
        (b" " * (MAX_BYTES + 1), "The file is larger than 16 megabytes."),
    ],
    ids=lambda found: found[:20] if isinstance(found, str) else "",
)
def test_a_file_that_is_refused_says_where_and_why_and_stores_nothing(
    client, ona, address, content, sentence
):
    client.force_login(ona)
    found = page(client.post(address, sent(content, ranking_points="from-zero")))
    assert complaints(found) == [f"Election file (.pb): {sentence}"]
    assert typed(found) == {"ranking_points": "from-zero"}
    assert not Election.objects.exists()
    assert not Job.objects.exists()


def test_of_many_warnings_the_first_twenty_are_shown(client, ona, address):
    client.force_login(ona)
    odd = {f"key{number}": "x" for number in range(30)}
    shown = messages(page(client.post(address, sent(pb_text(**odd)), follow=True)))
    assert shown == [
        f"Line {16 + number}: The section META has “key{number}”, which is not part of the format."
        for number in range(20)
    ]


def test_a_file_of_exactly_the_largest_size_is_read(client, ona, address):
    client.force_login(ona)
    found = page(client.post(address, sent(b" " * MAX_BYTES)))
    assert complaints(found) != ["Election file (.pb): The file is larger than 16 megabytes."]


def test_without_a_file_nothing_happens(client, ona, address):
    client.force_login(ona)
    found = page(client.post(address, {"ranking_points": "from-one"}))
    assert complaints(found) == ["Election file (.pb): This field is required."]


@pytest.mark.parametrize(
    ("fields", "points"),
    [({}, "from-one"), ({"ranking_points": ""}, "from-one"), ({"ranking_points": "from-zero"}, "from-zero")],
)  # fmt: skip
def test_the_points_of_a_ranking_are_chosen_on_the_page(client, ona, address, fields, points):
    client.force_login(ona)
    client.post(address, sent(pb_text("1;c,a\n", "ordinal"), **fields))
    assert Election.objects.get().parameters["ranking_points"] == points


def test_two_imports_of_one_file_are_two_elections(client, ona, address):
    client.force_login(ona)
    for _ in range(2):
        client.post(address, sent(pb_text()))
    assert (Election.objects.count(), Job.objects.count(), Ballot.objects.count()) == (2, 2, 8)


def test_every_fault_of_the_reader_has_a_sentence_with_the_same_gaps():
    def gaps(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    def named(text: str) -> set[str]:
        return {part.split(")s")[0] for part in text.split("%(")[1:]}

    assert {code: named(str(FAULTS[code])) for code in FAULTS} == {
        code: gaps(text) for code, text in MESSAGES.items()
    }
