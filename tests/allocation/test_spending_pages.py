"""The pages of a treasurer, and of what a hub was given: what they say, and to whom."""

import pytest
from django.contrib.auth.models import AnonymousUser

from allocation.models import Award, RoundFunding
from allocation.queries import envelopes_left
from hubs.models import Cycle, Lane, SeatFunction
from proposals.models import Proposal
from tests.allocation.makers import make_approver, make_officer
from tests.allocation.reading import read
from tests.allocation.spending import (
    DAY,
    NOW,
    budgets,
    make_double,
    make_envelope,
    make_treasurer,
    make_unfunded,
    opened,
    vote,
    vote_twice,
)
from tests.factories import make_cycle, make_hub, make_member, make_round, make_term
from tests.hubs.reading import (
    browser,
    complaints,
    messages,
    open_to,
    page,
    queries_of,
    rows,
    typed,
    words,
)
from tests.voting.makers import bring_in, make_proposal, move_proposal
from voting.models import Election

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def tea(west):
    return make_treasurer(west)


@pytest.fixture
def people(west, tea, ada, rui, fay, ona, sec, root):
    north = make_treasurer(make_hub("north"), "Nor")
    past = make_member("Pat")
    make_term(past, make_hub("south"), SeatFunction.TREASURER)
    seat = tea.terms.get().seat
    seat.terms.create(
        member=past, starts_at=NOW - 900 * DAY,
        ends_at=NOW - 800 * DAY, given_at=NOW,
    )  # fmt: skip
    return {
        "visitor": AnonymousUser(), "tea": tea, "ada": ada, "rui": rui, "fay": fay, "ona": ona,
        "sec": sec, "root": root, "north": north, "past": past, "officer": make_officer(),
        "approver": make_approver(),
    }  # fmt: skip


def funding(round_, language="en") -> str:
    return f"/{language}/rounds/{round_.pk}/fund/"


def awarding(election, language="en") -> str:
    return f"/{language}/elections/{election.pk}/awards/"


def envelopes(hub, language="en") -> str:
    return f"/{language}/hubs/{hub.slug}/envelopes/"


def counted(west, keys) -> Election:
    round_ = make_round(west, now=NOW, lanes={"GENERAL": 10_000})
    make_proposal(round_, "Well", MONEY=4_000, others={"da": "Brønd"})
    make_proposal(round_, "Library", MONEY=7_000)
    return vote(round_, keys, {"Well": 2, "Library": 1})


def proposed(election, title) -> Proposal:
    return Proposal.objects.get(items__election=election, items__texts__title=title)


# Who may


def test_spending_is_the_treasurers_of_that_hub_alone(people, west, keys_folder):
    election, round_ = counted(west, keys_folder), make_unfunded(west)
    make_envelope(west)
    for address in (funding(round_), awarding(election)):
        assert open_to(people, address) == {"tea"}, address
    others = {name: person for name, person in people.items() if name != "tea"}
    for address in (funding(round_), awarding(election)):
        assert open_to(others, address, "post") == set(), address
    assert not Award.objects.exists()
    assert not RoundFunding.objects.exists()


def test_what_a_hub_was_given_is_public(people, west):
    make_envelope(west)
    assert open_to(people, envelopes(west)) == set(people)


# Funding a round


def send(who, round_, language="en", **typed_in):
    return browser(who).post(funding(round_, language), typed_in, follow=True)


def test_a_treasurer_funds_a_round_and_comes_back_to_it(west, tea):
    round_, envelope = (
        make_unfunded(west, {"GENERAL": 6_000, "READERS": 4_000}),
        make_envelope(west),
    )
    response = send(tea, round_, envelope=envelope.pk, amount="1,234.57")
    assert response.request["PATH_INFO"] == f"/en/rounds/{round_.pk}/"
    assert messages(page(response)) == ["The round has its money, shared out over its lanes."]
    assert budgets(round_) == {"GENERAL": 74_074, "READERS": 49_383}


@pytest.mark.parametrize(
    ("language", "currency", "typed_in", "minor"),
    [
        ("en", "USD", "1,234.5", 123_450),
        ("da", "DKK", "1.234,50", 123_450),
        ("fr", "EUR", "1 234,50", 123_450),
        ("ar", "USD", "١٢٣٤٫٥", 123_450),
        ("en", "JPY", "1,234", 1_234),
        ("da", "KWD", "1,234", 1_234),
        ("en", "KWD", "1,234", 1_234_000),
    ],
)
def test_money_is_typed_in_the_readers_notation(west, tea, language, currency, typed_in, minor):
    round_ = make_unfunded(west, currency=currency)
    envelope = make_envelope(west, 10**9, currency=currency)
    send(tea, round_, language, envelope=envelope.pk, amount=typed_in)
    assert budgets(round_) == {"GENERAL": minor}


def test_staff_time_is_typed_in_hours_and_credits_in_credits(west, tea):
    round_ = make_unfunded(west)
    hours, credits = make_envelope(west, 6_000, "STAFF_TIME"), make_envelope(west, 50, "CAPACITY")
    send(tea, round_, envelope=hours.pk, amount="10.5")
    send(tea, round_, envelope=credits.pk, amount="10")
    assert budgets(round_, "STAFF_TIME") == {"GENERAL": 630}
    assert budgets(round_, "CAPACITY") == {"GENERAL": 10}


@pytest.mark.parametrize(
    ("currency", "typed_in", "said"),
    [
        ("USD", "", "This field is required."),
        ("USD", "much", "Write the amount in digits, like this: 12.00."),
        ("USD", "1,5", "Write the amount in digits, like this: 12.00."),
        ("USD", "-5", "Write the amount in digits, like this: 12.00."),
        ("USD", "NaN", "Write the amount in digits, like this: 12.00."),
        ("USD", "1e3", "Write the amount in digits, like this: 12.00."),
        ("USD", "0", "This amount cannot be right: write one that is more than zero."),
        ("USD", "1.234", "This unit has fewer decimals. Write the amount like this: 12.00."),
        ("JPY", "1.5", "This unit has fewer decimals. Write the amount like this: 12."),
        ("USD", "9" * 30, "This amount cannot be right: write one that is more than zero."),
        ("USD", "1000.01", "The envelope has $1,000.00 left. Write an amount that is not larger."),
        ("USD", HOSTILE, "Write the amount in digits, like this: 12.00."),
    ],
)
def test_an_error_keeps_what_was_typed_and_says_what_to_do(west, tea, currency, typed_in, said):
    round_ = make_unfunded(west, currency=currency)
    envelope = make_envelope(west, 100_000, currency=currency)
    response = send(tea, round_, envelope=envelope.pk, amount=typed_in)
    found = page(response)
    [complaint] = complaints(found)
    assert said in complaint.replace("\u2068", "").replace("\u2069", "")
    assert typed(found) == {"envelope": str(envelope.pk), "amount": typed_in}
    assert HOSTILE not in response.text
    assert not RoundFunding.objects.exists()


def test_the_chosen_envelope_stays_chosen_after_an_error(west, tea):
    round_ = make_unfunded(west)
    make_envelope(west, 100_000)
    hours = make_envelope(west, 600, "STAFF_TIME")
    found = page(send(tea, round_, envelope=hours.pk, amount="11"))
    assert typed(found) == {"envelope": str(hours.pk), "amount": "11"}
    assert "10 hours" in complaints(found)[0]


def test_an_envelope_is_named_by_cycle_kind_and_what_is_left(west, tea):
    Cycle.objects.filter(pk=make_cycle().pk).update(name_da="Året 2026")
    make_envelope(west, 100_000)
    make_envelope(west, 90, "STAFF_TIME")
    found = page(browser(tea).get(funding(make_unfunded(west))))
    assert [words(option).translate({0x2068: None, 0x2069: None}) for option in found.select("option")] == [
        "2026, Money: $1,000.00 left", "2026, Staff time: 1.5 hours left",
    ]  # fmt: skip
    assert rows(found) == [
        ["2026", "Money", "$1,000.00", "$1,000.00"],
        ["2026", "Staff time", "1.5 hours", "1.5 hours"],
    ]
    danish = page(browser(tea).get(funding(make_unfunded(west), "da")))
    assert "Året 2026" in words(danish.select_one("option"))


def test_a_foreign_or_unknown_envelope_cannot_be_chosen(west, tea):
    round_ = make_unfunded(west)
    make_envelope(west)
    other = make_envelope(make_hub("north"), kind="STAFF_TIME")
    for chosen in (other.pk, "", "x", 999_999):
        found = page(send(tea, round_, envelope=chosen, amount="1"))
        assert complaints(found), chosen
        assert typed(found)["amount"] == "1"
    assert not RoundFunding.objects.exists()


def test_a_round_that_opened_meanwhile_is_refused_in_words(west, tea, monkeypatch):
    round_, envelope = make_unfunded(west), make_envelope(west)
    monkeypatch.setattr(  # the form is filled while the round is still closed
        "allocation.forms.spending.envelopes_for",
        lambda _round: (opened(round_), envelopes_left(west))[1],
    )
    found = page(send(tea, round_, envelope=envelope.pk, amount="1"))
    assert "what it has to give is frozen" in complaints(found)[0]
    assert not RoundFunding.objects.exists()


def test_a_round_without_lanes_is_told_what_is_missing(west, tea):
    round_, envelope = make_unfunded(west), make_envelope(west)
    Lane.objects.filter(round=round_).delete()
    found = page(send(tea, round_, envelope=envelope.pk, amount="1"))
    assert "a facilitator plans them first" in complaints(found)[0]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda west: opened(make_unfunded(west)), "what it has to give is frozen"),
        (lambda west: make_unfunded(west, is_practice=True), "nothing is paid in it"),
        (lambda west: make_unfunded(west, currency="EUR"), "No envelope can give this round more"),
    ],
)
def test_where_nothing_can_be_given_the_page_says_why_and_has_no_form(west, tea, make, said):
    make_envelope(west)
    response = browser(tea).get(funding(make(west)))
    assert said in read(response)
    assert not page(response).select("main form")


def test_a_hub_without_an_envelope_is_shown_the_next_step(west, tea, client):
    round_ = make_unfunded(west)
    for response in (browser(tea).get(funding(round_)), client.get(envelopes(west))):
        assert "no approved envelope yet" in read(response)
        assert page(response).select_one('main a[href="/en/allocation/"]')


def test_the_funding_page_asks_the_same_of_the_database_whatever_there_is(west, tea):
    round_ = make_unfunded(west)
    make_envelope(west)
    browser(tea).get(funding(round_))
    client = browser(tea)
    client.get(funding(round_))
    few = queries_of(lambda: client.get(funding(round_)))
    for year in ("2022", "2023", "2024", "2025"):
        make_envelope(west, cycle=make_cycle(year))
    assert queries_of(lambda: client.get(funding(round_))) == few


# What a hub was given


def test_everyone_reads_what_a_hub_was_given_and_where_it_went(west, tea, client):
    envelope = make_envelope(west, 100_000)
    round_ = make_unfunded(west, title_en=HOSTILE)
    send(tea, round_, envelope=envelope.pk, amount="400")
    response = client.get(envelopes(west))
    said = read(response)
    assert "Envelope $1,000.00" in said
    assert "Left $600.00" in said
    assert rows(page(response)) == [[HOSTILE, "$400.00"]]
    assert HOSTILE not in response.text
    arabic = client.get(envelopes(west, "ar"))
    assert page(arabic).select("html[dir=rtl]")


def test_the_page_of_envelopes_asks_the_same_of_the_database_whatever_there_is(west, client):
    def given(cycle):
        envelope = make_envelope(west, cycle=cycle)
        for amount in (1, 2):
            RoundFunding.objects.create(
                envelope=envelope, round=make_unfunded(west), amount_minor=amount, funded_at=NOW
            )

    given(make_cycle())
    client.get(envelopes(west))
    few = queries_of(lambda: client.get(envelopes(west)))
    for year in ("2022", "2023", "2024", "2025"):
        given(make_cycle(year))
    assert queries_of(lambda: client.get(envelopes(west))) == few


# Making awards


def test_the_page_shows_what_follows_from_the_count_and_makes_it(west, tea, keys_folder):
    election = counted(west, keys_folder)
    found = page(browser(tea).get(awarding(election)))
    assert rows(found) == [["Well", "General", "$40.00"]]
    assert words(found.select_one("tfoot")) == "Together $40.00"
    danish = page(browser(tea).get(awarding(election, "da")))
    [title] = danish.select("tbody th [lang]")
    assert (words(title), title["lang"]) == ("Brønd", "da")
    response = browser(tea).post(awarding(election), follow=True)
    assert response.request["PATH_INFO"] == f"/en/rounds/{election.round_id}/"
    assert messages(page(response)) == ["1 award is made. Every author is told by mail."]
    assert "Well" in read(response)


def test_awards_are_offered_once(west, tea, keys_folder):
    election = counted(west, keys_folder)
    browser(tea).post(awarding(election))
    response = browser(tea).get(awarding(election))
    assert "No award waits to be made" in read(response)
    assert not page(response).select("main form")
    again = browser(tea).post(awarding(election), follow=True)
    assert messages(page(again)) == ["Nothing was changed: the awards were made before."]


def test_who_stands_in_another_vote_too_is_told_after_that(west, tea, keys_folder):
    money, hours = vote_twice(
        make_double(west, tea), keys_folder, {"Well": 3, "School": 1}, {"Well": 3, "Kiosk": 1}
    )
    assert "1 proposal stands in another vote of this round too." in read(
        browser(tea).get(awarding(money))
    )
    first = page(browser(tea).post(awarding(money), follow=True))
    assert messages(first) == [
        "1 award is made. Authors are told by mail once the awards of every vote on their proposal are made."
    ]
    assert "in another vote" not in read(browser(tea).get(awarding(hours)))
    last = page(browser(tea).post(awarding(hours), follow=True))
    assert messages(last) == ["1 award is made. Every author is told by mail."]
    assert [row[2] for row in rows(last, 2)] == ["$40.00", "1.5 hours"]


def test_a_withdrawn_winner_is_not_in_the_table(west, tea, keys_folder):
    election = counted(west, keys_folder)
    move_proposal(proposed(election, "Well"), "WITHDRAWN")
    response = browser(tea).get(awarding(election))
    assert "The count bought nothing that still stands" in read(response)
    closed = browser(tea).post(awarding(election), follow=True)
    assert messages(page(closed)) == [
        "The books are closed without an award. Every author is told by mail."
    ]


def test_before_the_count_there_is_nothing_to_press(west, tea, keys_folder):
    round_ = make_round(west, now=NOW)
    make_proposal(round_, "Well", MONEY=4_000)
    election = vote(round_, keys_folder, {"Well": 1}, is_counted=False)
    response = browser(tea).get(awarding(election))
    assert "not counted yet" in read(response)
    assert not page(response).select("main form")
    pressed = browser(tea).post(awarding(election), follow=True)
    assert messages(page(pressed)) == ["This election is not counted yet."]


def test_an_election_held_elsewhere_has_nothing_to_press(west, tea):
    election, _job = bring_in(make_round(west))
    response = browser(tea).get(awarding(election))
    assert "Nothing is paid after this election" in read(response)
    assert not page(response).select("main form")
    pressed = browser(tea).post(awarding(election), follow=True)
    assert "Nothing is paid" in messages(page(pressed))[0]


def test_a_treasurer_with_a_proposal_of_their_own_is_told_whom_to_ask(west, keys_folder):
    election = counted(west, keys_folder)
    author = proposed(election, "Library").author
    make_term(author, west, SeatFunction.TREASURER)
    pressed = browser(author).post(awarding(election), follow=True)
    assert "the seat of a second treasurer" in messages(page(pressed))[0]
    assert not Award.objects.exists()


def test_hostile_titles_stay_text(west, tea, keys_folder):
    round_ = make_round(west, now=NOW, title_en=HOSTILE)
    make_proposal(round_, HOSTILE, MONEY=4_000)
    election = vote(round_, keys_folder, {HOSTILE: 1}, title=HOSTILE)
    response = browser(tea).get(awarding(election))
    assert rows(page(response))[0][0] == HOSTILE
    assert HOSTILE not in response.text


def test_the_page_of_awards_asks_the_same_of_the_database_whatever_was_bought(
    west, tea, keys_folder
):
    def asked(titles):
        round_ = make_round(west, now=NOW, lanes={"GENERAL": 100_000})
        for title in titles:
            make_proposal(round_, title, MONEY=1_000)
        election = vote(round_, keys_folder, dict.fromkeys(titles, 1))
        client = browser(tea)
        client.get(awarding(election))
        return queries_of(lambda: client.get(awarding(election)))

    assert asked(["One"]) == asked([f"Many{number}" for number in range(20)])
