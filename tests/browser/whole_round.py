"""A round in a browser, deed by deed: each function is what one person does, on the pages where they do it.

Every page on the way is looked at. What the functions assert are figures, names and statuses, which
read the same in every language; ``figures`` reads them from pages whose digits are not ours.
"""

import re
import unicodedata
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone
from playwright.sync_api import Locator, expect

from allocation.models import Apportionment
from hubs.models import TIMETABLE_FIELDS, WHOLE_BP, Hub, HubCountry, Lane, LaneMethod, Round
from hubs.phases import Phase
from members.models import Member
from proposals.models import Proposal
from tests.browser.tab import Tab
from tests.factories import PASSWORD, make_round
from tests.proposals.makers import move
from tests.voting.makers import tampering
from voting.models import Election

SEPARATORS = {"٫": ".", "٬": ",", "\u200e": "", "\u200f": "", "\xa0": " "}
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
TITLE, SUMMARY, BODY = "Puits", "De l’eau pour un village.", "Nous creusons.\n\nPuis nous buvons."


def figures(place: Locator) -> str:
    """The text of a place, its digits and separators as they are written in English."""
    digits = (str(unicodedata.digit(letter, letter)) for letter in place.inner_text())
    return "".join(SEPARATORS.get(letter, letter) for letter in digits)


def main(tab: Tab) -> str:
    return figures(tab.page.locator("main"))


def press(tab: Tab, button: str) -> None:
    """Press what this selector finds on the page, and wait for the answer."""
    with tab.page.expect_navigation():
        tab.page.locator(f"main {button}").first.click()


def is_in(tab: Tab, language: str, direction: str, text: str) -> None:
    """The first place that holds a text says which language it is in, and where its lines begin."""
    # The nearest element with a language is what a screen reader goes by.
    place = tab.page.locator(f"main [lang]:has-text('{text}')").last
    expect(place).to_have_attribute("lang", language)
    expect(place).to_have_attribute("dir", direction)


# What the calendar does


def planned_round(hub: Hub, **fields: Any) -> Round:
    """A round that is planned but for its money; all of it goes to one lane, by a vote."""
    now = timezone.now()
    HubCountry.objects.create(hub=hub, country="EG")
    round_ = make_round(hub, Phase.PREPARATION, now=now, is_open=False, **fields)
    round_.lanes.all().delete()
    Lane.objects.create(round=round_, kind="GENERAL", method=LaneMethod.VOTE, share_bp=WHOLE_BP)
    return round_


def weeks_pass(round_: Round, phase: Phase) -> None:
    """As if the weeks until a phase were over: the whole timetable lies that much earlier."""
    begins = getattr(round_, f"{phase.lower()}_at")
    earlier = begins - timezone.now() + timedelta(minutes=1)
    moments = {name: F(name) - earlier for name in (*TIMETABLE_FIELDS, "opened_at")}
    with tampering("hubs_round"):
        Round.objects.filter(pk=round_.pk).update(**moments)
    round_.refresh_from_db()
    assert round_.phase_at(timezone.now()) == phase


def judged_elsewhere(proposal: Proposal) -> None:
    """The committee has shortlisted it too."""
    for status in ("IN_REVIEW", "SHORTLISTED"):
        move(proposal, status, timezone.now())


# Before the round


def run_the_formula(tab: Tab, pool: int) -> Apportionment:
    """The allocation officer publishes the formula and has a pool shared out by it."""
    tab.go("allocation/formulas/publish/")
    tab.look("round-publish-formula")
    tab.fill(south_floor="50")
    tab.send()
    tab.go(f"pools/{pool}/apportion/")
    tab.look("round-try-out")
    press(tab, 'form[method="post"] button')
    return Apportionment.objects.get()


def wait_for_the_run(tab: Tab, run: Apportionment) -> None:
    """Anybody watches the page of the run until a worker has computed it."""
    tab.go(f"apportionments/{run.pk}/")
    tab.page.locator('main a[href$="/split.csv"]').wait_for(timeout=60_000)


def approve_the_run(tab: Tab, run: Apportionment) -> None:
    tab.go(f"apportionments/{run.pk}/")
    tab.look("round-run")
    press(tab, 'form[action$="/approve/"] button')
    tab.look("round-run-approved")
    run.refresh_from_db()
    assert run.status == "APPROVED"


def fund(tab: Tab, round_: Round, amount: str) -> None:
    """The treasurer, from home, gives the round its part of the hub's envelope."""
    tab.go()
    tab.follow(f"rounds/{round_.pk}/fund/")
    tab.look("round-fund")
    tab.fill(amount="999999999999")
    tab.send()
    tab.look("round-fund-refused")
    assert tab.typed("amount") == {"amount": "999999999999"}
    tab.fill(amount=amount)
    tab.send()
    assert tab.path == f"rounds/{round_.pk}/"
    assert "1,000.00" in main(tab)


def open_round(tab: Tab, round_: Round) -> None:
    """The facilitator, from home, opens the round."""
    tab.go()
    tab.look("round-home-of-facilitator")
    tab.follow(f"rounds/{round_.pk}/open/")
    tab.look("round-open")
    tab.send()
    round_.refresh_from_db()
    assert round_.opened_at is not None
    tab.look("round-opened")


# Its author


def sign_in(tab: Tab, member: Member) -> None:
    tab.go("account/login/")
    tab.look("round-sign-in")
    tab.fill(login=member.email, password=PASSWORD)
    tab.send()
    assert member.name in tab.heading


def set_languages(tab: Tab) -> None:
    """French to write and read; the interface stays as it is."""
    tab.go("languages/")
    tab.fill(reads_1="fr", reads_2=tab.code, writes="fr")
    tab.page.locator(f'[name="interface_language"][value="{tab.code}"]').check()
    tab.send()
    tab.look("round-languages")
    assert tab.typed("reads_1", "writes") == {"reads_1": "fr", "writes": "fr"}


def read(tab: Tab, proposal: Proposal) -> None:
    """From the first page to what somebody else has written."""
    round_ = proposal.lane.round
    tab.go()
    tab.look("round-home-of-author")
    tab.page.locator(f'main a[href="/{tab.code}/rounds/{round_.pk}/"]').first.click()
    assert tab.path == f"rounds/{round_.pk}/"
    tab.look("round")
    tab.follow(f"rounds/{round_.pk}/proposals/")
    tab.look("round-proposals")
    tab.follow(f"proposals/{proposal.pk}/")
    tab.look("round-proposal-of-another")
    assert "500.00" in main(tab)
    is_in(tab, "da", "ltr", "Skole")


def draft_and_submit(tab: Tab, round_: Round) -> Proposal:
    tab.go(f"rounds/{round_.pk}/")
    tab.follow(f"rounds/{round_.pk}/propose/")  # there is one lane: nothing to choose
    tab.look("round-write")
    tab.fill(language="fr", title=TITLE, country="EG")
    press(tab, 'form button[name="save"]:not(.visually-hidden)')
    proposal = Proposal.objects.get(status="DRAFT")
    tab.go()
    tab.look("round-home-with-a-draft")
    tab.go("proposals/mine/")
    tab.look("round-mine")
    tab.follow(f"proposals/{proposal.pk}/")
    tab.look("round-draft")
    tab.follow(f"proposals/{proposal.pk}/edit/")
    assert tab.typed("title") == {"title": TITLE}
    tab.fill(summary=SUMMARY, body=BODY)
    tab.fill(**{"lines-0-kind": "MONEY", "lines-0-amount": "400", "lines-0-purpose": "Pompe"})
    press(tab, 'form button[name="look"]')
    assert tab.path == f"proposals/{proposal.pk}/submit/"
    tab.look("round-check")
    assert "400.00" in main(tab)
    tab.send()
    tab.look("round-submitted")
    proposal.refresh_from_db()
    assert (proposal.status, tab.heading) == ("SUBMITTED", TITLE)
    is_in(tab, "fr", "ltr", "Puis nous buvons.")
    return proposal


# The committee


def assess(tab: Tab, proposal: Proposal, level: int) -> None:
    """A judge keeps a draft that lacks a reason, is told so, and submits."""
    hub = proposal.lane.round.hub
    tab.go(f"hubs/{hub.slug}/desk/")
    tab.look("round-desk")
    tab.follow(f"proposals/{proposal.pk}/assess/")
    tab.look("round-assess")
    is_in(tab, "fr", "ltr", "Nous creusons.")
    answer(tab, level, reason="")
    press(tab, 'button[name="submit"]')
    tab.look("round-assess-incomplete")
    answer(tab, level, reason="Because.")
    press(tab, 'button[name="submit"]')
    assert tab.path == f"proposals/{proposal.pk}/determine/"
    tab.look("round-assessed")


def answer(tab: Tab, level: int, reason: str) -> None:
    """The same level and reason for every criterion of the page."""
    for group in tab.page.locator("main fieldset.criterion").all():
        group.locator(f'input[type="radio"][value="{level}"]').check()
        group.locator("textarea").fill(reason)


def shortlist(tab: Tab, proposal: Proposal) -> None:
    """Who has assessed puts the decision."""
    tab.go(f"proposals/{proposal.pk}/determine/")
    tab.page.locator('[name="outcome"][value="SHORTLISTED"]').check()
    tab.fill(reason="Vand er liv.", language="da")
    press(tab, "form.form button")
    tab.look("round-determination")
    is_in(tab, "da", "ltr", "Vand er liv.")


def agree(tab: Tab, proposal: Proposal) -> None:
    """A second voice, found from home, brings it into effect."""
    tab.go()
    tab.look("round-home-of-judge")
    tab.follow(f"proposals/{proposal.pk}/determine/")
    tab.look("round-agree")
    press(tab, 'form[action$="/agree/"] button')
    proposal.refresh_from_db()
    assert proposal.status == "SHORTLISTED"
    tab.go(f"proposals/{proposal.pk}/")
    tab.look("round-shortlisted")
    is_in(tab, "da", "ltr", "Vand er liv.")


# The vote


def freeze(tab: Tab, round_: Round) -> Election:
    tab.go()
    tab.follow(f"rounds/{round_.pk}/freeze/")
    tab.look("round-freeze")
    told = main(tab)
    assert [amount for amount in ("1,000.00", "400.00", "500.00", "600.00") if amount in told] == [
        "1,000.00", "400.00", "500.00", "600.00",
    ]  # fmt: skip
    tab.fill(title="Vote of 2026", language="en")
    tab.page.locator('[name="rule"][value="greedy"]').check()
    tab.send()
    tab.look("round-freeze-unchecked")
    assert tab.typed("title") == {"title": "Vote of 2026"}
    tab.page.locator('[name="is_checked"]').check()
    tab.send()
    election = Election.objects.get()
    assert tab.path == f"elections/{election.pk}/"
    tab.look("round-frozen")
    return election


def vote(tab: Tab, election: Election, *titles: str) -> str:
    """A voter, from home, marks what has these titles and casts; returns the code of the receipt."""
    tab.go()
    tab.look("round-home-of-voter")
    tab.follow(f"elections/{election.pk}/")
    if tab.path == f"elections/{election.pk}/":
        tab.look("round-election-to-vote-in")
        tab.follow(f"elections/{election.pk}/vote/")
    tab.look("round-booth")
    is_in(tab, "fr", "ltr", TITLE)
    for title in titles:
        tab.page.locator("main .paper-line", has_text=title).locator("input").check()
    press(tab, 'button[value="review"]')
    tab.look("round-review")
    assert "900.00" in main(tab)
    press(tab, 'form[action$="/cast/"] button')
    assert tab.path == f"elections/{election.pk}/vote/receipt/"
    tab.look("round-receipt")
    return tab.page.locator(".check-code").inner_text()


def see_it_counted(tab: Tab, election: Election) -> None:
    """The page of the election moves on by itself to the result."""
    tab.page.locator("main .result-line").wait_for(timeout=60_000)
    tab.look("round-result")
    assert rows(tab)[:3] == [
        ("Puits", "13", "400.00"), ("Skole", "9", "500.00"), ("Bibliotek", "5", "600.00"),
    ]  # fmt: skip
    spent, left = "900.00", "100.00"
    assert spent in main(tab)
    assert left in main(tab)
    tab.page.locator("summary").first.click()
    tab.look("round-result-by-other-rules")


def rows(tab: Tab) -> list[tuple[str, str, str]]:
    """Of each project in the result: its name, votes and cost."""
    found = []
    for line in tab.page.locator("main table").first.locator("tbody tr:not(.result-line)").all():
        name = line.locator("th a").inner_text()
        votes, cost = (figures(cell) for cell in line.locator("td").all()[-2:])
        found.append((name, votes.strip(), re.sub(r"[^\d.,]", "", cost)))
    return found


# After the count


def make_awards(tab: Tab, election: Election) -> None:
    """The treasurer, from home, makes what was bought into awards."""
    tab.go()
    tab.look("round-home-of-treasurer")
    tab.follow(f"elections/{election.pk}/awards/")
    tab.look("round-awards")
    assert "900.00" in main(tab)
    press(tab, "form button")
    assert tab.path == f"rounds/{election.round_id}/"
    tab.look("round-awarded")
    assert {"Puits", "Skole"} <= set(tab.page.locator("main tbody th a").all_inner_texts())


def explained(tab: Tab, election: Election, proposal: Proposal) -> set[str]:
    """From the result to the page that says why a project was funded or not; returns its figures."""
    proposal.refresh_from_db()
    tab.go(f"elections/{election.pk}/")
    position = election.items.get(proposal=proposal).position
    tab.follow(f"elections/{election.pk}/items/{position}/")
    tab.look(f"round-explanation-{proposal.status.lower()}")
    words = tab.page.locator("main h2 + p, main h3:first-of-type + ul")
    return {number for place in words.all() for number in re.findall(NUMBER, figures(place))}


def see_the_envelope(tab: Tab, run: Apportionment, hub: Hub) -> None:
    """Anybody sees what the hub was given, where it went, and why it was so much."""
    tab.go("oversight/")
    tab.look("round-oversight")
    tab.go(f"hubs/{hub.slug}/envelopes/")
    tab.look("round-envelopes")
    assert "1,000.00" in main(tab)
    tab.follow(f"apportionments/{run.pk}/hubs/{hub.slug}/")
    tab.look("round-hub-share")
    envelope = run.envelopes.get(hub=hub)
    assert f"{envelope.amount_minor // 100:,}.00" in main(tab)
