"""Why each project was funded or not: one sentence for each reason, with its facts, and a picture."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from jobs.actions import take_job
from members.languages import Worded
from tests.factories import NOON, pb_file, pb_text
from tests.hubs.reading import browser, page, rows, words
from tests.voting.makers import bring_in, count, counted, tampering
from tests.voting.test_results import FAR
from tests.voting.voters import cast, end_now, open_vote, voter
from voting.actions import close_due_elections, count_election
from voting.forms import read_election
from voting.models import Election
from voting.queries import OPEN_ROWS, picture_of, result_of
from voting.queries.tables import RESULT_HEADER, defused

NOTHING: dict[str, Any] = {
    "step": None, "effective_votes": None, "paid": None, "why": None, "by": None, "left": None,
    "missing": None, "spent_on": [], "more_votes": None, "less_cost": None,
}  # fmt: skip


@pytest.fixture
def ended(round_) -> Election:
    """Bought: a (40), b (50). Not bought: c (60)."""
    return counted(round_)


def explain(election: Election, code: str, rule: str = "", **changes: Any) -> None:
    """Lay an explanation of one project into the stored count."""
    tally = election.tallies.get(decides=True)
    projects = tally.outcome["explanation"]["projects"]
    projects[code] = NOTHING | {"step": projects[code]["step"]} | changes
    with tampering("voting_tally"):
        election.tallies.filter(pk=tally.pk).update(outcome=tally.outcome, rule=rule or tally.rule)


def seen(election: Election, language: str = "en"):
    address = reverse("voting:election", args=[election.pk])
    return page(browser(AnonymousUser()).get(address.replace("/en/", f"/{language}/")))


def told(election: Election, name: str) -> str:
    """What the result page says of a project beside its name."""
    [row] = [row for row in rows(seen(election)) if row[0].startswith(name)]
    return row[1]


def told_by_item(election: Election, position: int) -> str:
    address = reverse("voting:item", args=[election.pk, position])
    return words(page(browser(AnonymousUser()).get(address)).main)


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ({"why": "NO_VOTES"}, "Nobody chose it."),
        ({"why": "TOO_LITTLE_SUPPORT"}, "Fewer people chose it than the 0 that a project needs."),
        ({"why": "OVER_BUDGET"}, "It costs more than the whole budget of its lane."),
        (
            {"why": "NOT_ENOUGH_MONEY", "left": "5000.250000", "missing": "999.750000"},
            "Those who chose it had €50.00 left together, €10.00 less than it costs.",
        ),
        ({"why": "NOT_ENOUGH_MONEY", "left": "0.000000", "missing": "6000.000000"}, "Those who chose it had nothing left to pay for it."),
        ({"why": "NOT_ENOUGH_MONEY"}, "Those who chose it could not pay for it with what was left of their parts of the budget."),
        (
            {"why": "DID_NOT_FIT", "left": "1000.000000", "missing": "5000.000000"},
            "When its turn came, €10.00 of the budget was left, €50.00 less than it costs.",
        ),
        ({"why": "DID_NOT_FIT", "left": "0.000000"}, "When its turn came, nothing of the budget was left."),
        ({"why": "DID_NOT_FIT"}, "When its turn came, too little of the budget was left for it."),
        ({"why": "CATEGORY_FULL", "by": "Water"}, "With it, more would have been spent on “ Water ” than the rules of this vote allow."),
        ({"why": "RECIPIENT_FULL", "by": "Guild"}, "With it, “ Guild ” would have received more than the rules of this vote allow."),
        ({"why": "EXCLUDED", "by": "a"}, "It cannot be carried out beside “ Well ”, which was bought before."),
        ({"why": "STOPPED"}, "The count ended before its turn came: the next project cost more than what was left of the budget."),
    ],
    ids=lambda found: found.get("why", "") if isinstance(found, dict) else "",
)  # fmt: skip
def test_each_reason_is_a_sentence_with_its_facts(ended, reason, sentence):
    explain(ended, "c", **reason)
    assert told(ended, "Library") == f"Not funded {sentence}"
    assert f"1 voter chose it. {sentence} In the end," in told_by_item(ended, 2)


@pytest.mark.parametrize(
    ("margins", "sentence"),
    [
        ((3, 1_000), "3 more voters for it alone, or a cost lower by €10.00 , would have been enough."),
        ((1, None), "1 more voter for it alone would have been enough."),
        ((None, 1_000), "A cost lower by €10.00 would have been enough."),
        ((2, 6_000), "2 more voters for it alone would have been enough."),  # it costs 60.00
        ((None, None), ""),
    ],
)  # fmt: skip
def test_what_would_have_been_enough_is_said(ended, margins, sentence):
    more, less = margins
    explain(ended, "c", why="STOPPED", more_votes=more, less_cost=less)
    assert told(ended, "Library").partition("left of the budget.")[2].strip() == sentence


def test_where_the_money_of_its_voters_went_is_told_by_name_and_most_first(ended):
    spent = [
        {"project": "a", "amount": "100.000000"},
        {"project": "b", "amount": "1234.500000"},
    ]
    explain(ended, "c", why="NOT_ENOUGH_MONEY", spent_on=spent)
    assert told(ended, "Library").endswith(
        "Most of their money went to: School ( €12.34 ), Well ( €1.00 )"
    )
    assert "Where the money of its voters went Well : €1.00 School : €12.34" in told_by_item(
        ended, 2
    )


def test_who_paid_how_much_is_told_in_groups_that_name_nobody(ended):
    paid = [
        {"each": "66.666667", "voters": 12, "ballots": 3},
        {"each": "40.000000", "voters": 1, "ballots": 1},
        {"each": None, "voters": 5, "ballots": 5, "together": "123.400000"},
    ]
    explain(ended, "a", paid=paid, effective_votes="15.250000")
    assert told(ended, "Well") == (
        "Funded, number 1 12 voters paid €0.67 each for it. 6 more voters paid less."
        " That is as if 15.2 voters had paid in full."
    )
    said = told_by_item(ended, 0)
    assert (
        "12 voters paid €0.67 each of their parts of the budget. 1 voter paid €0.40 of their part of"
        " the budget. 5 other voters paid €1.23 together. That is as if 15.2 voters had paid in full:"
        " its effective votes." in said
    )


def test_an_amount_in_whole_units_is_told_to_their_hundredths(round_):
    election = counted(round_, pb_file(currency="JPY"))
    explain(election, "a", paid=[{"each": "13.333333", "voters": 3, "ballots": 1}])
    assert "3 voters paid ¥13.33 each for it." in told(election, "Well")


def test_a_count_that_does_not_explain_itself_is_shown_without(ended):
    tally = ended.tallies.get(decides=True)
    del tally.outcome["explanation"]
    with tampering("voting_tally"):
        ended.tallies.filter(pk=tally.pk).update(outcome=tally.outcome)
    assert told(ended, "Library") == "Not funded"
    assert "Voters with nothing funded" not in words(seen(ended).main)
    assert "Why it was not funded 1 voter chose it. In the end, €10.00" in told_by_item(ended, 2)


def test_what_multipliers_changed_is_told(ended):
    def without(*winners: str) -> str:
        tally = ended.tallies.get(decides=True)
        with tampering("voting_tally"):
            ended.tallies.filter(pk=tally.pk).update(
                outcome=tally.outcome | {"without_multipliers": list(winners)}
            )
        return words(seen(ended).select("main dl")[1])

    assert without("b", "a").endswith(
        "Without the multipliers The same projects would have been funded."
    )
    assert without("a", "c").endswith(
        "Without the multipliers These would have been funded too: Library"
        " These would not have been funded: School"
    )


def test_what_categories_came_to_stands_in_a_table(ended):
    tally = ended.tallies.get(decides=True)
    tally.outcome["explanation"]["categories"] = [
        {"category": "Water", "cost": 4_000, "score": 2, "possible": 3}
    ]
    with tampering("voting_tally"):
        ended.tallies.filter(pk=tally.pk).update(outcome=tally.outcome)
    tables = [rows(seen(ended), number) for number in range(len(seen(ended).select("main table")))]
    assert [["Water", "€40.00", "2", "3"]] in tables


NAMES = {code: Worded(code.upper(), "en") for code in "abc"}


def outcome(budget: int, *amounts: int, **changes: Any) -> dict[str, Any]:
    left, steps = budget, []
    for code, amount in zip("abc", amounts, strict=False):
        left -= amount
        step = {"project": code, "amount": amount, "level": None, "remaining": left, "fill": False}
        steps.append(step | {"reserve": None})
    return {"rule": "greedy", "budget": budget, "steps": steps} | changes


def test_each_bar_begins_where_the_one_before_it_ended():
    picture = picture_of(outcome(1_000, 250, 500), NAMES)
    assert picture is not None
    assert [(bar.top, bar.taken, bar.bottom, bar.left) for bar in picture.bars] == [
        (0, 250, 250, 750), (250, 500, 750, 250),
    ]  # fmt: skip
    assert [(bar.place, bar.before_minor, bar.remaining_minor) for bar in picture.bars] == [
        (1, 1_000, 750), (2, 750, 250),
    ]  # fmt: skip
    for bar in picture.bars:
        assert bar.top + bar.taken + bar.left == picture.height
        assert 0 <= bar.x <= picture.width - picture.bar


def test_where_nothing_was_bought_there_is_no_picture(round_):
    assert picture_of(outcome(1_000), NAMES) is None
    assert picture_of(outcome(0, 0), NAMES) is None
    election = counted(round_, pb_file(budget="1"))
    assert not seen(election).select("svg.rounds__bars")


def test_a_price_with_more_digits_than_a_whole_number_may_have_is_drawn():
    found = outcome(1_000, 500, rule="equal-shares")
    found["steps"][0]["level"] = "1" + "0" * 6_000 + "/3" + "0" * 5_999
    picture = picture_of(found, NAMES)
    assert picture is not None
    assert picture.bars[0].level_minor is not None
    assert round(picture.bars[0].level_minor, 6) == Decimal("3.333333")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_picture_is_named_described_and_repeated_as_a_table(ended, language):
    shown = seen(ended, language)
    [drawing] = shown.select("svg[role=img]")
    named, described = (shown.find(id=drawing[name]) for name in ("aria-labelledby", "aria-describedby"))  # fmt: skip
    assert words(named)
    if language == "en":
        assert words(named) == "General: the rounds of the count"
        assert words(described) == (
            "2 bars, each starting where the one before it ended. Of €100.00 the first took €40.00;"
            " after the last, €10.00 was left. The table below says the same."
        )
        assert rows(shown, 1) == [
            ["1", "Well", "€100.00", "€40.00", "€60.00"],
            ["2", "School", "€60.00", "€50.00", "€10.00"],
        ]
    assert len(drawing.select("rect.rounds__taken")) == 2
    assert not shown.select("main [style], main script")


def test_prices_and_what_was_bought_with_what_was_left_stand_in_the_table(round_):
    text = pb_text("1;a\n2;b\n3;b\n4;b\n", rule="equalshares")
    election = counted(round_, read_election(text.encode()))
    tally = election.tallies.get(decides=True)
    tally.outcome["steps"].append(
        {"project": "a", "amount": 4_000, "level": None, "price": None, "remaining": 1_000, "fill": True, "reserve": None}
    )  # fmt: skip
    with tampering("voting_tally"):
        election.tallies.filter(pk=tally.pk).update(outcome=tally.outcome)
    shown = seen(election)
    assert [row[1:] for row in rows(shown, 1)] == [
        ["School", "€100.00", "€50.00", "€50.00", "€16.67"],
        ["Well", "€50.00", "€40.00", "€10.00", "none: bought with what was left"],
    ]
    assert len(shown.select("svg[role=img] rect.rounds__fill")) == 1
    assert "bought with what was left in the end" in words(shown.select_one(".rounds__legend"))


def test_a_long_lane_folds_what_was_not_funded(round_):
    more = "".join(f"p{place};{200 + place};Project\n" for place in range(OPEN_ROWS + 5))
    election = counted(
        round_, read_election(pb_text().replace("VOTES\n", f"{more}VOTES\n").encode())
    )
    shown = seen(election)
    assert len(rows(shown, 0)) == 2 + 1 + OPEN_ROWS
    [fold] = [one for one in shown.select("details.fold") if "more projects" in words(one.summary)]
    assert words(fold.summary) == "6 more projects that were not funded"
    assert len(rows(fold)) == 6


def table(election: Election, language: str = "en") -> list[dict[str, str]]:
    address = reverse("voting:result_csv", args=[election.pk]).replace("/en/", f"/{language}/")
    response = browser(AnonymousUser()).get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="result-{election.pk}.csv"'
    text = response.content.decode()
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_table_to_take_along_says_what_the_page_says(ended):
    explain(ended, "c", why="EXCLUDED", by="a", left="12.345678", missing="0.000001", more_votes=3, less_cost=7)  # fmt: skip
    [well, school, library] = table(ended)
    assert tuple(well)[: len(RESULT_HEADER)] == RESULT_HEADER
    assert (well["lane"], well["place"], well["code"], well["title"]) == (
        "GENERAL",
        "1",
        "a",
        "Well",
    )
    assert (well["cost_minor"], well["currency"], well["decimals"]) == ("4000", "EUR", "2")
    assert (school["funded"], school["amount_minor"], school["remaining_minor"]) == ("1", "5000", "1000")  # fmt: skip
    assert [library[name] for name in ("place", "funded", "why", "by", "left_minor", "missing_minor", "more_votes", "less_cost_minor")] == [
        "", "0", "EXCLUDED", "Well", "12.345678", "0.000001", "3", "7",
    ]  # fmt: skip
    result = result_of(ended, ("en",))
    assert result is not None
    assert [library[f"funded_by_rule_{number}"] for number in (2, 3, 4)] == [
        "1" if bought else "0" for bought in result.lanes[0].rows[2].beside
    ]


def test_a_title_is_no_formula_in_the_table(ended):
    with tampering("voting_itemtext"):
        ended.items.get(code="a").texts.update(title="=HYPERLINK(1)")
    assert table(ended)[0]["title"] == "'=HYPERLINK(1)"
    for text in ("=1", "+1", "-1", "@A", "\t=1", "\r=1", "  =1"):
        assert defused(text) == f"'{text}"
    assert defused("Well = 1") == "Well = 1"


def test_the_table_is_there_when_the_result_is_and_not_before(round_, ona, root):
    waiting, _job = bring_in(round_)
    running = counted(round_, pb_file(date_end="2099-12-31"), now=FAR)
    address = {one: reverse("voting:result_csv", args=[one.pk]) for one in (waiting, running)}
    assert browser(ona).get(address[waiting]).status_code == 404
    for person in (ona, root):
        assert browser(person).get(address[running]).status_code == 403


def test_the_page_offers_what_can_be_taken_along(ended):
    links = {str(link["href"]) for link in seen(ended).select("main a[download]")}
    assert reverse("voting:result_csv", args=[ended.pk]) in links


def test_the_receipt_leads_to_why_each_chosen_project_was_funded_or_not(round_, ada):
    election = open_vote(round_, ada)
    cast(election, voter(election, ada), 0)
    client, receipt = browser(ada), reverse("voting:receipt", args=[election.pk])
    why = reverse("voting:item", args=[election.pk, 0])
    assert not page(client.get(receipt)).select(f'a[href="{why}"]')
    end_now(election)
    [job] = close_due_elections()
    assert not page(client.get(receipt)).select(f'a[href="{why}"]')
    count(job)
    shown = page(client.get(receipt))
    assert [words(link) for link in shown.select(f'a[href="{why}"]')] == ["Well"]
    assert "leads to why it was funded or not" in words(shown.main)


def test_a_count_that_raises_shares_says_how_far_it_is_and_never_goes_back(round_, ada):
    raised = {"satisfaction": "cost", "completion": "add1-greedy", "tie_break": "lexico"}
    election = open_vote(round_, ada, rule="equal-shares", parameters=raised)
    cast(election, voter(election, ada), 0)
    end_now(election)
    [job] = close_due_elections()
    told: list[tuple[int, int]] = []
    taken = take_job(job_id=job.pk, now=NOON)
    count_election(job=taken, progress=lambda *far: told.append(far), clock=lambda: NOON)
    assert told == sorted(told)
    assert {total for _done, total in told} == {2 * election.items.count()}
    assert len({done for done, _total in told}) > 2
