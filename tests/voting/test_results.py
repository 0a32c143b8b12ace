"""Nobody sees a result before the close; after it everybody sees the same one."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone

from audit.models import CLOCK, TrailEntry
from jobs.actions import fail_job, report_progress, take_job
from jobs.models import Job, JobState
from members.languages import Worded
from tests.factories import NOON, make_hub, make_member, make_term, pb_file, pb_text
from tests.hubs.reading import browser, cards, messages, page, queries_of, rows, words
from tests.voting.makers import bring_in, count, counted, make_election, tampering
from voting import actions
from voting.forms import read_election
from voting.models import Election, ElectionStatus, Item
from voting.permissions import can_see_election, can_see_results
from voting.queries import LaneResult, item_title, result_of

DRAFT, FROZEN, CLOSED = ElectionStatus
FAR = datetime(2100, 1, 2, tzinfo=UTC)
SECOND = timedelta(seconds=1)
BELOW = "The projects below were not funded; those with the most votes come first"
FOUNTAIN = {"name": "Fountain"}


@pytest.fixture
def everybody(ada, rui, ona, sec, root):
    return [AnonymousUser(), ada, rui, ona, sec, root]


@pytest.fixture
def ended(round_) -> Election:
    return counted(round_)


@pytest.fixture
def running(round_) -> Election:
    """Closed and counted by mistake, while its own end lies years ahead."""
    return counted(round_, pb_file(date_end="2099-12-31"), now=FAR)


def addresses(election: Election) -> dict[str, str]:
    pages = {
        name: reverse(f"voting:{name}", args=[election.pk]) for name in ("election", "progress")
    }
    return pages | {"result": reverse("api-v1:election-result", args=[election.pk])}


@pytest.mark.parametrize("status", ElectionStatus)
@pytest.mark.parametrize("late", [-SECOND, timedelta(0), SECOND])
def test_one_predicate_opens_the_results_of_what_is_closed_from_its_close_on(
    round_, everybody, status, late
):
    election = make_election(round_, status)
    now = election.closes_at + late
    visible = status == CLOSED and late >= timedelta(0)
    assert [can_see_results(who, election, now=now) for who in everybody] == [visible] * 6
    assert Election.objects.with_visible_results(now).contains(election) == visible


@pytest.mark.parametrize("status", ElectionStatus)
def test_an_election_is_public_from_its_freeze_on(round_, everybody, status):
    election = make_election(round_, status)
    seen = [can_see_election(who, election, now=NOON) for who in everybody]
    assert seen == [status != DRAFT] * 6


def test_a_draft_has_no_page_and_is_in_no_list(round_, ona):
    draft = make_election(round_)
    for address in addresses(draft).values():
        assert browser(ona).get(address).status_code in (403, 404)
    assert browser(ona).get("/api/v1/elections/").json()["results"] == []
    assert cards(page(browser(ona).get(reverse("pages:round", args=[round_.pk])))) == []


def test_before_the_close_no_page_and_no_program_shows_a_result(running, everybody):
    told = addresses(running)
    for who in everybody:
        seen = browser(who)
        assert seen.get(told["result"]).status_code == 403
        assert "HX-Refresh" not in seen.get(told["progress"])
        for name in ("election", "progress"):
            shown = page(seen.get(told[name]))
            assert shown.select("table") == []
            assert not {"Well", "School", "Library"} & set(words(shown).split())
        assert "Test election" not in cards(page(seen.get("/en/")))
        listed = seen.get("/api/v1/elections/").json()["results"]
        assert {name for entry in listed for name in entry} & {
            "outcome",
            "tallies",
            "winners",
        } == set()


def test_after_the_close_everybody_sees_the_result(ended, everybody):
    told = addresses(ended)
    answers = [browser(who).get(told["result"]).json() for who in everybody]
    assert answers == [answers[0]] * 6
    assert answers[0][0]["outcome"]["winners"] == ["a", "b"]
    for who in everybody:
        seen = browser(who)
        assert seen.get(told["progress"])["HX-Refresh"] == "true"
        assert rows(page(seen.get(told["election"])))[0][1].startswith("Funded, number 1")
        assert "Test election" in cards(page(seen.get("/en/")))


def test_the_page_lists_what_was_bought_in_order_and_then_the_rest_by_votes(client, round_):
    text = pb_text("1;c\n2;c\n3;c\n4;a\n5;b\n6;b\n", budget="90")
    election = counted(round_, read_election(text.encode()))
    shown = page(client.get(addresses(election)["election"]))
    assert rows(shown) == [
        ["Library c", "Funded, number 1", "3", "€60.00"],
        [BELOW],
        [
            "School b",
            "Not funded When its turn came, €30.00 of the budget was left, €20.00 less than it costs.",
            "2",
            "€50.00",
        ],
        [
            "Well a",
            "Not funded When its turn came, €30.00 of the budget was left, €10.00 less than it costs.",
            "1",
            "€40.00",
        ],
    ]
    told, of_the_lane = (
        {words(fact.dt): words(fact.dd) for fact in facts.select("div")}
        for facts in shown.select("main dl")[:2]
    )
    assert told == {
        "Counting rule": (
            "Most votes first How it works The project with the most votes is bought first, then the"
            " next, as long as the budget of the lane lasts. A project that costs more than what is"
            " left is passed over. What nobody chose is bought too where it fits. Ties are decided"
            " by the order of the project codes."
        ),
        "Ballots": "6",
        "Ballot format": "Approval: mark any number",
    }
    assert of_the_lane == {
        "Budget": "€90.00",
        "Spent": "€60.00",
        "Left": "€30.00",
        "Voters with nothing funded": "3 of 6 ( 50% ) chose none of the projects funded in this lane.",
    }


def test_points_stand_beside_votes_only_where_there_are_points(client, round_):
    text = pb_text("1;a,b;3,2\n2;c;5\n", "cumulative")
    election = counted(round_, read_election(text.encode()))
    assert rows(page(client.get(addresses(election)["election"]))) == [
        ["Library c", "Funded, number 1", "1", "5", "€60.00"],
        ["Well a", "Funded, number 2", "1", "3", "€40.00"],
        [BELOW],
        [
            "School b",
            "Not funded When its turn came, nothing of the budget was left.",
            "1",
            "2",
            "€50.00",
        ],
    ]


def test_other_rules_stand_beside_the_one_that_decides(client, round_):
    text = pb_text("".join(f"{voter};c\n" for voter in range(6)) + "6;a\n7;a\n8;b\n9;b\n")
    election = counted(round_, read_election(text.encode()))
    [result] = lanes_of(election)
    assert [(tally.rule, *tally.parameters.values()) for tally in result.others] == [
        ("equal-shares", "lexico", "cost"),
        ("equal-shares", "lexico", "cardinality"),
        ("greedy", "votes-per-cost", "lexico"),
    ]
    expected = {
        code: tuple(code in tally.outcome["winners"] for tally in result.others) for code in "abc"
    }
    assert {row.item.code: row.beside for row in result.rows} == expected
    assert len(set(expected.values())) > 1  # the rules do not all agree here
    beside = rows(page(client.get(addresses(election)["election"])), 2)
    assert {row[0]: tuple(cell == "Funded" for cell in row[2:]) for row in beside} == {
        {"a": "Well", "b": "School", "c": "Library"}[code]: bought
        for code, bought in expected.items()
    }


def test_a_result_adds_up(ended):
    result = result_of(ended, ("en",))
    assert result is not None
    assert (result.roll, result.ballots) == (4, 4)
    [lane] = result.lanes
    assert [(row.item.code, row.place, row.votes, row.score) for row in lane.rows] == [
        ("a", 1, 2, 2), ("b", 2, 2, 2), ("c", None, 1, 1),
    ]  # fmt: skip
    assert (lane.cost_minor, lane.left_minor) == (9_000, 1_000)
    assert lane.tally.decides
    assert not any(tally.decides for tally in lane.others)


def test_only_counts_of_what_was_accepted_are_shown(ended):
    with tampering("voting_tally"):
        ended.tallies.update(input_hash="0" * 64)
    assert result_of(ended, ("en",)) is None


def test_there_is_no_result_while_it_is_counted(round_):
    election, _job = bring_in(round_)
    assert result_of(election, ("en",)) is None


def lanes_of(election: Election) -> tuple[LaneResult, ...]:
    result = result_of(election, ("en",))
    return result.lanes if result else ()


def test_a_result_is_read_with_five_queries_however_many_projects_there_are(round_):
    def with_projects(number: int) -> Election:
        text = pb_text(budget="1000")
        more = "".join(f"p{place};{place};Project\n" for place in range(number - 3))
        file = read_election(text.replace("VOTES\n", f"{more}VOTES\n").encode())
        return Election.objects.get(pk=counted(round_, file).pk)

    asked = {}
    for number in (3, 100):
        election = with_projects(number)
        asked[number] = queries_of(lambda: result_of(election, ("en",)))  # noqa: B023
        assert len(lanes_of(election)[0].rows) == number
    assert asked == {3: 5, 100: 5}


def test_the_page_of_a_result_asks_the_same_whatever_its_size(client, round_):
    few = counted(round_)
    more = "".join(f"p{place};{place};Project\n" for place in range(97))
    many = counted(round_, read_election(pb_text().replace("VOTES\n", f"{more}VOTES\n").encode()))
    small, large = (
        queries_of(lambda: client.get(addresses(election)["election"]))  # noqa: B023
        for election in (few, many)
    )
    assert small == large


def test_the_list_of_elections_asks_the_same_for_many_as_for_one(client, round_):
    for address in ("/api/v1/elections/", reverse("pages:round", args=[round_.pk]), "/en/"):
        Job.objects.all().delete()
        counted(round_)
        few = queries_of(lambda: client.get(address))  # noqa: B023
        for _ in range(8):
            counted(round_)
        assert queries_of(lambda: client.get(address)) == few  # noqa: B023


def test_an_item_is_named_in_the_readers_language_else_in_its_own(round_):
    election = make_election(round_, title_language="da")
    item = election.items.get()
    for language, title in {"da": "Brønd", "ar": "بئر", "fr": ""}.items():
        item.texts.create(election=election, language=language, title=title)
    named = {
        chain: item_title(Item.objects.get(), chain, "da")
        for chain in ((), ("fr", "ar"), ("fr",), ("en",))
    }
    assert named == {
        (): Worded("Brønd", "da"),
        ("fr", "ar"): Worded("بئر", "ar"),
        ("fr",): Worded("Brønd", "da"),
        ("en",): Worded("Well", "en"),
    }
    item.texts.all().delete()
    assert item_title(Item.objects.get(), ("en",), "da") == Worded("a", "da")


@pytest.fixture
def waiting(round_) -> tuple[Election, Job]:
    return bring_in(round_)


def bar(soup) -> tuple[str, str] | None:
    """Value and maximum of the progress bar; None for one that does not know how far it is."""
    found = soup.select_one("#count-progress progress")
    return (str(found["value"]), str(found["max"])) if found else None


@pytest.mark.parametrize("name", ["election", "progress"])
def test_while_a_worker_counts_the_page_says_how_far_it_is(client, waiting, name):
    election, job = waiting
    address = addresses(election)[name]
    shown = page(client.get(address))
    assert words(shown.select_one("#count-progress-text")) == "Waiting for a worker"
    assert bar(shown) is None
    taken = take_job(job_id=job.pk, now=timezone.now())
    assert words(page(client.get(address)).select_one("#count-progress-text")) == "Working…"
    report_progress(job=taken, done=5, total=12, now=timezone.now())
    for _reload in range(2):
        shown = page(client.get(address))
        assert bar(shown) == ("5", "12")
        assert words(shown.select_one("#count-progress-text")) == "5 of 12"
    assert [tag["hx-get"] for tag in shown.select("[hx-get]")] == [addresses(election)["progress"]]


def test_the_page_asks_again_by_itself_with_and_without_javascript(client, waiting):
    election, job = waiting
    shown = page(client.get(addresses(election)["election"]))
    assert [tag["content"] for tag in shown.select('noscript meta[http-equiv="refresh"]')] == ["3"]
    assert len(shown.select("[hx-trigger]")) == 1
    count(job)
    shown = page(client.get(addresses(election)["election"]))
    assert shown.select('meta[http-equiv="refresh"], [hx-trigger]') == []


def test_what_comes_back_takes_the_place_of_all_of_the_count(client, waiting):
    election, _job = waiting
    shown, swapped = (
        page(client.get(addresses(election)[name])) for name in ("election", "progress")
    )
    assert len(shown.select("#count[hx-target=this] [hx-get][hx-swap=outerHTML]")) == 1
    assert [tag.get("id") for tag in swapped.find_all(recursive=False)] == ["count"]


RETRY = (
    "The count failed Nothing is lost: the ballots are kept as they were accepted."
    " The returning officer can have it tried again."
)
ALARM = (
    "The count failed What is stored is not what was accepted when the vote closed, or the same"
    " ballots gave another result than before. Nothing is published until this is explained:"
    " tell the operator and the overseers."
)


def fail(job: Job, code: str) -> None:
    taken = take_job(job_id=job.pk, now=timezone.now())
    fail_job(job=taken, error_code=code, error="secret", now=timezone.now())


@pytest.fixture
def failed(waiting: tuple[Election, Job]) -> Election:
    election, job = waiting
    fail(job, "WORKER_LOST")
    return election


@pytest.mark.parametrize(
    ("code", "said", "offered"),
    [
        ("WORKER_LOST", RETRY, {"ona"}),
        ("UNFORESEEN", RETRY, {"ona"}),
        ("ManifestMismatch", ALARM, set()),
        ("TallyDiffers", ALARM, set()),
    ],
)
def test_a_failed_count_says_what_is_next_and_offers_it_to_the_officer_alone(
    waiting, ada, rui, fay, ona, sec, root, code, said, offered
):
    election, job = waiting
    fail(job, code)
    people = {"ada": ada, "rui": rui, "fay": fay, "ona": ona, "sec": sec, "root": root}
    address = addresses(election)["election"]
    offered_to = set()
    for name, person in (people | {"visitor": AnonymousUser()}).items():
        shown = page(browser(person).get(address))
        assert words(shown.select_one("#count .message")) == said
        assert words(shown.select_one("#count code")) == code
        assert "secret" not in words(shown)
        if shown.select(f'form[action="{reverse("voting:recount", args=[election.pk])}"]'):
            offered_to.add(name)
    assert offered_to == offered


def test_only_the_officer_has_it_counted_again(client, failed, ada, rui, ona, sec, root):
    address = reverse("voting:recount", args=[failed.pk])
    stranger = make_member("Olga")
    make_term(stranger, make_hub("north"), "RETURNING_OFFICER")
    for person in (AnonymousUser(), ada, rui, sec, root, stranger):
        browser(person).post(address)
        assert Job.objects.get().state == JobState.FAILED
    assert browser(ona).get(address).status_code == 405
    response = browser(ona).post(address, follow=True)
    assert Job.objects.get().state == JobState.QUEUED
    entry = TrailEntry.objects.get(verb="recount_election")
    assert (entry.actor_id, entry.role) == (ona.pk, "RETURNING_OFFICER")
    assert (entry.target_type, entry.target_id) == ("voting.election", str(failed.pk))
    assert words(page(response).select_one("#count-progress-text")) == "Waiting for a worker"


@pytest.mark.parametrize("code", ["ManifestMismatch", "TallyDiffers"])
def test_an_alarm_is_not_counted_away_by_anyone_who_knows_the_address(waiting, ona, code):
    election, job = waiting
    fail(job, code)
    browser(ona).post(reverse("voting:recount", args=[election.pk]))
    job.refresh_from_db()
    assert (job.state, job.error_code) == (JobState.FAILED, code)
    assert not TrailEntry.objects.filter(verb="recount_election").exists()


def test_a_count_that_has_not_failed_is_not_begun_again(ended, ona):
    before = Job.objects.values().get()
    response = browser(ona).post(reverse("voting:recount", args=[ended.pk]), follow=True)
    assert messages(page(response)) == ["Nothing was changed: this count has not failed."]
    assert Job.objects.values().get() == before


def test_there_is_nothing_to_count_again_before_a_vote_is_over(round_, ona):
    election = make_election(round_, ElectionStatus.FROZEN)
    address = reverse("voting:recount", args=[election.pk])
    assert browser(ona).post(address).status_code == 404
    with pytest.raises(actions.NoCount):
        actions.recount_election(election=election, asker=CLOCK, now=NOON)
    assert not TrailEntry.objects.filter(verb="recount_election").exists()


def test_the_api_tells_how_far_the_count_is(client, waiting):
    election, job = waiting
    address = f"/api/v1/elections/{election.pk}/"
    assert client.get(address).json()["count"] == {"state": "QUEUED", "done": 0, "total": 0}
    taken = take_job(job_id=job.pk, now=timezone.now())
    report_progress(job=taken, done=5, total=12, now=timezone.now())
    assert client.get(address).json()["count"] == {"state": "RUNNING", "done": 5, "total": 12}
    assert client.get(addresses(election)["result"]).status_code == 404


def test_what_equal_shares_left_over_is_not_called_too_small_a_budget(client, round_):
    text = pb_text("1;a\n2;b\n3;b\n4;b\n", rule="equalshares")
    shown = page(client.get(addresses(counted(round_, read_election(text.encode())))["election"]))
    assert [row[:2] for row in rows(shown)] == [
        ["School b", "Funded, number 1 3 voters paid €16.67 each for it. That is as if 3 voters had paid in full."],
        [BELOW],
        ["Well a", "Not funded Those who chose it had €25.00 left together, €15.00 less than it costs."],
        ["Library c", "Not funded Nobody chose it."],
    ]  # fmt: skip
