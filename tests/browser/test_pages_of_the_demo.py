"""Every page with the data of the demo on it, as the person whom it is for sees it.

By default those on which most can go wrong, once; ``E2E_FULL=1`` opens all of them in both languages.
"""

import re

import pytest
from django.utils import timezone

from allocation.models import Apportionment, FormulaVersion, Pool
from allocation.tasks import compute_apportionment
from hubs.models import Round
from jobs.models import Job
from members.models import Member
from pages.demo.people import person
from pages.demo.seed import seed
from proposals.models import UNDER_REVIEW, Proposal
from tests.browser.tab import FULL
from voting.models import Election
from voting.queries import COUNT_TASK
from voting.tasks import count_election

pytestmark = pytest.mark.browser

# Person (none: anybody) and address below the language; what stands in braces is told by ``places``.
SHORT = (
    ("", "tour/"),
    ("", "proposals/{long}/"),
    ("", "elections/{counted}/"),
    ("", "elections/{counted}/items/{lost}/"),
    ("", "apportionments/{split}/hubs/mena/"),
    ("", "oversight/"),
    ("", "principles/"),
    ("Amina", ""),
    ("Amina", "elections/{open}/vote/"),
    ("Amina", "elections/{open}/vote/review/"),
    ("Lars", "proposals/{draft}/edit/"),
    ("Rana", "hubs/mena/desk/"),
    ("Rana", "proposals/{to_assess}/assess/"),
)
OTHERS = (
    ("", ""),
    ("", "hubs/"),
    ("", "hubs/lac/"),
    ("", "centre/"),
    ("", "rounds/{lac}/"),
    ("", "rounds/{nwe}/"),
    ("", "rounds/{mena}/proposals/"),
    ("", "rounds/{lac}/proposals/?page=2"),
    ("", "elections/{counted}/items/{won}/"),
    ("", "elections/{open}/"),
    ("", "elections/{open}/items/0/"),
    ("", "allocation/"),
    ("", "allocation/formulas/"),
    ("", "allocation/formulas/{formula}/"),
    ("", "apportionments/{split}/"),
    ("", "apportionments/{split}/replay/"),
    ("", "apportionments/{split}/hubs/ceeca/"),
    ("", "hubs/lac/envelopes/"),
    ("", "demo/people/"),
    ("", "demo/mail/"),
    ("Lars", ""),
    ("Lars", "rounds/{nwe}/propose/"),
    ("Lars", "rounds/{nwe}/propose/EXPERIMENT/"),
    ("Lars", "proposals/mine/"),
    ("Lars", "proposals/{draft}/"),
    ("Lars", "proposals/{draft}/submit/"),
    ("Lars", "proposals/{draft}/discard/"),
    ("Lars", "elections/{open}/"),
    ("Rana", ""),
    ("Rana", "hubs/mena/desk/?show=all"),
    ("Rana", "proposals/{to_assess}/determine/"),
    ("Rana", "proposals/{decided}/determine/"),
    ("Rana", "proposals/{to_assess}/recuse/"),
    ("Rana", "proposals/{closed}/recuse/"),
    ("Camille", ""),
    ("Camille", "hubs/nwe/rounds/plan/"),
    ("Camille", "hubs/nwe/practice/"),
    ("Salma", "rounds/{mena}/freeze/"),
    ("Salma", "rounds/{mena}/import/"),
    ("Thandi", "rounds/{ssa}/freeze/"),
    ("Jorge", ""),
    ("Jorge", "rounds/{lac}/fund/"),
    ("Jorge", "elections/{counted}/awards/"),
    ("Devi", "proposals/{long}/translate/hi/"),
    ("Grace", ""),
    ("Grace", "allocation/formulas/publish/"),
    ("Grace", "allocation/indicators/publish/"),
    ("Grace", "pools/declare/"),
    ("Grace", "pools/{staff}/apportion/"),
    ("Samuel", ""),
    ("Samuel", "apportionments/{to_approve}/"),
    ("Nadia", ""),
)


@pytest.fixture
def places(transactional_db, settings, tmp_path) -> dict[str, object]:
    """The movement of the demo, its vote counted and its second run computed; and where things are."""
    settings.DEMO = True
    settings.ROOT_URLCONF = "tests.pages.demo_urls"
    settings.KEYS_DIR, settings.MAIL_DIR = tmp_path / "keys", tmp_path / "mail"
    seed(now=timezone.now(), say=lambda said: None)
    for job in Job.objects.filter(finished_at=None):
        work = count_election if job.kind == COUNT_TASK else compute_apportionment
        work(str(job.pk))
    rounds = {round_.hub.slug: round_ for round_ in Round.objects.select_related("hub")}
    counted = Election.objects.get(round=rounds["lac"])
    split, to_approve = Apportionment.objects.order_by("requested_at")
    return {
        **{slug: round_.pk for slug, round_ in rounds.items()},
        **places_of_proposals(rounds["mena"]),
        "counted": counted.pk,
        "open": Election.objects.get(round=rounds["ssa"]).pk,
        **places_of_items(counted),
        "split": split.pk,
        "to_approve": to_approve.pk,
        "formula": FormulaVersion.objects.order_by("-number")[0].number,
        "staff": Pool.objects.get(kind="STAFF_TIME").pk,
    }


def places_of_items(election: Election) -> dict[str, int]:
    tally = election.tallies.filter(decides=True).order_by("lane__position")[0]
    items = {item.code: item.position for item in election.items.filter(lane=tally.lane)}
    winners = tally.outcome["winners"]
    return {
        "won": items[winners[0]],
        "lost": next(position for code, position in items.items() if code not in winners),
    }


def places_of_proposals(in_review: Round) -> dict[str, int]:
    """Proposals of a round in review by what can be done about them, and a draft."""
    rana = Member.objects.get(email="rana@demo.invalid")
    found = Proposal.objects.filter(lane__round=in_review).order_by("pk")
    closed = found.filter(recusals__member=rana)[0]
    waiting = found.filter(status__in=UNDER_REVIEW).exclude(pk=closed.pk)
    return {
        "long": found[0].pk,
        "closed": closed.pk,
        "to_assess": waiting.exclude(assessments__assessor=rana)[0].pk,
        "decided": found.filter(status="SHORTLISTED")[0].pk,
        "draft": Proposal.objects.get(status="DRAFT", author__name="Lars").pk,
    }


@pytest.mark.parametrize("code", ["en", "ar"] if FULL else ["en"])
def test_pages_with_real_data(open_tab, places):
    tabs = {}
    for name, address in (*SHORT, *OTHERS) if FULL else SHORT:
        if name not in tabs:
            known = person(f"{name.lower()}@demo.invalid")
            tabs[name] = open_tab(Member.objects.get(email=known.email) if known else None)
        path = address.format(**places)
        tabs[name].go(path)
        assert tabs[name].path == path
        shown = f"demo {name or 'visitor'} {address or 'home'}"
        tabs[name].look(re.sub(r"\W+", "-", shown).strip("-"))
