"""The bundle of a counted election: everything in it agrees, and a stranger's recount says so."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping

import pytest
from django.urls import reverse

from audit.canonical import canonical
from audit.models import CLOCK
from hubs.phases import Phase
from jobs.actions import request_job
from tests.factories import MONTH, NOON, make_round, pb_file
from tests.hubs.reading import page, words
from tests.voting.makers import (
    bring_in,
    cast,
    count,
    frozen,
    make_proposal,
    make_voters,
)  # fmt: skip
from voting.actions import close_election
from voting.canonical import Choices, encode_ballot
from voting.models import Election
from voting.queries import COUNT_TASK, bundle_of
from voting.verifier import verify

BALLOTS: list[Choices] = [
    ((0, 1), (2, 1)), ((0, 1), (3, 1)), ((0, 1), (2, 1)), ((1, 1), (2, 1)), ((1, 1),), (),
]  # fmt: skip
RULES = [
    {"rule": "equal-shares", "parameters": {"completion": "add1-greedy", "min_support": 1}},
    {"rule": "greedy", "parameters": {"order": "votes", "min_support": 1}},
    {"rule": "phragmen", "parameters": {"min_support": 1}},
]


@pytest.fixture
def vote(west, tmp_path) -> Callable[[int], Election]:
    """Holds an election over two lanes with so many ballots, closed and counted by three rules."""

    def hold(ballots: int) -> Election:
        begun = NOON - 2 * MONTH
        round_ = make_round(
            west, Phase.DELIBERATION, now=begun, lanes={"GENERAL": 50_000, "PARTNER": 30_000}
        )
        for title, lane, cost in (
            ("Well", "GENERAL", 30_000), ("School", "GENERAL", 40_000),
            ("=Library", "PARTNER", 20_000), ("Muséum; “ÿ”", "PARTNER", 10_000),
        ):  # fmt: skip
            make_proposal(round_, title, lane=lane, MONEY=cost)
        make_voters(ballots + 20)
        decides, *others = RULES
        election = frozen(round_, tmp_path, now=begun, comparisons=others, **decides)
        for number in range(ballots):
            choices = encode_ballot(BALLOTS[number % len(BALLOTS)])
            cast(election, bytes([number]) * 32, choices)
        close_election(election=election, closer=CLOCK, now=election.closes_at)
        count(request_job(kind=COUNT_TASK, subject=str(election.pk), now=NOON))
        return Election.objects.select_related("round__hub", "manifest").get(pk=election.pk)

    return hold


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def differences(files: Mapping[str, bytes]) -> list[str]:
    report = verify.verify(files, verify.Wanted(None, None, True))
    return [str(difference) for difference in report.differences]


def test_a_stranger_finds_that_everything_agrees(vote):
    files = members(bundle_of(vote(24)))
    assert set(files) == {
        "bundle.json", "election.json", "projects.csv", "ballots.ndjson", "tally.json",
        "lane-0.pb", "lane-1.pb",
    }  # fmt: skip
    assert "\n".join(differences(files)) == ""
    tallies = json.loads(files["tally.json"])
    assert len(tallies) == 6
    assert [("explanation" in t["outcome"]) for t in tallies] == [True, False, False] * 2
    explained = tallies[0]["outcome"]["explanation"]["projects"]
    assert any(entry["why"] and "more_votes" in entry for entry in explained.values())


def test_an_election_held_elsewhere_agrees_too(west):
    election, job = bring_in(make_round(west), pb_file())
    count(job)
    election = Election.objects.select_related("round__hub", "manifest").get(pk=election.pk)
    assert differences(members(bundle_of(election))) == []


def test_what_is_changed_in_an_explanation_is_named(vote):
    files = members(bundle_of(vote(24)))
    tallies = json.loads(files["tally.json"])
    for entry in tallies[0]["outcome"]["explanation"]["projects"].values():
        if entry["paid"]:
            entry["paid"][0]["voters"] += 1
            break
    files["tally.json"] = canonical(tallies)
    assert any("paid" in difference for difference in differences(files))


def test_the_same_election_gives_the_same_bytes(vote):
    election = vote(20)
    assert bundle_of(election) == bundle_of(election)


def test_everybody_can_take_it_once_there_is_a_result(vote, client):
    election = vote(20)
    answer = client.get(reverse("voting:bundle", args=[election.pk]))
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == f'attachment; filename="election-{election.pk}.zip"'
    assert members(answer.content) == members(bundle_of(election))


def test_below_twenty_ballots_nobody_can_because_ballots_could_name_their_voters(vote, client):
    election = vote(19)
    assert client.get(reverse("voting:bundle", args=[election.pk])).status_code == 404


@pytest.mark.parametrize(("ballots", "is_offered"), [(19, False), (20, True)])
def test_the_page_offers_it_or_says_why_there_is_none(vote, client, ballots, is_offered):
    election = vote(ballots)
    main = page(client.get(reverse("voting:election", args=[election.pk]))).main
    address = reverse("voting:bundle", args=[election.pk])
    assert main is not None
    assert (main.find("a", href=address) is not None) is is_offered
    assert ("Fewer than 20 ballots were cast" in words(main)) is not is_offered
