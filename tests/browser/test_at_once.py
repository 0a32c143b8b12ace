"""Two browsers at the same time: what the second one did is refused in words, and nothing is lost or doubled."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from hubs.models import SeatFunction
from hubs.phases import Phase
from proposals.models import Assessment
from tests.browser.tab import FULL, IDS, WAYS
from tests.browser.whole_round import answer, press
from tests.factories import make_member, make_round
from tests.hubs.races import wait_until
from tests.proposals.judging_makers import make_case, seat_judge
from tests.proposals.makers import make_proposal
from tests.voting.makers import count, make_voters
from tests.voting.voters import open_vote
from voting.actions import close_due_elections
from voting.actions.closing import ClockTimestamp
from voting.models import Ballot, Election

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REFUSED = 409
LANGUAGES = ["en", "ar"] if FULL else ["ar"]


@pytest.fixture(autouse=True)
def keys_folder(settings, tmp_path):
    settings.KEYS_DIR = tmp_path / "keys"


@pytest.fixture
def ada(transactional_db):
    return make_member("Ada")


def mark(tab, election, *positions: int) -> None:
    """Choose on the paper and go on to the review, where nothing is cast yet."""
    tab.go(f"elections/{election.pk}/vote/")
    for box in tab.page.locator("input[name=item]").all():
        box.uncheck()
    for position in positions:
        tab.page.locator(f"#item-{position}").check()
    press(tab, 'button[value="review"]')


def cast(tab, status: int = 200) -> None:
    tab.expected_status = status
    press(tab, 'form[action$="/cast/"] button')


def only_ballot(election) -> tuple[int, bytes]:
    ballot = Ballot.objects.get(election=election)
    return ballot.version, bytes(ballot.payload)


@pytest.mark.parametrize("code", ["en"])
def test_who_casts_from_two_browsers_has_one_ballot_and_the_last_one_counts(open_tab, round_, ada):
    election = open_vote(round_, ada)
    first, second = open_tab(ada), open_tab(ada, java_script_enabled=False)
    mark(first, election, 0)
    mark(second, election, 1)
    cast(first)
    assert only_ballot(election) == (1, b"[[0,1]]")
    cast(second)
    assert only_ballot(election) == (2, b"[[1,1]]")
    codes = []
    for tab in (first, second):
        tab.go(f"elections/{election.pk}/vote/receipt/")
        expect(tab.page.locator(".paper-line span [lang]")).to_have_text(["School"])
        codes.append(tab.page.locator(".check-code").inner_text())
    assert codes[0] == codes[1]


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_ballot_on_the_screen_at_the_close_is_refused_and_one_that_was_cast_counts(
    open_tab, round_, ada
):
    bea = make_member("Bea")
    closes_at = timezone.now() + timedelta(seconds=12)
    election = open_vote(round_, ada, bea, closes_at=closes_at)
    early, late, marking = open_tab(ada), open_tab(bea), open_tab(bea)
    mark(early, election, 0)
    cast(early)
    mark(late, election, 1)
    marking.go(f"elections/{election.pk}/vote/")
    assert timezone.now() < closes_at, "all of this has to be before the close"
    wait_until(lambda: bool(Election.objects.filter(closes_at__lte=ClockTimestamp())))

    with marking.page.expect_navigation():  # the page that saves each mark loads itself again
        marking.page.locator("#item-0").click()
    expect(marking.page.locator("input[name=item]")).to_have_count(0)
    expect(marking.page.locator(".paper-line__head .chip")).to_have_count(1)  # the choice is shown
    marking.look("at-once-marked-too-late")
    cast(late, status=REFUSED)
    late.look("at-once-cast-too-late")
    late.page.locator("main .actions a").click()
    expect(late.page.locator("main .cdx-message")).to_be_visible()

    [job] = close_due_elections()
    count(job, timezone.now())
    assert only_ballot(election) == (1, b"[[0,1]]")
    for tab, has_receipt in ((early, 1), (late, 0)):
        tab.expected_status = 200
        tab.go(f"elections/{election.pk}/")
        tab.look("at-once-result")
        expect(tab.page.locator('main a[href$="/receipt/"]')).to_have_count(has_receipt)


@pytest.fixture
def case(transactional_db):
    return make_case(now=timezone.now(), title="Puits", language="fr")


@pytest.mark.parametrize(("code", "scripts"), WAYS, ids=IDS)
def test_who_judges_what_was_withdrawn_meanwhile_is_told_and_keeps_what_they_wrote(
    open_tab, case, scripts
):
    judge, other, author = (
        open_tab(member, java_script_enabled=scripts)
        for member in (case.jo, case.kim, case.proposal.author)
    )
    judge.go(f"proposals/{case.proposal.pk}/assess/")
    answer(judge, 3, "Parce que.")
    other.go(f"proposals/{case.proposal.pk}/determine/")
    other.page.locator('[name="outcome"][value="DECLINED"]').check()
    other.fill(reason="Pas ici.")

    author.go(f"proposals/{case.proposal.pk}/withdraw/")
    author.look("at-once-withdraw")
    author.send()
    assert case.again().status == "WITHDRAWN"

    press(judge, 'button[name="submit"]')
    judge.look("at-once-assess-withdrawn")
    expect(judge.page.locator("main .cdx-message--error")).to_be_visible()
    for reason in judge.page.locator("main fieldset.criterion textarea").all():
        expect(reason).to_have_value("Parce que.")
    expect(judge.page.locator('main input[value="3"]:checked')).to_have_count(len(case.criteria))
    press(other, "form.form button")
    other.look("at-once-determine-withdrawn")
    expect(other.page.locator("main .cdx-message--error")).to_be_visible()
    expect(other.page.locator("main [name=reason]")).to_have_value("Pas ici.")
    assert not Assessment.objects.exclude(submitted_at=None).exists()


@pytest.mark.parametrize("code", LANGUAGES)
def test_two_officers_freeze_one_election(open_tab, west, round_in_deliberation):
    officers = [make_member(name) for name in ("Ona", "Oli")]
    for number, officer in enumerate(officers, 1):
        seat_judge(officer, west, number, SeatFunction.RETURNING_OFFICER)
    first, second = (open_tab(officer) for officer in officers)
    for tab in (first, second):
        tab.go(f"rounds/{round_in_deliberation.pk}/freeze/")
        tab.fill(title="Vote of 2026", language="en")
        tab.page.locator('[name="is_checked"]').check()
    first.send()
    election = Election.objects.get()
    assert first.path == f"elections/{election.pk}/"
    second.send()
    assert second.path == f"rounds/{round_in_deliberation.pk}/freeze/"
    second.look("at-once-freeze-refused")
    second.follow(f"elections/{election.pk}/")
    assert Election.objects.get() == election


@pytest.fixture
def round_in_deliberation(west):
    round_ = make_round(west, Phase.DELIBERATION, now=timezone.now(), title_ar="جولة 2026")
    make_proposal(round_.lanes.get(), status="SHORTLISTED", now=timezone.now())
    make_voters(20)
    return round_
