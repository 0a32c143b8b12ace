"""A whole round, by all who take part in it: from a pool to an award and its explanation."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from hubs.models import SeatFunction
from hubs.phases import Phase
from members.models import Member
from proposals.models import Proposal
from tests.allocation.makers import (
    make_approver,
    make_officer,
    make_pool,
    make_regions,
    make_snapshot,
)
from tests.browser import whole_round as deeds
from tests.browser.tab import IDS, WAYS
from tests.factories import make_member, make_term
from tests.proposals.judging_makers import seat_judge
from tests.proposals.makers import make_proposal
from tests.voting.makers import make_voters
from tests.voting.voters import cast, end_now, voter
from voting.models import Election
from voting.tasks import close_due_elections

pytestmark = pytest.mark.browser

LONG_AGO = timedelta(days=999)
SEATS = {
    "Tor": SeatFunction.TREASURER,
    "Fay": SeatFunction.FACILITATOR,
    "Ona": SeatFunction.RETURNING_OFFICER,
}


@pytest.fixture(autouse=True)
def keys_folder(settings, tmp_path):
    settings.KEYS_DIR = tmp_path / "keys"


@pytest.fixture
def hub(transactional_db):
    return make_regions()["mena"]


@pytest.fixture
def people(hub) -> dict[str, Member]:
    """Ada writes, Vera votes, Jo and Kim judge; each of the others holds one seat."""
    told = {"home_country": "EG", "joined_at": timezone.now() - LONG_AGO}
    found = {name: make_member(name, **told) for name in ("Ada", "Vera", "Jo", "Kim", *SEATS)}
    for name, function in SEATS.items():
        make_term(found[name], hub, function)
    for number, name in enumerate(("Jo", "Kim"), 1):
        seat_judge(found[name], hub, number)
    hub.bodies.update(quorum=2)
    return found | {"Grace": make_officer(), "Samuel": make_approver()}


def vote_of_others(election: Election, voters: list[Member], proposals: list[Proposal]) -> None:
    """Twelve want the well, eight of them the school too, five the library."""
    well, school, library = (election.items.get(proposal=one).position for one in proposals)
    for number, member in enumerate(voters):
        wanted = [well] if number < 12 else [library] if number < 17 else []
        wanted += [school] if number < 8 else []
        cast(election, voter(election, member), *sorted(wanted))


@pytest.mark.parametrize(("code", "scripts"), WAYS, ids=IDS)
def test_a_round_from_its_pool_to_its_awards(open_tab, hub, people, worker, code, scripts):
    def tab_of(name: str | None):
        return open_tab(people[name] if name else None, java_script_enabled=scripts)

    round_ = deeds.planned_round(hub, title_en="Round of 2026", title_ar="جولة 2026")
    make_snapshot()
    run = deeds.run_the_formula(tab_of("Grace"), make_pool().pk)
    with worker():
        deeds.wait_for_the_run(tab_of(None), run)
    deeds.approve_the_run(tab_of("Samuel"), run)
    treasurer = tab_of("Tor")
    deeds.fund(treasurer, round_, "1000")
    deeds.open_round(tab_of("Fay"), round_)

    deeds.weeks_pass(round_, Phase.SUBMISSION)
    lane, now = round_.lanes.get(), timezone.now()
    danish = partial(make_proposal, lane, language="da", country="EG", now=now)
    school = danish(title="Skole", lines=[("MONEY", 50_000)])
    author = tab_of(None)
    deeds.sign_in(author, people["Ada"])
    deeds.set_languages(author)
    deeds.read(author, school)
    well = deeds.draft_and_submit(author, round_)

    deeds.weeks_pass(round_, Phase.REVIEW)
    jo = tab_of("Jo")
    deeds.assess(jo, well, level=3)
    deeds.weeks_pass(round_, Phase.DELIBERATION)
    deeds.shortlist(jo, well)
    deeds.agree(tab_of("Kim"), well)

    library = danish(title="Bibliotek", lines=[("MONEY", 60_000)], status="SHORTLISTED")
    deeds.judged_elsewhere(school)
    voters = make_voters(17, "EG")
    deeds.weeks_pass(round_, Phase.VOTING)
    election = deeds.freeze(tab_of("Ona"), round_)
    vote_of_others(election, voters, [well, school, library])
    voting = tab_of("Vera")
    deeds.vote(voting, election, "Puits", "Skole")

    end_now(election)
    voting.go(f"elections/{election.pk}/")
    voting.look("round-over")
    with worker():
        close_due_elections()
        deeds.see_it_counted(voting, election)
    deeds.make_awards(treasurer, election)

    read_why(author, election, well, library)
    deeds.see_the_envelope(author, run, hub)


def read_why(author, election: Election, well: Proposal, library: Proposal) -> None:
    """The author finds the outcome among their own proposals, and why it came so beside the result."""
    author.go("proposals/mine/")
    author.look("round-mine-after")
    author.follow(f"proposals/{well.pk}/")
    author.look("round-funded")
    # Thirteen votes; bought first of two, a word of its own in Arabic; then 600.00 was left.
    won = deeds.explained(author, election, well)
    assert won | {"2"} == {"13", "1", "2", "600.00"}
    # Five votes; 100.00 was left; it lacked four or, with its luck at a tie, five; or 500.00.
    lost = deeds.explained(author, election, library)
    assert lost in ({"5", "100.00", "500.00"}, {"5", "100.00", "500.00", "4"})
    assert (well.status, library.status) == ("FUNDED", "NOT_FUNDED")
