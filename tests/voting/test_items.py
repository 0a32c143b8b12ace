"""The page of an item: what the voters read, and why it was funded or not."""

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import CLOCK
from hubs.phases import Phase
from jobs.actions import request_job
from tests.factories import MONTH, NOON, make_round
from tests.hubs.reading import page, queries_of, words
from tests.voting.makers import (
    cast,
    count,
    counted,
    frozen,
    make_election,
    make_proposal,
    make_voters,
    move_proposal,
    tampering,
)  # fmt: skip
from voting.actions import close_election
from voting.canonical import encode_ballot
from voting.models import Election, ElectionStatus
from voting.queries import COUNT_TASK, explanation_of, item_at, margins_of


@pytest.fixture
def voted(west, tmp_path) -> Election:
    """A budget of 600: a well of 400 with three voters, a school of 300 with two, and a fair of 900."""
    begun = timezone.now() - 2 * MONTH  # so that its end is over by the clock of the pages
    round_ = make_round(west, Phase.DELIBERATION, now=begun, lanes={"GENERAL": 60_000})
    make_proposal(round_, "بئر", language="ar", others={"en": "Well", "da": "Brønd"}, MONEY=40_000)
    make_proposal(round_, "School", MONEY=30_000)
    make_proposal(round_, "Fair", MONEY=90_000)
    make_voters(20)
    election = frozen(round_, tmp_path, now=begun)
    for number, chosen in enumerate([0, 0, 0, 1, 1, 2]):
        cast(election, bytes([number]) * 32, encode_ballot(((chosen, 1),)))
    return election


def end(election: Election) -> Election:
    close_election(election=election, closer=CLOCK, now=election.closes_at)
    count(request_job(kind=COUNT_TASK, subject=str(election.pk), now=NOON))
    return Election.objects.get(pk=election.pk)


def address(election: Election, position: int = 0) -> str:
    return reverse("voting:item", args=[election.pk, position])


def test_the_words_are_those_that_were_frozen_in_the_readers_language(client, voted):
    text = voted.items.get(position=0).proposal.text
    text.renderings.filter(language="en").update(title="Palace")
    shown = page(client.get(address(voted)))
    assert [words(shown.h1), words(shown.select_one("main .lead"))] == ["Well", "Well, in short"]
    assert words(shown.select_one("main .measured.flow")) == "Well, at length"
    [nav] = shown.select('nav[aria-label="This text in other languages"]')
    assert words(nav) == "العربية (the original) · dansk · English"
    assert [link["href"] for link in nav.select("a")] == ["?in=ar", "?in=da"]


def test_a_text_can_be_read_in_each_language_it_was_frozen_in(client, voted):
    shown = page(client.get(address(voted), {"in": "ar"}))
    assert words(shown.h1) == "بئر"
    [title], [lead] = shown.select("main h1 span"), shown.select("main .lead")
    assert (title["lang"], title["dir"]) == ("ar", "rtl")
    assert (lead["lang"], lead["dir"], words(lead)) == ("ar", "rtl", "بئر, in short")
    for unknown in ("sw", "<b>"):
        assert words(page(client.get(address(voted), {"in": unknown})).h1) == "Well"


def test_markup_in_a_text_is_text(client, voted):
    with tampering("voting_itemtext"):
        voted.items.get(position=1).texts.update(body="<b>bold</b>\n\nmore")
    [body] = page(client.get(address(voted, 1))).select("main .measured.flow")
    assert [words(part) for part in body.select("p")] == ["<b>bold</b>", "more"]


def test_before_the_end_nothing_is_explained(client, voted):
    assert "Why it was" not in words(page(client.get(address(voted))))


def test_a_funded_project_is_explained_by_its_place_and_what_its_voters_paid(
    client, west, tmp_path
):
    begun = timezone.now() - 2 * MONTH
    round_ = make_round(west, Phase.DELIBERATION, now=begun, lanes={"GENERAL": 60_000})
    make_proposal(round_, "Well", MONEY=20_000)
    make_proposal(round_, "School", MONEY=25_000)
    make_voters(20)
    election = frozen(round_, tmp_path, now=begun)
    alike = [((0, 1), (1, 1)), ((0, 1),), ((0, 1),), ((1, 1),)] * 5
    for number, ballot in enumerate(alike):
        cast(election, bytes([number]) * 32, encode_ballot(ballot))
    election = end(election)
    # 30.00 each: the well takes 13.33 of fifteen voters, and the school cannot raise 250.00 of
    # the 16.67 of five and the 30.00 of five that its voters have left.
    found = explanation_of(election, election.items.get(position=0), ("en",))
    assert found is not None
    assert (found.place, found.winners, found.votes) == (1, 1, 15)
    assert (found.amount_minor, found.remaining_minor) == (20_000, 40_000)
    said = words(page(client.get(address(election))).main)
    assert (
        "Why it was funded 15 voters chose it. It was bought as number 1 of 1 project in its lane."
        in said
    )
    assert (
        "After that, $400.00 of the lane’s budget was left. Who paid for it Voters with the same"
        " money left paid the same. Nothing is known of who they are. 15 voters paid $13.33 each of"
        " their parts of the budget. That is as if 15 voters had paid in full: its effective votes."
        in said
    )
    said = words(page(client.get(address(election, 1))).main)
    assert (
        "10 voters chose it. Those who chose it had $233.33 left together, $16.67 less than it costs."
        " In the end, $400.00 of the lane’s budget was left." in said
    )
    assert "Where the money of its voters went Well : $66.67" in said
    assert "What other rules would have done Most votes first: Funded" in said


def test_a_project_that_lost_is_told_what_was_missing(client, voted):
    election = end(voted)
    [school, fair] = (election.items.get(position=position) for position in (1, 2))
    found = explanation_of(election, school, ("en",))
    assert found is not None
    assert found.reason is not None
    assert (found.place, found.reason.has_margins) == (None, True)
    said = words(page(client.get(address(election, 1))).main)
    assert "Why it was not funded 2 voters chose it." in said
    margins = margins_of(election.tallies.get(decides=True).outcome)
    assert (found.reason.more_votes, found.reason.less_minor) == (
        margins[school.code]["more_votes"], margins[school.code]["less_cost"],
    )  # fmt: skip
    assert f"With {found.reason.more_votes} more voters who chose this project alone" in said
    assert "If it had cost $100.00 less, it would have been funded." in said
    said = words(page(client.get(address(election, fair.position))).main)
    assert "it would not have been funded at this cost." in said
    assert "If it had cost $800.00 less, it would have been funded." in said


def test_an_imported_election_says_nothing_of_what_was_missing(client, round_):
    election = counted(round_)
    said = words(page(client.get(address(election, 2))).main)
    assert "Why it was not funded 1 voter chose it." in said
    assert "When its turn came, €10.00 of the budget was left, €50.00 less than it costs." in said
    assert "What was missing" not in said
    assert "Equal Shares by cost: Not funded" in said


def test_a_withdrawn_project_is_marked_on_the_ballot_and_on_its_page(client, voted):
    move_proposal(voted.items.get(position=1).proposal, "WITHDRAWN")
    shown = page(client.get(reverse("voting:election", args=[voted.pk])))
    assert [words(chip) for chip in shown.select("main table .chip")] == ["Withdrawn"]
    said = words(page(client.get(address(voted, 1))).main)
    assert "Its authors withdrew it after the ballot was frozen." in said
    assert "Its authors withdrew it" not in words(page(client.get(address(voted, 0))).main)


def test_before_the_end_the_page_lists_the_ballot_with_its_rule(client, voted):
    shown = page(client.get(reverse("voting:election", args=[voted.pk])))
    assert [words(name) for name in shown.select("main tbody th a")] == ["Well", "School", "Fair"]
    assert "Equal Shares by cost. Every voter holds an equal part" in words(shown.main)
    assert [words(cell) for cell in shown.select("main tbody td")] == [
        "$400.00",
        "$300.00",
        "$900.00",
    ]


def test_what_is_on_no_ballot_has_no_page(client, round_, voted):
    assert client.get(address(voted, 3)).status_code == 404
    draft = make_election(round_)
    assert client.get(address(draft)).status_code in (302, 403)


def test_an_item_without_a_text_goes_by_its_code(client, round_):
    election = make_election(round_, ElectionStatus.FROZEN)
    with tampering("voting_itemtext"):
        election.items.get().texts.all().delete()
    assert words(page(client.get(address(election))).h1) == "a"


def test_an_item_is_read_with_few_queries_however_long_the_ballot(client, voted):
    election = end(voted)
    assert queries_of(lambda: item_at(election, 0)) == 2
    item = item_at(election, 1)
    assert item is not None
    assert queries_of(lambda: explanation_of(election, item, ("en",))) <= 4
