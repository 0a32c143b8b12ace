"""Each kind of task is there when it can be done, and gone when it is; what ends soonest comes first."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hubs.models import CENTRE_ONLY, SeatFunction
from hubs.phases import Phase
from proposals.actions import agree_determination, recuse
from tests.factories import NOON, make_hub, make_member, make_round, make_seat, make_term
from tests.hubs.reading import queries_of
from tests.pages.makers import (
    DAY,
    SECOND,
    asked,
    holder,
    make_envelope,
    make_pool,
    make_run,
    planned,
    settled,
    tasks,
    voted_on,
    whats,
)
from tests.proposals.judging_makers import assess, make_case, put
from tests.proposals.makers import make_author, make_proposal, move
from tests.voting.voters import cast, end_now, marks, open_vote, voter
from voting.actions import save_draft
from voting.models import Ballot, BallotDraft, BallotEvent, CastKey

OFFERS = {  # what a seat can always begin
    SeatFunction.FACILITATOR: ["Plan a round", "Start a practice round"],
    SeatFunction.RETURNING_OFFICER: ["Bring in an election held elsewhere"],
    SeatFunction.OVERSEER: ["See where the resources go"],
}


# Everyone


def test_a_new_member_is_asked_for_a_country_and_languages(ada):
    assert asked(ada) == [
        ("Say which country is home", reverse("members:profile")),
        ("Choose the languages you read", reverse("members:languages")),
    ]
    ada.home_country, ada.reads = "DK", ["da"]
    assert asked(ada) == []


@pytest.mark.parametrize("function", SeatFunction)
def test_with_nothing_to_do_a_seat_brings_what_it_can_always_begin(west, function):
    hub = None if function in ("SECRETARY", "OVERSEER") else west
    assert whats(holder(hub, function)) == OFFERS.get(function, [])


def test_a_task_lasts_as_long_as_the_term(west):
    member = settled()
    make_term(member, west, SeatFunction.RETURNING_OFFICER, starts_at=NOON, ends_at=NOON + DAY)
    moments = [NOON - SECOND, NOON, NOON + DAY - SECOND, NOON + DAY]
    assert [len(tasks(member, now)) for now in moments] == [0, 1, 1, 0]


def test_two_seats_with_the_same_task_bring_it_once(west):
    member = holder(west, SeatFunction.CHAIR)
    make_term(member, west, SeatFunction.DEPUTY)
    make_seat(west, SeatFunction.TREASURER)
    assert whats(member) == ["Fill the seats of your hub"]


def test_what_ends_soonest_comes_first_and_what_has_no_end_last(west):
    member = holder(west, SeatFunction.FACILITATOR)
    soon = make_proposal(make_round(west, Phase.SUBMISSION).lanes.get(), member, "DRAFT")
    sooner = planned(west, submission_at=NOON + DAY)
    found = tasks(member)
    assert [task.until for task in found] == [
        NOON + DAY, soon.lane.round.review_at, None, None,
    ]  # fmt: skip
    assert found[0].url == reverse("hubs:open_round", args=[sooner.pk])


# Votes


def standing(member):
    return [(task.what, task.url.split("/")[-2]) for task in tasks(member, timezone.now())]


def test_a_vote_is_asked_for_until_it_is_cast(round_):
    member = settled()
    election = open_vote(round_, member)
    assert standing(member) == [("Vote", "vote")]
    (task,) = tasks(member, timezone.now())
    assert (task.until, task.hub, task.about) == (
        election.closes_at, round_.hub, ("Spring", "en"),
    )  # fmt: skip
    cast(election, voter(election, member), 0)
    assert standing(member) == []


def test_a_draft_is_not_a_vote_whether_or_not_one_was_cast_before(round_):
    member = settled()
    election = open_vote(round_, member)
    who = voter(election, member)
    save_draft(election_id=election.pk, voter=who, choices=marks(0, 1))
    assert standing(member) == [("Not cast yet: 2 chosen", "review")]
    cast(election, who, 0)
    assert standing(member) == []
    save_draft(election_id=election.pk, voter=who, choices=marks(2))
    assert standing(member) == [("Not cast yet: 1 chosen", "review")]
    assert "earlier vote counts" in tasks(member, timezone.now())[0].why


def test_nobody_is_asked_to_vote_off_the_roll_or_after_the_end(round_):
    member, other = settled(), settled("Other")
    election = open_vote(round_, member)
    assert standing(other) == []
    end_now(election)
    assert standing(member) == []


def test_a_practice_vote_says_that_it_is_practice(west):
    member = settled()
    open_vote(make_round(west, is_practice=True), member)
    (task,) = tasks(member, timezone.now())
    assert (task.what, task.why) == ("Vote", "This is practice: nothing is decided in it.")


@pytest.mark.parametrize("fault", ["missing", "wrong"])
def test_without_its_key_a_vote_is_left_out_and_the_others_stay(round_, west, fault, keys_folder):
    member = settled()
    broken, whole = open_vote(round_, member), open_vote(make_round(west), member)
    key = keys_folder / str(broken.pk)
    key.unlink() if fault == "missing" else key.write_bytes(b"x" * 32)
    (task,) = tasks(member, timezone.now())
    assert task.url == reverse("voting:vote", args=[whole.pk])


def test_the_state_of_a_vote_is_read_by_pseudonym_and_nothing_is_stored(round_):
    member = settled()
    election = open_vote(round_, member)
    save_draft(election_id=election.pk, voter=voter(election, member), choices=marks(0))
    kept = (Ballot, BallotDraft, BallotEvent, CastKey)
    before = [list(kind.objects.values()) for kind in kept]
    with CaptureQueriesContext(connection) as sent:
        assert standing(member) == [("Not cast yet: 1 chosen", "review")]
    statements = [query["sql"] for query in sent]
    assert {sql.split()[0] for sql in statements} == {"SELECT"}
    read = [sql for sql in statements if "voting_ballot" in sql]
    assert len(read) == 2
    for sql in read:
        named = (str(member.pk), member.pk.hex, "members_member", "voting_rollentry")
        assert [name for name in named if name in sql] == []
    assert [list(kind.objects.values()) for kind in kept] == before


# Writing


def test_a_draft_waits_until_review_and_what_came_back_until_the_vote(west):
    member = settled()
    round_ = make_round(west, Phase.SUBMISSION)
    draft = make_proposal(round_.lanes.get(), member, "DRAFT", title="A school")
    returned = make_proposal(round_.lanes.get(), member, "RETURNED")
    edit = [reverse("proposals:edit_proposal", args=[one.pk]) for one in (draft, returned)]
    found = tasks(member)
    assert [(task.what, task.url, task.until) for task in found] == [
        ("Finish your draft", edit[0], round_.review_at),
        ("Answer the committee's questions", edit[1], round_.voting_at),
    ]
    assert [task.about for task in found] == [("A school", "en"), ("A well", "en")]
    after = [
        whats(member, now)
        for now in (round_.review_at - SECOND, round_.review_at, round_.voting_at)
    ]
    assert [len(what) for what in after] == [2, 1, 0]
    move(draft, "SUBMITTED")
    move(returned, "SUBMITTED")
    assert tasks(member) == []


def test_a_draft_without_a_title_has_none_to_show(west):
    member = settled()
    make_proposal(make_round(west, Phase.SUBMISSION).lanes.get(), member, "DRAFT", title="")
    assert tasks(member)[0].about is None


def test_a_member_is_asked_for_a_proposal_until_there_is_one(west):
    member, world = settled(), make_hub("world", "GLOBAL")
    elsewhere = make_hub("east", countries="SE")
    own, everyones = make_round(west, Phase.SUBMISSION), make_round(world, Phase.SUBMISSION)
    make_round(elsewhere, Phase.SUBMISSION)
    make_round(west, Phase.SUBMISSION, is_practice=True)
    make_round(west, Phase.SUBMISSION, is_open=False)
    for phase in (Phase.REVIEW, Phase.VOTING):
        make_round(west, phase)
    urls = [reverse("proposals:propose", args=[one.pk]) for one in (own, everyones)]
    assert asked(member) == [("Propose something", url) for url in urls]
    assert asked(settled("Nomad", home_country="KI")) == [("Propose something", urls[1])]
    make_proposal(own.lanes.get(), member)
    assert asked(member) == [("Propose something", urls[1])]


# Judging


def test_judges_are_asked_for_each_proposal_until_they_have_assessed_it(db):
    case = make_case()
    desk = reverse("proposals:desk", args=["west"])
    another = make_proposal(case.lane(), make_author("Second"))
    people = {"home_country": "SE", "reads": ["en"]}
    for judge in (case.jo, case.kim, case.lea):
        type(judge).objects.filter(pk=judge.pk).update(**people)
        judge.refresh_from_db()
    assert asked(case.jo) == [("2 proposals wait for your assessment", desk)]
    assert tasks(case.jo)[0].until == case.round.voting_at
    assess(case, case.jo)
    assert asked(case.jo) == [("1 proposal waits for your assessment", desk)]
    recuse(proposal=another, member=case.jo, reason="MONEY", now=NOON)
    assert asked(case.jo) == []
    assert asked(case.kim) == [("2 proposals wait for your assessment", desk)]
    assert tasks(case.kim, case.round.voting_at) == []


def test_a_decision_waits_for_the_voices_of_the_others_until_it_has_them(db):
    case = make_case(quorum=3)
    determination = put(case, case.jo)
    place = ("A decision of your committee waits for your voice",
             reverse("proposals:determine", args=[case.proposal.pk]))  # fmt: skip
    waiting = {one.name for one in (case.jo, case.kim, case.lea) if place in asked(one)}
    assert waiting == {"Kim", "Lea"}
    (task,) = [task for task in tasks(case.kim) if task.url == place[1]]
    assert (task.until, task.hub, task.about) == (
        case.round.voting_at, case.hub, ("A well", "en"),
    )  # fmt: skip
    agree_determination(determination=determination, member=case.kim, now=NOON)
    assert place not in asked(case.kim)
    agree_determination(determination=determination, member=case.lea, now=NOON)
    assert asked(case.lea) == asked(case.kim)


def test_what_waits_for_a_judge_is_counted_and_no_text_is_read(db):
    case = make_case(quorum=3)
    desk = reverse("proposals:desk", args=["west"])
    for number in range(3):
        other = make_proposal(case.lane(), make_member(f"Author {number}"))
        put(case, case.jo, proposal=other)
    case.kim.refresh_from_db()
    with CaptureQueriesContext(connection) as asked_for:
        found = asked(case.kim)
    assert ("3 decisions of your committee wait for your voice", desk) in found
    assert ("4 proposals wait for your assessment", desk) in found
    sentences = [query["sql"] for query in asked_for.captured_queries]
    assert not [sql for sql in sentences if '"texts_textrendering"' in sql]
    assert any('COUNT("proposals_determination"' in sql for sql in sentences)


# What it costs


OF_A_HUB = [SeatFunction(value) for value in SeatFunction.values if value not in CENTRE_ONLY]
OF_THE_CENTRE = [
    SeatFunction.SECRETARY, SeatFunction.ALLOCATION_OFFICER, SeatFunction.ALLOCATION_APPROVER,
    SeatFunction.OVERSEER,
]  # fmt: skip


def busy_hub(member, number):
    """A hub in which a member holds every seat, with something to do for each of them."""
    hub = make_hub(f"busy{number}")
    for function in OF_A_HUB:
        make_term(member, hub, function)
    make_seat(hub, SeatFunction.MENTOR, 2)
    planned(hub)
    planned(hub, is_funded=False)
    make_envelope(hub, year=str(2030 + number))
    for phase in (Phase.REVIEW, Phase.DELIBERATION):
        round_ = make_round(hub, phase)
        make_proposal(round_.lanes.get(), status="SUBMITTED")
        make_proposal(round_.lanes.get(), status="SHORTLISTED")
        make_proposal(round_.lanes.get(), member, "RETURNED")
    write = make_round(hub, Phase.SUBMISSION)
    make_proposal(write.lanes.get(), member, "DRAFT")
    over = make_round(hub)
    voted_on(over, make_proposal(over.lanes.get(), status="SHORTLISTED"))
    open_vote(make_round(hub), member)


def test_a_long_list_asks_no_more_of_the_database_than_a_short_one(db):
    member = settled(writes="da")
    for function in OF_THE_CENTRE:
        make_term(member, None, function)
    busy_hub(member, 0)
    make_pool("STAFF_TIME", year="2040")
    make_run(make_pool("CAPACITY", year="2040"), make_member("Grace"))
    few = queries_of(lambda: tasks(member)), len(tasks(member))
    for number in range(1, 6):
        busy_hub(member, number)
        make_pool("STAFF_TIME", year=str(2040 + number))
        make_run(make_pool("CAPACITY", year=str(2040 + number)), make_member(f"Grace{number}"))
    many = queries_of(lambda: tasks(member)), len(tasks(member))
    assert many[0] == few[0] <= 45
    assert many[1] > 5 * few[1]
