"""A rule is chosen, tried out and looked at in its result, in a real browser."""

import pytest
from django.utils import timezone

from audit.models import OPERATOR
from hubs.models import SeatFunction
from hubs.phases import Phase
from members.models import Member
from tests.browser.tab import weight
from tests.factories import make_member, make_round, make_term, pb_text
from tests.voting.makers import make_proposal, make_voters
from voting.actions import import_election
from voting.forms import read_election
from voting.models import Election
from voting.tasks import count_election

pytestmark = pytest.mark.browser

HEAVIEST = 100_000  # bytes on the wire, as of every page
MANY = 200


@pytest.fixture
def ona(west) -> Member:
    member = make_member("Ona")
    make_term(member, west, SeatFunction.RETURNING_OFFICER)
    return member


def counted(round_, text: str) -> Election:
    election, job = import_election(
        round=round_, file=read_election(text.encode()), ranking_points="from-one",
        importer=OPERATOR, now=timezone.now(),
    )  # fmt: skip
    count_election(str(job.pk))
    return election


@pytest.fixture
def city(round_) -> Election:
    """Two hundred projects, each with some voters; a tenth of what they cost is there."""
    projects = "".join(
        f"p{n};{10 + n % 50};Project number {n} of the neighbourhood association\n"
        for n in range(MANY)
    )
    votes = "".join(
        f"{n};{','.join(sorted({f'p{n % MANY}', f'p{n * 7 % MANY}', f'p{n * n % 30}'}))}\n"
        for n in range(3 * MANY)
    )
    text = pb_text(votes, budget="700", rule="equalshares")
    head, _, rest = text.partition("a;40;Well\n")
    return counted(round_, f"{head}{projects}{rest[rest.index('VOTES') :]}")


def unfold(tab) -> None:
    for summary in tab.page.locator("main details > summary").all():
        summary.click()


def test_a_rule_is_chosen_with_its_options(open_tab, west, ona):
    round_ = make_round(west, Phase.DELIBERATION, now=timezone.now())
    make_proposal(round_, "Well", MONEY=4_000)
    make_voters(20)
    tab = open_tab(ona)
    tab.go(f"rounds/{round_.pk}/freeze/")
    unfold(tab)
    tab.look("rules-explained")
    tab.fill(title="Spring", min_support="-1", completion="greedy")
    tab.page.locator('[name="rule"][value="phragmen"]').check()
    tab.send()
    tab.look("rules-refused")
    assert tab.page.locator(".rule-options").get_attribute("open") is not None
    assert tab.typed("title", "min_support", "completion") == {
        "title": "Spring", "min_support": "-1", "completion": "greedy",
    }  # fmt: skip
    tab.fill(min_support="2")
    tab.page.locator('[name="is_checked"]').check()
    tab.send()
    election = Election.objects.get()
    assert tab.path == f"elections/{election.pk}/"
    assert (election.rule, election.parameters["min_support"]) == ("phragmen", 2)
    tab.look("rules-frozen")


@pytest.mark.parametrize("scripts", [True, False])
def test_rules_are_tried_out_from_a_result(open_tab, round_, ona, scripts):
    election = counted(round_, pb_text())
    tab = open_tab(ona, java_script_enabled=scripts)
    tab.go(f"elections/{election.pk}/")
    tab.follow("elections/try-rules/")
    tab.look("rules-tried")
    assert tab.page.locator("main table").count() >= 2
    tab.fill(electorate="groups", seed="0")
    tab.send()
    tab.look("rules-tried-refused")
    assert tab.typed("electorate", "seed") == {"electorate": "groups", "seed": "0"}
    tab.fill(seed="7")
    tab.page.locator('[name="second-rule"][value="phragmen"]').check()
    tab.send()
    tab.look("rules-tried-on-invented")
    assert tab.page.locator("main table").nth(1).locator("tbody tr").count() == 3


def test_a_result_with_two_hundred_projects_is_light_and_readable(
    open_tab, browser, live_server, city
):
    context = browser.new_context()
    assert weight(context.new_page(), f"{live_server.url}/en/elections/{city.pk}/") < HEAVIEST
    context.close()
    tab = open_tab()
    tab.go(f"elections/{city.pk}/")
    assert tab.page.locator("svg.rounds__bars rect").count() > 20
    tab.look("result-of-a-city")
    unfold(tab)
    tab.look("result-of-a-city-unfolded")


def test_the_bars_begin_where_lines_begin(open_tab, city, code):
    tab = open_tab()
    tab.go(f"elections/{city.pk}/")
    drawing = tab.page.locator("svg.rounds__bars").bounding_box()
    first = tab.page.locator("svg.rounds__bars rect").first.bounding_box()
    assert drawing is not None
    assert first is not None
    is_left = first["x"] - drawing["x"] < drawing["width"] / 2
    assert is_left == (code == "en")
