"""What waits for those with a seat in a hub: seats, rounds, money, ballots and translations."""

import pytest
from django.urls import reverse

from allocation.actions import fund_round, make_awards
from hubs.actions import open_round
from hubs.models import Lane, RoundBudget, SeatFunction
from hubs.phases import Phase
from tests.factories import NOON, make_hub, make_lane, make_round, make_seat
from tests.pages.makers import (
    DAY,
    SECOND,
    asked,
    holder,
    make_envelope,
    planned,
    settled,
    tasks,
    voted_on,
)
from tests.proposals.makers import make_author, make_proposal
from tests.voting.makers import make_election, tampering
from tests.voting.voters import open_vote

# Seats in hubs


@pytest.mark.parametrize("function", [SeatFunction.CHAIR, SeatFunction.DEPUTY])
def test_who_leads_a_hub_fills_its_empty_seats(west, function):
    member = holder(west, function)
    assert asked(member) == []
    seat = make_seat(west, SeatFunction.MENTOR)
    make_seat(make_hub("east"), SeatFunction.MENTOR)
    (task,) = tasks(member)
    assert (task.what, task.why, task.url) == (
        "Fill the seats of your hub", "1 seat is empty.", reverse("hubs:detail", args=["west"]),
    )  # fmt: skip
    seat.terms.create(
        member=settled("Mina"), starts_at=NOON + DAY, ends_at=NOON + 9 * DAY, given_at=NOON
    )
    assert asked(member) == []


def to_plan(member, now=NOON):
    return [(task.what, task.until) for task in tasks(member, now) if task.until]


def test_a_planned_and_funded_round_waits_to_be_opened(west):
    fay = holder(west, SeatFunction.FACILITATOR)
    round_ = planned(west)
    begins = round_.submission_at
    planned(make_hub("east"))
    make_round(west, Phase.PREPARATION, is_open=False, is_practice=True)
    assert to_plan(fay) == [("Open a round", begins)]
    assert to_plan(fay, begins) == [("Open a round", begins + DAY)]
    assert to_plan(fay, begins + DAY + SECOND) == []
    open_round(round=round_, opener=fay, now=NOON)
    assert to_plan(fay) == []


def test_a_round_without_money_waits_for_the_treasurer_and_one_half_planned_for_its_plan(west):
    fay = holder(west, SeatFunction.FACILITATOR)
    planned(west, is_funded=False)
    assert to_plan(fay) == []
    half = planned(west, share_bp=5_000)
    assert to_plan(fay) == [("Finish the plan of a round", half.submission_at)]


def test_a_treasurer_funds_what_is_planned_while_there_is_money_for_it(west):
    tess = holder(west, SeatFunction.TREASURER)
    round_ = planned(west, is_funded=False)
    planned(west, is_funded=False, is_practice=True)
    planned(west, is_funded=False, currency="EUR")
    planned(west)
    make_envelope(make_hub("east"), year="2025")
    assert asked(tess) == []
    envelope = make_envelope(west)
    url = reverse("allocation:fund_round", args=[round_.pk])
    assert [(task.what, task.url, task.until) for task in tasks(tess)] == [
        ("Fund a round", url, round_.submission_at)
    ]
    assert tasks(tess, round_.submission_at + DAY + SECOND) == []
    fund_round(round=round_, envelope=envelope, amount_minor=400, treasurer=tess, now=NOON)
    assert asked(tess) == []


def test_an_empty_envelope_funds_nothing(west):
    tess = holder(west, SeatFunction.TREASURER)
    envelope = make_envelope(west)
    first = planned(west, is_funded=False)
    fund_round(round=first, envelope=envelope, amount_minor=1_000, treasurer=tess, now=NOON)
    planned(west, is_funded=False)
    assert asked(tess) == []


def test_a_treasurer_makes_the_awards_of_a_count_once(west):
    tess = holder(west, SeatFunction.TREASURER)
    round_ = make_round(west)
    proposal = make_proposal(round_.lanes.get(), status="SHORTLISTED", lines=[("MONEY", 4_000)])
    election = voted_on(round_, proposal)
    (task,) = tasks(tess)
    assert (task.what, task.url) == (
        "Make the awards", reverse("allocation:make_awards", args=[election.pk]),
    )  # fmt: skip
    assert (task.hub, task.about) == (west, ("Spring", "en"))
    make_awards(election=election, treasurer=tess, now=NOON)
    assert asked(tess) == []


def test_a_vote_with_its_awards_is_no_task_while_its_proposal_waits_for_another_vote(west):
    tess = holder(west, SeatFunction.TREASURER)
    round_ = make_round(west)
    lines = [("MONEY", 4_000), ("STAFF_TIME", 60)]
    proposal = make_proposal(round_.lanes.get(), status="SHORTLISTED", lines=lines)
    make_election(round_, resource_kind="STAFF_TIME").items.update(proposal=proposal)
    money = voted_on(round_, proposal)
    assert asked(tess) == [("Make the awards", reverse("allocation:make_awards", args=[money.pk]))]
    make_awards(election=money, treasurer=tess, now=NOON)
    proposal.refresh_from_db()
    assert proposal.status == "SHORTLISTED"
    assert asked(tess) == []


def test_awards_wait_for_the_count_and_for_a_treasurer_without_a_stake(west):
    tess = holder(west, SeatFunction.TREASURER)
    round_, other = make_round(west), make_round(west)
    shortlisted = make_proposal(round_.lanes.get(), status="SHORTLISTED")
    voted_on(round_, shortlisted, is_counted=False)
    voted_on(other, make_proposal(other.lanes.get(), tess, "SHORTLISTED"))
    practice = make_round(west, is_practice=True)
    voted_on(practice, make_proposal(practice.lanes.get(), status="SHORTLISTED"))
    assert asked(tess) == []


def to_freeze(member, now=NOON):
    return [(task.what, task.url, task.until) for task in tasks(member, now) if task.until]


def test_a_returning_officer_freezes_one_ballot_for_each_kind_that_is_asked_for(west):
    ona = holder(west, SeatFunction.RETURNING_OFFICER)
    round_ = make_round(west, Phase.PREPARATION, is_open=False)
    lane = round_.lanes.get()
    RoundBudget.objects.create(lane=lane, kind="STAFF_TIME", amount_minor=600)
    RoundBudget.objects.create(lane=lane, kind="CAPACITY", amount_minor=600)
    make_lane(round_, "READERS", 500)
    now = round_.deliberation_at
    round_.opened_at = NOON
    round_.save()
    lines = [("MONEY", 400), ("STAFF_TIME", 60)]
    make_proposal(lane, status="IN_REVIEW", lines=[("CAPACITY", 3)])
    assert to_freeze(ona, now) == []
    make_proposal(lane, status="SHORTLISTED", lines=lines)
    make_proposal(lane, make_author("Second"), "SHORTLISTED", lines=lines)
    page = reverse("voting:freeze_election", args=[round_.pk])
    money = ("Freeze the ballot: Money", f"{page}?kind=MONEY", round_.voting_at)
    time = ("Freeze the ballot: Staff time", f"{page}?kind=STAFF_TIME", round_.voting_at)
    assert to_freeze(ona, now) == [money, time]
    assert to_freeze(ona, now - SECOND) == []
    half = round_.voting_at + (round_.counting_at - round_.voting_at) / 2
    assert [until for *_rest, until in to_freeze(ona, round_.voting_at)] == [half] * 2
    assert len(to_freeze(ona, half)) == 2
    assert to_freeze(ona, half + SECOND) == []
    open_vote(round_, resource_kind="MONEY")
    assert to_freeze(ona, now) == [time]


def test_no_ballot_is_frozen_for_practice_or_for_a_committees_lane(west):
    ona = holder(west, SeatFunction.RETURNING_OFFICER)
    practice = make_round(west, Phase.DELIBERATION, is_practice=True)
    make_proposal(practice.lanes.get(), status="SHORTLISTED")
    committee = make_round(west, Phase.DELIBERATION, is_open=False)
    Lane.objects.filter(round=committee).update(method="COMMITTEE")
    committee.opened_at = NOON - 99 * DAY
    committee.save()
    make_proposal(committee.lanes.get(), status="SHORTLISTED")
    assert to_freeze(ona) == []


# Translating


def to_translate(member, now=NOON):
    return [(task.what, task.url, task.until) for task in tasks(member, now)]


def test_a_translator_who_writes_no_language_yet_is_asked_for_it(west):
    member = holder(west, SeatFunction.TRANSLATOR, writes="")
    assert asked(member) == [
        ("Choose the language you write in", reverse("members:languages")),
    ]


def test_a_translator_finds_the_texts_that_lack_their_language_the_soonest_vote_first(west):
    member = holder(west, SeatFunction.TRANSLATOR, writes="da")
    later, sooner = make_round(west, Phase.REVIEW), make_round(west, Phase.DELIBERATION)
    for round_ in (later, sooner):
        make_proposal(round_.lanes.get())
    make_proposal(later.lanes.get(), status="SHORTLISTED")
    for nothing_to_do in (
        {"language": "da"}, {"translations": {"da": "En brønd"}}, {"status": "DRAFT"},
        {"status": "RETURNED"}, {"status": "DECLINED"},
    ):  # fmt: skip
        make_proposal(later.lanes.get(), **nothing_to_do)
    make_proposal(make_round(make_hub("east"), Phase.REVIEW).lanes.get())
    make_proposal(make_round(west, Phase.REVIEW, is_practice=True).lanes.get())
    lists = [reverse("proposals:list", args=[one.pk]) for one in (sooner, later)]
    assert to_translate(member) == [
        ("Translate 1 proposal", lists[0], sooner.voting_at),
        ("Translate 2 proposals", lists[1], later.voting_at),
    ]


def test_a_translation_of_an_older_text_is_to_be_made_again(west):
    member = holder(west, SeatFunction.TRANSLATOR, writes="da")
    proposal = make_proposal(
        make_round(west, Phase.REVIEW).lanes.get(), translations={"da": "En brønd"}
    )
    assert to_translate(member) == []
    with tampering("texts_sourcetext"):
        type(proposal.text).objects.filter(pk=proposal.text_id).update(revision=2)
    assert [what for what, *_rest in to_translate(member)] == ["Translate 1 proposal"]


def test_while_people_vote_only_what_is_on_the_ballot_is_to_be_translated(west):
    member = holder(west, SeatFunction.TRANSLATOR, writes="da")
    round_ = make_round(west, Phase.VOTING)
    make_proposal(round_.lanes.get())
    assert to_translate(member) == []
    make_proposal(round_.lanes.get(), status="SHORTLISTED")
    assert [until for *_rest, until in to_translate(member)] == [round_.counting_at]
    assert to_translate(member, round_.counting_at) == []
