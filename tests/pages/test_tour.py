"""Every claim of the tour, against the rows; its pages, for whom it names; and what it says later."""

import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_FLOOR, Decimal

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client
from django.utils import timezone

from allocation.actions import make_awards
from allocation.models import Apportionment, IndicatorValue
from hubs.actions import end_term
from members.models import Member
from pages.demo import tour
from pages.demo.people import PEOPLE, STORY
from proposals.models import Proposal, Recusal
from proposals.queries import awaiting_assessment
from tests.hubs.reading import page, words
from tests.pages import demo_urls
from tests.pages.movement import Movement
from voting import rules
from voting.actions import cast_ballot
from voting.canonical import decode_ballot
from voting.models import Election, Item
from voting.queries import ballot_groups, instance_of, margins_of, profiles_of, voter_of

STOPS = ["why", "vote", "roll", "result", "practice", "review", "audit"]


@pytest.fixture
def shown(demo, client) -> BeautifulSoup:
    return read(client)


def read(client: Client, language: str = "en") -> BeautifulSoup:
    response = client.get(f"/{language}/tour/")
    assert response.status_code == 200
    return page(response)


def stop(soup: BeautifulSoup, name: str) -> str:
    found = soup.find(id=name)
    assert found
    return " ".join(found.get_text().split())  # as it reads: no gap where a tag ends


def by_name(name: str) -> Member:
    return Member.objects.get(email=f"{name.lower()}@demo.invalid")


@pytest.fixture
def voting(demo) -> Election:
    return Election.objects.get(round__hub__slug="ssa")


@pytest.fixture
def counted(demo) -> Election:
    return Election.objects.get(round__hub__slug="lac")


def money(minor: int | None) -> str:
    assert minor is not None
    return f"${minor / 100:,.2f}"


# The claims.


def test_there_are_seven_stops(shown):
    assert [item["id"] for item in shown.select("ol.tour > li")] == STOPS
    assert all(item.select_one(".panel h2") for item in shown.select("ol.tour > li"))


def test_last_years_shares_would_have_given_less_than_half_to_the_global_south(shown):
    run = Apportionment.objects.get(status="APPROVED")
    values = IndicatorValue.objects.filter(snapshot=run.snapshot_id)
    figures: dict[int, dict[str, Decimal]] = {}
    for hub, indicator, value in values.values_list("hub", "indicator", "value"):
        figures.setdefault(hub, {})[indicator] = value
    before = sum(one["PREVIOUS"] for one in figures.values())
    south = sum(one["PREVIOUS"] * one["SOUTH"] for one in figures.values())
    now = dict(run.envelopes.values_list("hub", "amount_minor"))
    south_now = sum(now[hub] * one["SOUTH"] for hub, one in figures.items())
    said = stop(shown, "why")
    assert f"{100 * south / before:.1f}" == "49.5"
    assert "would have given 49.5 % to the Global South" in said
    shown_now = (Decimal(100) * Decimal(south_now) / 1_600_000_000).quantize(
        Decimal("0.1"), ROUND_FLOOR
    )
    assert f"at least 50 %. Now it is {shown_now.normalize():f} %." in said
    assert south_now / 1_600_000_000 >= run.formula.south_floor


def test_one_region_rose_most(shown):
    run = Apportionment.objects.get(status="APPROVED")
    risen = {
        one.hub.slug: (Decimal(one.amount_minor) / (one.previous_minor or 1), one)
        for one in run.envelopes.all()
    }
    slug = max(risen, key=lambda hub: risen[hub][0])
    envelope = risen[slug][1]
    assert (slug, envelope.previous_minor, envelope.amount_minor) == (
        "mena",
        230_000_00,
        580_000_00,
    )
    told = f"went from {money(envelope.previous_minor)} to {money(envelope.amount_minor)}"
    assert f"Middle East and North Africa {told}" in stop(shown, "why")


def test_twenty_four_proposals_in_six_languages_wait_for_amina_who_has_chosen_three(
    shown, voting, demo
):
    proposals = Proposal.objects.filter(items__election=voting)
    languages = set(proposals.values_list("text__language", flat=True))
    name = voter_of(voting, by_name("Amina"), demo.keys).pseudonym
    (draft,) = voting.drafts.filter(pseudonym=name)
    assert (proposals.count(), len(languages)) == (24, 6)
    assert len(decode_ballot(bytes(draft.payload))) == 3
    assert not voting.ballots.filter(pseudonym=name).exists()
    said = stop(shown, "vote")
    assert "24 proposals stand on her ballot, written in 6 languages." in said
    assert "She has chosen 3; nothing is cast yet." in said


def test_lars_is_not_on_the_roll_for_a_reason_that_he_reads(shown, voting):
    lars = by_name("Lars")
    assert not voting.roll.filter(member=lars).exists()
    assert voting.roll.filter(member=by_name("Amina")).exists()
    said = stop(shown, "roll")
    assert "in Northern and Western Europe, not in Sub-Saharan Africa" in said


def recount(election: Election, code: str, *, more: int = 0, less: int = 0) -> bool:
    """Whether a project is bought with so many more supporters of it alone, and at so much less."""
    item = election.items.select_related("lane").get(code=code)
    instance = instance_of(item.lane)
    profile = profiles_of(election, ballot_groups(election))[item.lane_id]
    (index,) = [n for n, project in enumerate(instance.projects) if project.id == code]
    cheaper = tuple(
        replace(project, cost=project.cost - less) if project.id == code else project
        for project in instance.projects
    )
    joined = ((((index, 1),), more),) if more else ()
    outcome = rules.count(
        election.rule,
        replace(instance, projects=cheaper),
        replace(profile, ballots=(*profile.ballots, *joined)),
        rules.Parameters(**election.parameters),
    )
    return code in outcome.winners


def test_the_radio_archive_lost_by_so_much_and_no_less(shown, counted):
    item = Item.objects.get(election=counted, texts__title="Archivo de radio comunitaria")
    said = stop(shown, "result")
    found = re.search(
        r"“Community radio archive” lost: it needed (\d+) more supporters, or to cost \$([\d.,]+) less",
        said,
    )
    assert found, said
    votes, less = int(found[1]), int(found[2].replace(",", "").replace(".", ""))
    assert not recount(counted, item.code)
    assert recount(counted, item.code, more=votes)
    assert not recount(counted, item.code, more=votes - 1)
    assert recount(counted, item.code, less=less)
    assert not recount(counted, item.code, less=less - 1)


def test_the_difference_between_the_rules_is_told_by_title(shown, counted):
    won: dict[str, set[str]] = {"equal-shares": set(), "greedy": set()}
    profiles = profiles_of(counted, ballot_groups(counted))
    counts = {
        "equal-shares": rules.Parameters(
            satisfaction="cardinality", completion="greedy", tie_break="standard"
        ),
        "greedy": rules.Parameters(order="votes", tie_break="standard"),
    }
    for lane in counted.lanes.all():
        for rule, parameters in counts.items():
            outcome = rules.count(rule, instance_of(lane), profiles[lane.pk], parameters)
            won[rule] |= set(outcome.winners)

    def titles(codes: set[str]) -> set[str]:
        texts = [
            dict(counted.items.get(code=code).texts.values_list("language", "title"))
            for code in codes
        ]
        return {text.get("en") or next(iter(text.values())) for text in texts}

    lists = [{words(item) for item in part.select("li")} for part in shown.select("#result ul")]
    assert lists == [
        titles(won["greedy"] - won["equal-shares"]),
        titles(won["equal-shares"] - won["greedy"]),
    ]
    assert min(map(len, lists)) >= 3


def test_six_applications_wait_for_rana_and_one_is_closed_to_her(shown, demo):
    rana = by_name("Rana")
    under_review = Proposal.objects.filter(
        lane__round__hub__slug="mena", status__in=("SUBMITTED", "UNDER_REVIEW")
    )
    done = under_review.filter(assessments__assessor=rana, assessments__submitted_at__isnull=False)
    waiting = set(under_review) - set(done)
    closed = Recusal.objects.get(member=rana)
    assert len(waiting) == 6
    assert closed.proposal in waiting
    said = stop(shown, "review")
    assert (
        "6 applications wait. One she cannot even open, because her organisation wrote it." in said
    )


@pytest.mark.parametrize("name", ["vote", "result", "audit"])
def test_what_is_not_built_yet_says_so(shown, name):
    assert "Not built yet:" in stop(shown, name)


# Its pages.


def buttons(soup: BeautifulSoup) -> list[dict[str, str]]:
    return [
        {str(field["name"]): str(field["value"]) for field in form.select("input[type=hidden]")}
        for form in soup.select('ol.tour form[method="post"]')
    ]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_button_signs_in_and_opens_a_page_that_is_there(demo, client, language):
    pressed = buttons(read(client, language))
    assert {one["email"].split("@")[0] for one in pressed} == {
        "grace", "amina", "lars", "camille", "rana", "nadia",
    }  # fmt: skip
    for one in pressed:
        browser = Client()
        response = browser.post(f"/{language}/demo/people/", one)
        assert response.status_code == 302
        assert browser.get(response["Location"]).status_code == 200, response["Location"]
        signed_in = Member.objects.get(pk=browser.session["_auth_user_id"])
        assert signed_in.email == one["email"]
        assert response["Location"].startswith(f"/{signed_in.interface_language}/")
        assert response["Location"][4:] == one["next"][4:]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_link_opens_for_a_visitor(demo, client, language):
    soup = read(client, language)
    links = [str(link["href"]) for link in soup.select("ol.tour a")]
    assert len(links) >= 4
    for link in links:
        assert client.get(link).status_code == 200, link


def test_the_tour_stands_in_arabic_from_right_to_left(demo, client):
    soup = read(client, "ar")
    html = soup.select_one("html")
    assert isinstance(html, Tag)
    assert (html["lang"], html["dir"]) == ("ar", "rtl")
    assert [item["id"] for item in soup.select("ol.tour > li")] == STOPS
    for text in soup.select("#result li span[lang]"):
        assert text["dir"] == ("rtl" if text["lang"] == "ar" else "ltr")


def test_an_address_without_a_language_leads_to_the_tour(demo, client):
    response = client.get("/tour/", follow=True)
    assert response.status_code == 200
    assert page(response).select("ol.tour")


def test_amina_finds_her_ballot_and_lars_his_reason(demo, client, voting):
    amina, lars = Client(), Client()
    amina.force_login(by_name("Amina"))
    lars.force_login(by_name("Lars"))
    paper = page(amina.get(f"/en/elections/{voting.pk}/vote/"))
    assert len(paper.select("input[type=checkbox][checked]")) == 3
    told = words(
        page(lars.get(f"/en/elections/{voting.pk}/")).main
    )  # names in Danish, which he reads
    assert "No. Members at home in the hub Afrika syd for Sahara vote here." in told
    assert "belongs to the hub Nord- og Vesteuropa" in told


def test_rana_opens_five_of_six(demo):
    browser = Client()
    browser.force_login(by_name("Rana"))
    closed = Recusal.objects.get(member=by_name("Rana")).proposal
    assert browser.get(f"/en/proposals/{closed.pk}/assess/").status_code == 403
    waiting = tour.desk(timezone.now())
    assert waiting
    assert waiting.closed == closed


# Signing in.


def test_one_click_signs_in_as_anyone_of_the_cast_and_nobody_else(demo, client):
    offered = page(client.get("/en/demo/people/"))
    emails = [str(one["value"]) for one in offered.select('main input[name="email"]')]
    assert emails == [one.email for one in PEOPLE]
    assert emails[: len(STORY)] == [one.email for one in STORY]
    of_the_crowd = Member.objects.get(email="ssa-0001@demo.invalid")
    assert client.post("/en/demo/people/", {"email": of_the_crowd.email}).status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "javascript:x", ""])
def test_a_button_leads_nowhere_outside_the_site(demo, client, wanted):
    sent = {"email": "amina@demo.invalid", "next": wanted}
    assert client.post("/en/demo/people/", sent)["Location"] == "/en/"


@pytest.mark.parametrize("path", ["tour/", "demo/people/", "demo/mail/"])
def test_the_addresses_of_the_demo_exist_in_the_demo_only(db, client, settings, path):
    assert not settings.DEMO
    assert client.get(f"/en/{path}").status_code == 404


# What it says when the data has moved on.


def cast(election: Election, member: Member, movement: Movement, *positions: int) -> None:
    cast_ballot(
        election_id=election.pk,
        voter=voter_of(election, member, movement.keys),
        choices=tuple((position, 1) for position in positions),
        cast_key=uuid.uuid4(),
    )


def test_it_says_that_amina_has_cast_and_that_she_begins_anew(demo, client, voting):
    amina = by_name("Amina")
    cheapest = voting.items.order_by("cost_minor").first()
    cast(voting, amina, demo, cheapest.position)
    assert "She has cast. She can change it until the vote ends" in stop(read(client), "vote")
    browser = Client()
    browser.force_login(amina)
    browser.post(f"/en/elections/{voting.pk}/vote/", {"item": str(cheapest.position)})
    assert "She has cast, and begun to choose anew" in stop(read(client), "vote")


def test_it_says_when_she_has_chosen_nothing(demo, client, voting):
    voting.drafts.all().delete()
    said = stop(read(client), "vote")
    assert "Nothing is cast yet." in said
    assert "She has" not in said


def test_a_key_that_is_away_breaks_nothing(demo, client, settings, tmp_path):
    settings.KEYS_DIR = tmp_path
    assert "Nothing is cast yet." in stop(read(client), "vote")


@pytest.fixture
def later(demo, monkeypatch) -> Callable[[int], None]:
    """Let the pages believe that days have gone by."""

    def wait(days: int) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: demo.now + timedelta(days=days))

    return wait


def test_it_says_that_no_vote_is_open_any_more(later, client):
    later(11)
    soup = read(client)
    for name in ("vote", "roll"):
        assert "No vote is open now." in stop(soup, name)
    assert {one["email"] for one in buttons(soup)} == {
        f"{name}@demo.invalid" for name in ("grace", "camille", "rana", "nadia")
    }


def test_it_says_that_nothing_waits_for_rana_once_her_round_is_voted_on(later, client):
    later(45)
    assert "She has assessed all that waited for her." in stop(read(client), "review")


def test_it_says_that_rana_holds_no_seat_any_more(demo, client):
    rana = by_name("Rana")
    end_term(term=rana.terms.get(), ender=rana, now=timezone.now())
    assert "holds no seat on the committee any more" in stop(read(client), "review")


def test_it_counts_down_what_waits_for_rana(demo, client):
    rana = by_name("Rana")
    waiting = awaiting_assessment(rana, timezone.now())
    assert waiting.count() == 5
    for proposal in waiting[:4]:
        proposal.status = "WITHDRAWN"
        proposal.save(update_fields=["status"])
    assert "2 applications wait." in stop(read(client), "review")


def test_it_says_what_the_awards_came_to(demo, client, counted):
    made = make_awards(election=counted, treasurer=by_name("Jorge"), now=timezone.now())
    funded = Proposal.objects.filter(items__election=counted, status="FUNDED").count()
    assert funded == len({award.proposal_id for award in made}) > 1
    said = stop(read(client), "result")
    assert f"The awards are made: {funded} proposals are funded." in said
    assert "“Community radio archive” lost" in said


def test_it_says_that_a_worker_counts_while_there_is_no_tally(demo, client, monkeypatch):
    monkeypatch.setattr("pages.demo.views.counted", lambda now, chain: None)
    assert "A worker is counting the ballots." in stop(read(client), "result")


def test_another_election_has_a_narrowest_loser_too(counted, monkeypatch):
    monkeypatch.setattr(tour, "RADIO", "a title of nothing")
    found = tour.counted(timezone.now(), ("en",))
    assert found
    assert found.loser
    margins = [
        margin["more_votes"]
        for tally in counted.tallies.filter(decides=True)
        for margin in margins_of(tally.outcome).values()
        if margin["more_votes"] and margin["less_cost"]
    ]
    assert found.loser.more_votes == min(margins)


def test_before_anything_was_made_it_still_stands(db, client, settings):
    settings.DEMO, settings.ROOT_URLCONF = True, demo_urls.__name__
    assert [item["id"] for item in read(client).select("ol.tour > li")] == STOPS
