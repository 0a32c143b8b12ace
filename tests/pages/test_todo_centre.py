"""What waits for those with a seat in the centre: its own seats, pools, runs and awards."""

from django.urls import reverse

from allocation.actions import make_awards
from hubs.models import SeatFunction
from tests.factories import NOON, make_member, make_round, make_seat, make_term
from tests.pages.makers import (
    asked,
    holder,
    make_pool,
    make_run,
    set_status,
    settled,
    tasks,
    voted_on,
)
from tests.proposals.makers import make_proposal


def test_the_secretary_fills_the_centre_and_the_chairs_that_nobody_else_can(west):
    sec = holder(None, SeatFunction.SECRETARY)
    make_seat(west, SeatFunction.MENTOR)
    assert asked(sec) == []
    make_seat(None, SeatFunction.MEDIATOR)
    assert asked(sec) == [("Fill the seats of the centre", reverse("hubs:centre"))]
    chair = make_seat(west, SeatFunction.CHAIR)
    there = ("Fill the chair of a hub", reverse("hubs:detail", args=["west"]))
    assert asked(sec)[1:] == [there]
    make_term(settled("Dee"), west, SeatFunction.DEPUTY)
    assert chair.terms.count() == 0
    assert asked(sec)[1:] == []


def test_an_officer_shares_out_each_pool_once(west):
    grace = holder(None, SeatFunction.ALLOCATION_OFFICER)
    money, time = make_pool(), make_pool("STAFF_TIME")
    urls = [reverse("allocation:request_apportionment", args=[one.pk]) for one in (money, time)]
    assert asked(grace) == [
        ("Share out a pool: Money", urls[0]), ("Share out a pool: Staff time", urls[1]),
    ]  # fmt: skip
    run = make_run(money, grace, west, "REQUESTED")
    assert asked(grace) == [("Share out a pool: Staff time", urls[1])]
    set_status(run, "COMPUTED")
    assert asked(grace) == [("Share out a pool: Staff time", urls[1])]
    set_status(run, "REJECTED", make_member("Samuel"))
    assert len(asked(grace)) == 2


def test_an_approver_decides_on_the_runs_of_others(west):
    sam = holder(None, SeatFunction.ALLOCATION_APPROVER)
    run = make_run(make_pool(), make_member("Grace"), west)
    make_run(make_pool("STAFF_TIME"), sam, west)
    make_run(make_pool("CAPACITY"), make_member("Gil"), west, "REQUESTED")
    (task,) = tasks(sam)
    assert (task.what, task.url, task.about) == (
        "Approve or reject a split: Money",
        reverse("allocation:apportionment", args=[run.pk]),
        ("2026", "en"),
    )
    set_status(run, "APPROVED", sam)
    assert asked(sam) == []


def test_an_overseer_is_told_how_many_awards_there_are_to_look_at(west):
    olu = holder(None, SeatFunction.OVERSEER)
    round_ = make_round(west)
    proposal = make_proposal(round_.lanes.get(), status="SHORTLISTED", lines=[("MONEY", 4_000)])
    where = reverse("oversight:distribution")
    assert asked(olu) == [("See where the resources go", where)]
    make_awards(election=voted_on(round_, proposal), treasurer=make_member("Tess"), now=NOON)
    assert asked(olu) == [("See where 1 award went", where)]
