"""The voting booth, as people without JavaScript go through it."""

import gzip
import re
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import make_member, make_round
from tests.hubs.reading import browser, open_to, page, queries_of, words
from tests.voting.makers import bring_in, make_election
from tests.voting.voters import HOUR, cast, end_now, in_force, marks, open_vote, voter
from voting import actions
from voting.models import Ballot, BallotDraft, Election
from voting.queries import draft_of

STAGES = ("vote", "review", "cast_ballot", "receipt", "discard_draft")


@pytest.fixture
def election(round_, ada) -> Election:
    return open_vote(round_, ada)


@pytest.fixture
def client(ada) -> Client:
    return browser(ada)


def at(election: Election, stage: str = "vote") -> str:
    return reverse(f"voting:{stage}", args=[election.pk])


def boxes(soup) -> dict[str, bool]:
    """The items of the paper by title, and whether they are marked."""
    return {
        words(soup.select_one(f'label[for="{box["id"]}"]')): box.has_attr("checked")
        for box in soup.select("input[name=item][type=checkbox]")
    }


def only(soup, selector: str):
    """The one thing of its kind on the page."""
    [found] = soup.select(selector)
    return found


def send_review(client: Client, soup):
    """Press the one button of the review page."""
    form = soup.select_one('form[action$="/vote/cast/"]')
    fields = form.select("input[type=hidden]")
    data: dict[str, list[str]] = {}
    for field in fields:
        data.setdefault(str(field["name"]), []).append(str(field.get("value", "")))
    assert len(form.select("button")) == 1
    return client.post(form["action"], data)


def chips(soup) -> list[str]:
    return [words(chip) for chip in soup.select(".chip")]


def test_from_the_paper_over_the_review_to_the_receipt_and_back(client, election, ada):
    unmarked = dict.fromkeys(("Well", "School", "Library", "Choir"), False)
    assert boxes(page(client.get(at(election)))) == unmarked
    saved = client.post(at(election), {"item": ["0", "3"], "then": "review"})
    assert saved["Location"] == at(election, "review")
    review = page(client.get(saved["Location"]))
    assert "Not cast yet" in chips(review)
    assert "1 item, €40.00 of €100.00" in words(review.main)
    assert not Ballot.objects.exists()

    sent = send_review(client, review)
    assert sent["Location"] == at(election, "receipt")
    receipt = page(client.get(sent["Location"]))
    code = voter(election, ada).check_code(1)
    assert words(receipt.select_one(".check-code")) == f"{code[:4]}-{code[4:8]}-{code[8:]}"
    assert "Well" in words(receipt.main)
    assert "Library" not in words(receipt.main)
    assert [payload for _version, payload in in_force(election).values()] == [b"[[0,1],[3,1]]"]
    assert draft_of(election, voter(election, ada)) is None

    again = page(client.get(at(election)))
    assert boxes(again)["Well"]
    assert "Your vote is cast" in chips(again)
    client.post(at(election), {"item": ["1"]})
    assert "Your earlier vote stays in force" in words(page(client.get(at(election))).main)
    send_review(client, page(client.get(at(election, "review"))))
    assert list(in_force(election).values()) == [(2, b"[[1,1]]")]


def test_saving_keeps_the_marks_and_says_that_nothing_is_cast(client, election):
    assert client.post(at(election), {"item": ["1"]})["Location"] == at(election)
    paper = page(client.get(at(election)))
    assert boxes(paper) == {"Well": False, "School": True, "Library": False, "Choir": False}
    assert "Saved, not cast yet" in chips(paper)
    bars = [(bar["value"], bar["max"]) for bar in paper.select("progress")]
    assert bars == [("5000", "10000"), ("0", "10000")]
    assert "€50.00 left" in words(paper.select_one("#totals"))


def test_too_much_is_saved_explained_and_not_cast(client, election):
    client.post(at(election), {"item": ["1", "2"], "then": "review"})
    review = page(client.get(at(election, "review")))
    warning = words(review.select_one(".cdx-message--warning"))
    assert "your choices cost €10.00 more than there is" in warning
    assert "Taking out one of these is enough: " in warning
    assert {"School", "Library"} <= set(warning.split())
    assert review.select('form[action$="/vote/cast/"]') == []

    forced = client.post(at(election, "cast_ballot"), {"item": ["1", "2"], "cast_key": uuid4()})
    assert forced.status_code == 422
    kept = boxes(page(forced))
    assert [name for name, marked in kept.items() if marked] == [
        name for name in kept if name in ("School", "Library")
    ]
    assert not Ballot.objects.exists()


def test_too_many_is_saved_and_says_how_many_to_take_out(client, round_, ada):
    limited = open_vote(round_, ada, max_choices=1, ballot_format="APPROVAL")
    client.post(at(limited), {"item": ["0", "1", "3"]})
    paper = page(client.get(at(limited)))
    assert "Take out 2 items" in words(paper.main)
    assert "3 chosen, of 1 at most." in words(paper.select_one("#totals"))
    assert paper.select("progress") == []  # an approval has no budget to keep within


def test_a_lane_left_empty_and_a_blank_ballot_are_pointed_out(client, election):
    client.post(at(election), {"item": ["0"]})
    review = words(page(client.get(at(election, "review"))).main)
    assert "You chose nothing in the lane “Growing capacity”." in review
    assert "Your ballot is blank" not in review
    client.post(at(election), {"then": "review"})
    blank = page(client.get(at(election, "review")))
    assert "Your ballot is blank" in words(blank.main)
    assert send_review(client, blank)["Location"] == at(election, "receipt")
    assert [payload for _version, payload in in_force(election).values()] == [b"[]"]


def test_what_the_review_showed_is_cast_whatever_another_tab_saved_since(client, election):
    client.post(at(election), {"item": ["0"]})
    review = page(client.get(at(election, "review")))
    client.post(at(election), {"item": ["1"]})
    send_review(client, review)
    assert [payload for _version, payload in in_force(election).values()] == [b"[[0,1]]"]


def test_pressing_twice_casts_once(client, election):
    client.post(at(election), {"item": ["0"]})
    review = page(client.get(at(election, "review")))
    assert [send_review(client, review).status_code for _press in range(2)] == [302, 302]
    assert [version for version, _payload in in_force(election).values()] == [1]


def test_a_page_that_cast_something_else_before_asks_again(client, election):
    key = str(uuid4())
    client.post(at(election, "cast_ballot"), {"item": ["0"], "cast_key": key})
    answer = client.post(at(election, "cast_ballot"), {"item": ["1"], "cast_key": key})
    assert answer.status_code == 409
    asked = page(answer)
    assert "This was not cast" in words(asked.main)
    assert only(asked, "[name=cast_key]")["value"] != key
    send_review(client, asked)
    assert list(in_force(election).values()) == [(2, b"[[1,1]]")]


def test_going_back_after_the_cast_offers_no_blank_ballot(client, election, ada):
    assert client.get(at(election, "review"))["Location"] == at(election)
    assert client.get(at(election, "receipt"))["Location"] == at(election)
    cast(election, voter(election, ada), 0)
    assert client.get(at(election, "review"))["Location"] == at(election, "receipt")


def test_choices_can_be_thrown_away(client, election, ada):
    client.post(at(election), {"item": ["0"]})
    assert client.post(at(election, "discard_draft"))["Location"] == at(election, "election")
    assert draft_of(election, voter(election, ada)) is None


@pytest.mark.parametrize(
    "marked",
    [
        ["9"],
        ["0", "0"],
        ["-1"],
        ["0x1"],
        ["1e3"],
        ["٣"],
        [""],
        ["9" * 400],
        ["<script>alert(1)</script>"],
        ["0", "'; DROP TABLE voting_ballot; --"],
        ["1\x00"],
    ],
)
@pytest.mark.parametrize("stage", ["vote", "cast_ballot"])
def test_what_no_page_sends_is_refused_and_the_good_marks_are_kept(client, election, marked, stage):
    answer = client.post(at(election, stage), {"item": [*marked, "3"], "cast_key": uuid4()})
    assert answer.status_code == 422
    shown = page(answer)
    assert "This was not saved" in words(shown.main)
    assert boxes(shown)["Choir"]
    assert b"<script>alert" not in answer.content
    assert not Ballot.objects.exists()
    assert not BallotDraft.objects.exists()


@pytest.mark.parametrize("key", ["", "x", "0" * 500, "<b>"])
def test_a_cast_without_a_proper_key_is_refused(client, election, key):
    answer = client.post(at(election, "cast_ballot"), {"item": ["0"], "cast_key": key})
    assert answer.status_code == 422
    assert boxes(page(answer))["Well"]
    assert not Ballot.objects.exists()


def test_nobody_else_can_be_voted_for(client, election):
    """Whatever else is sent along decides nothing."""
    bo = make_member("Bo")
    extra = {"member": bo.pk, "pseudonym": "00" * 32, "version": 9, "election": uuid4()}
    client.post(at(election, "cast_ballot"), {"item": ["0"], "cast_key": uuid4()} | extra)
    assert [version for version, _payload in in_force(election).values()] == [1]


def test_who_is_let_in_and_who_is_told_why_not(election, ada, rui, root):
    people = {"visitor": AnonymousUser(), "ada": ada, "rui": rui, "root": root}
    assert open_to(people, at(election)) == {"ada"}
    for stage, method in zip(STAGES, ("get", "get", "post", "get", "post"), strict=True):
        answer = getattr(browser(rui), method)(at(election, stage))
        assert answer.status_code == 403
        assert "You are not on the roll of this vote" in words(page(answer).h1)
        assert "you have not said which country is your home" in words(page(answer).main)


def test_a_vote_held_elsewhere_or_not_yet_frozen_has_no_booth(round_, ada):
    imported, _job = bring_in(round_)
    draft = make_election(round_)
    for other in (imported, draft):
        assert browser(ada).get(at(other)).status_code in (403, 404)


def test_casting_takes_a_post_and_the_token_of_the_form(election, ada):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    assert client.get(at(election, "cast_ballot")).status_code == 405
    for stage in ("vote", "cast_ballot", "discard_draft"):
        assert client.post(at(election, stage), {"cast_key": uuid4()}).status_code == 403
    assert not Ballot.objects.exists()


@pytest.mark.parametrize("content", [None, b"x" * 32])
def test_without_the_right_key_nothing_is_taken(client, election, ada, keys_folder, content):
    cast(election, voter(election, ada), 0)
    file = keys_folder / str(election.pk)
    file.unlink() if content is None else file.write_bytes(content)
    for stage, method in zip(STAGES, ("get", "get", "post", "get", "post"), strict=True):
        answer = getattr(client, method)(at(election, stage), {"item": "1", "cast_key": uuid4()})
        assert answer.status_code == 503
        assert "Voting is not possible just now" in words(page(answer).h1)
    assert list(in_force(election).values()) == [(1, b"[[0,1]]")]
    assert client.get(at(election, "election")).status_code == 200


def test_before_the_opening_the_paper_can_be_read(round_, ada):
    early = open_vote(round_, ada, opens_at=timezone.now() + HOUR / 2)
    client = browser(ada)
    paper = page(client.get(at(early)))
    assert "Voting has not begun" in words(paper.main)
    assert "School" in words(paper.main)
    assert paper.select("main form") == []
    for stage in ("vote", "cast_ballot"):
        answer = client.post(at(early, stage), {"item": ["0"], "cast_key": uuid4()})
        assert answer.status_code == 409
        assert "Voting begins on" in words(page(answer).main)


def test_after_the_close_what_was_not_cast_does_not_count(round_, ada):
    election = open_vote(round_, ada)
    who, client = voter(election, ada), browser(ada)
    actions.save_draft(election_id=election.pk, voter=who, choices=marks(1))
    end_now(election)
    paper = page(client.get(at(election)))
    assert "Your saved choices were not cast, so they do not count." in words(paper.main)
    assert paper.select("main form") == []
    answer = client.post(at(election, "cast_ballot"), {"item": ["1"], "cast_key": uuid4()})
    assert answer.status_code == 409
    assert "Voting ended on" in words(page(answer).main)
    actions.close_due_elections()
    assert Election.objects.get().manifest.body["ballots"] == 0


def test_a_database_that_is_too_busy_offers_the_same_press_again(client, election, monkeypatch):
    def too_busy(**facts):
        raise OperationalError("canceling statement due to lock timeout")

    with monkeypatch.context() as patched:
        patched.setattr(actions, "cast_ballot", too_busy)
        data = {"item": ["0", "3"], "cast_key": str(uuid4())}
        answer = client.post(at(election, "cast_ballot"), data)
    assert answer.status_code == 503
    again = page(answer)
    assert only(again, "[name=cast_key]")["value"] == data["cast_key"]
    send_review(client, again)
    assert [payload for _version, payload in in_force(election).values()] == [b"[[0,1],[3,1]]"]


def test_marking_with_htmx_saves_and_answers_with_the_totals_alone(client, election, ada):
    answer = client.post(at(election), {"item": ["0"]}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    totals = page(answer)
    assert totals.html is None
    assert [bar["value"] for bar in totals.select("progress")] == ["4000", "0"]
    assert draft_of(election, voter(election, ada)) == marks(0)


def titles(response) -> list[str]:
    return list(boxes(page(response)))


def test_each_voter_has_an_order_of_their_own_and_finds_it_again_in_each_language(round_):
    people = [make_member(name) for name in ("Bo", "Cy", "Di", "Eva", "Fin", "Gro")]
    costs = {f"x{number}": 1 for number in range(12)}
    texts = {code: {"da": f"da-{code}"} for code in costs}
    election = open_vote(round_, *people, lanes={"GENERAL": costs}, texts=texts)
    orders = {person.pk: titles(browser(person).get(at(election))) for person in people}
    assert len({tuple(order) for order in orders.values()}) == len(people)
    assert titles(browser(people[0]).get(at(election))) == orders[people[0].pk]
    danish = browser(people[0])
    danish.cookies["reads"] = "da"
    shown = titles(danish.get(at(election)))
    assert shown == [f"da-{code}" for code in orders[people[0].pk]]


def test_a_title_is_shown_in_the_readers_language_and_as_it_was_written(round_, ada):
    arabic = {"a": {"ar": "بئر"}}
    election = open_vote(round_, ada, texts=arabic)
    client = browser(ada)
    client.cookies["reads"] = "ar"
    line = only(page(client.get(at(election))), ".paper-line:has(#item-0)")
    label = only(line, "label [lang]")
    assert (words(label), label["lang"], label["dir"]) == ("بئر", "ar", "rtl")
    original = only(line, "p.quiet [lang]")
    assert (words(original), original["lang"]) == ("Well", "en")


def test_the_booth_has_no_navigation_and_is_kept_by_no_cache(client, election):
    answer = client.get(at(election))
    soup = page(answer)
    assert soup.select("nav, footer, .site-links__button") == []
    assert [link["href"] for link in soup.select("header a")] == [at(election, "election")]
    assert "no-store" in answer["Cache-Control"]


def test_the_page_of_the_election_is_kept_by_no_cache_where_it_tells_of_the_own_vote(
    client, election
):
    address = at(election, "election")
    assert "no-store" in client.get(address)["Cache-Control"]
    other = browser(make_member("Stranger")).get(address)
    assert other["Cache-Control"] == "private, no-cache"
    assert "Cache-Control" not in Client().get(address)


def test_every_bar_is_a_progress_bar_with_a_name_and_no_style(client, election):
    soup = page(client.get(at(election)))
    for bar in soup.select("progress"):
        assert soup.find(id=bar["aria-labelledby"])
        assert soup.find(id=bar["aria-describedby"])
    assert len(soup.select("progress")) == 2
    assert only(soup, "#totals")["aria-live"] == "polite"
    assert not re.search(r"\sstyle=", str(soup))


def test_thirty_items_cost_as_many_queries_as_one_and_few_kilobytes(west, ada):
    one, thirty = (
        open_vote(make_round(west), ada, lanes={"GENERAL": {f"x{n}": 1 for n in range(size)}})
        for size in (1, 30)
    )
    client = browser(ada)
    stages = [lambda e=e: client.get(at(e)) for e in (one, thirty)]
    asked = [queries_of(stage) for stage in stages]
    assert asked[0] == asked[1]
    answer = client.get(at(thirty), headers={"Accept-Encoding": "gzip"})
    assert len(boxes(page(client.get(at(thirty))))) == 30
    assert len(gzip.compress(gzip.decompress(answer.content), 9)) < 30_000


def test_a_practice_round_says_so_on_every_page(round_, ada):
    round_.pk = None
    round_.is_practice, round_.opened_at = True, None
    round_.save()
    election = open_vote(round_, ada)
    client = browser(ada)
    client.post(at(election), {"item": ["0"]})
    pages = [client.get(at(election, stage)) for stage in ("vote", "review")]
    send_review(client, page(pages[1]))
    pages.append(client.get(at(election, "receipt")))
    assert all("Practice: nothing is paid" in chips(page(shown)) for shown in pages)


def own_note(client: Client, election: Election) -> str:
    """What the election's own page says about the reader's vote."""
    soup = page(client.get(at(election, "election")))
    return " ".join(words(note) for note in soup.select("main .message, main > .wrap .actions"))


def test_the_elections_page_says_how_ones_vote_stands(client, election, ada, rui):
    booth = [at(election)]
    soup = page(client.get(at(election, "election")))
    assert [link["href"] for link in soup.select("main .actions a")] == booth
    client.post(at(election), {"item": ["0", "3"]})
    assert "Not cast yet: 2 chosen" in own_note(client, election)
    assert "they do not count until you cast them" in own_note(client, election)
    cast(election, voter(election, ada), 0)
    assert "Your vote is cast" in own_note(client, election)
    client.post(at(election), {"item": ["1"]})
    assert "Your earlier vote counts until you cast the new one." in own_note(client, election)
    for stranger in (browser(rui), Client()):
        assert "vote is cast" not in own_note(stranger, election)
        assert page(stranger.get(at(election, "election"))).select("main .actions a") == []


def test_the_elections_page_stands_without_the_key(client, election, ada, keys_folder):
    cast(election, voter(election, ada), 0)
    (keys_folder / str(election.pk)).unlink()
    assert "vote is cast" not in own_note(client, election)


def test_after_the_close_the_elections_page_tells_what_did_not_count(client, election, ada):
    actions.save_draft(election_id=election.pk, voter=voter(election, ada), choices=marks(1))
    end_now(election)
    waiting = page(client.get(at(election, "election")))
    assert "Within a minute the ballots are closed and counted" in words(waiting.main)
    assert waiting.select("noscript meta[http-equiv=refresh]")
    actions.close_due_elections()
    told = words(page(client.get(at(election, "election"))).main)
    assert "Your saved choices were not cast, so they do not count." in told
