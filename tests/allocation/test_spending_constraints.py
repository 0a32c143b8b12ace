"""What the database refuses of fundings and awards, whoever asks; each guard is tried by someone who breaks the rule."""

import pytest

from allocation.models import Award, AwardRun, RoundFunding
from hubs.models import Round
from proposals.models import Proposal
from tests.allocation.makers import make_officer
from tests.allocation.spending import (
    DAY,
    NOW,
    make_envelope,
    make_unfunded,
    opened,
    vote,
)
from tests.factories import make_cycle, make_hub, make_round
from tests.hubs.refusals import guards_of, refused
from tests.voting.makers import bring_in, make_proposal, tampering
from voting.models import Election, Tally

pytestmark = pytest.mark.django_db


def given(envelope, round_, amount_minor=1) -> RoundFunding:
    return RoundFunding.objects.create(
        envelope=envelope, round=round_, amount_minor=amount_minor, funded_at=NOW
    )


def funding(west, keys, *, amount_minor=1, envelope=None, **fields):
    round_ = make_unfunded(west, **fields)
    envelope = envelope or make_envelope(west, 100)
    return lambda: given(envelope, round_, amount_minor)


def an_open_round(west, keys):
    envelope, round_ = make_envelope(west), opened(make_unfunded(west))
    return lambda: given(envelope, round_)


def the_same_envelope_twice(west, keys):
    again = funding(west, keys)
    again()
    return past_the_guards("allocation_roundfunding", again)


def past_the_guards(table, deed):
    """For constraints that stand behind a trigger, which refuses first."""

    def attempt():
        with tampering(table):
            deed()

    return attempt


def of_no_known_kind(west, keys):
    return past_the_guards("allocation_award", an_award(kind="FAME", tally=None)(west, keys))


def used_up_by_two(west, keys):
    envelope = make_envelope(west, 100)
    given(envelope, make_unfunded(west), 60)
    return funding(west, keys, envelope=envelope, amount_minor=41)


def changed(make, **fields):
    def begin(west, keys):
        thing = make(west, keys)()
        return lambda: type(thing).objects.filter(pk=thing.pk).update(**fields)

    return begin


def counted(west, keys) -> Election:
    """A lane of 100.00 in which the Well (40.00) and the School (60.00) won, and the Library lost."""
    round_ = make_round(west, now=NOW, lanes={"GENERAL": 10_000, "READERS": 5_000})
    for title, cost in (("Well", 4_000), ("School", 6_000), ("Library", 7_000)):
        make_proposal(round_, title, MONEY=cost)
    return vote(round_, keys, {"Well": 3, "School": 2, "Library": 1})


def award(election, title="Well", **fields) -> Award:
    item = election.items.get(texts__title=title)
    told = {
        "proposal": item.proposal, "lane": item.proposal.lane, "kind": "MONEY",
        "amount_minor": item.cost_minor, "awarded_by": make_officer(),
        "awarded_at": NOW,
        "tally": Tally.objects.get(election=election, lane=item.lane, decides=True),
    } | fields  # fmt: skip
    return Award.objects.create(**told)


def an_award(title="Well", **fields):
    def begin(west, keys):
        election = counted(west, keys)
        return lambda: award(election, title, **fields)

    return begin


def the_same_award_twice(west, keys):
    """Where the lane holds enough for both, the proposal still has one of its kind."""
    election = counted(west, keys)
    award(election)
    return lambda: award(election)


def in_another_lane(west, keys):
    election = counted(west, keys)
    other = election.round.lanes.get(kind="READERS")
    return lambda: award(election, lane=other, tally=None)


def more_than_the_lane_holds(west, keys):
    election = counted(west, keys)
    award(election)
    return lambda: award(election, "School", tally=None, amount_minor=6_001)


def of_a_kind_the_lane_does_not_hold(west, keys):
    return an_award(kind="DATA", tally=None)(west, keys)


def to_oneself(west, keys):
    election = counted(west, keys)
    author = Proposal.objects.get(items__texts__title="Well").author
    return lambda: award(election, awarded_by=author)


def ran(election) -> AwardRun:
    return AwardRun.objects.create(election=election, awarded_by=make_officer(), awarded_at=NOW)


def a_run(west, keys):
    election = counted(west, keys)
    return lambda: ran(election)


def the_same_run_twice(west, keys):
    again = a_run(west, keys)
    again()
    return again


def a_run_while_the_vote_is_open(west, keys):
    round_ = make_round(west, now=NOW)
    make_proposal(round_, "Well", MONEY=4_000)
    election = vote(round_, keys, {"Well": 1}, is_counted=False)
    return lambda: ran(election)


def a_run_for_practice(west, keys):
    election = counted(west, keys)
    with tampering("hubs_round"):
        Round.objects.update(is_practice=True)
    return lambda: ran(election)


def a_run_of_a_vote_held_elsewhere(west, keys):
    election, _job = bring_in(make_round(west))
    return lambda: ran(election)


# name of the guard: what breaks the rule
ATTEMPTS = {
    "allocation_funding_one_per_round": the_same_envelope_twice,
    "allocation_funding_gives_something": lambda west, keys: funding(west, keys, amount_minor=0),
    "RoundFunding.append_only": changed(funding, amount_minor=2),
    "RoundFunding.for_its_round": an_open_round,
    "RoundFunding.within_the_envelope": used_up_by_two,
    "AwardRun.election": the_same_run_twice,
    "AwardRun.append_only": changed(a_run, awarded_at=NOW - DAY),
    "AwardRun.after_an_own_vote": a_run_while_the_vote_is_open,
    "allocation_award_one_per_kind": the_same_award_twice,
    "allocation_award_gives_something": an_award(amount_minor=0, tally=None),
    "allocation_award_kind_known": of_no_known_kind,
    "Award.append_only": changed(an_award(), amount_minor=1),
    "Award.within_the_lane": more_than_the_lane_holds,
    "Award.follows_from_its_count": an_award("Library"),
    "Award.not_to_oneself": to_oneself,
}
SENTENCES = {
    "RoundFunding.append_only": "is append-only: UPDATE is refused",
    "RoundFunding.for_its_round": "a round is funded before it opens",
    "RoundFunding.within_the_envelope": "more than the envelope holds",
    "AwardRun.election": "allocation_awardrun_election",
    "AwardRun.append_only": "is append-only: UPDATE is refused",
    "AwardRun.after_an_own_vote": "follow a closed vote of our own",
    "Award.append_only": "is append-only: UPDATE is refused",
    "Award.within_the_lane": "more than the lane holds",
    "Award.follows_from_its_count": "what the deciding count bought",
    "Award.not_to_oneself": "nobody makes an award to themselves",
}


@pytest.mark.parametrize("guard", ATTEMPTS)
def test_the_guard_holds(guard, west, keys_folder):
    break_it = ATTEMPTS[guard](west, keys_folder)
    with refused(SENTENCES.get(guard, guard)):
        break_it()


def test_no_guard_is_without_someone_who_tries_to_break_it():
    assert set(ATTEMPTS) == guards_of(RoundFunding, Award, AwardRun)


@pytest.mark.parametrize("attempt", [a_run_for_practice, a_run_of_a_vote_held_elsewhere])
def test_awards_follow_only_a_vote_that_pays(west, keys_folder, attempt):
    break_it = attempt(west, keys_folder)
    with refused("follow a closed vote of our own, never practice"):
        break_it()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda west: {"is_practice": True}, "never for practice"),
        (lambda west: {"currency": "JPY"}, "in its own currency"),
        (lambda west: {"envelope": make_envelope(make_hub("north"))}, "rounds of its own hub"),
        (lambda west: {"envelope": make_envelope(west, is_approved=False)}, "only an approved"),
        (lambda west: {"amount_minor": 101}, "more than the envelope holds"),
    ],
)
def test_only_the_right_envelope_funds_a_round(west, keys_folder, wrong, said):
    break_it = funding(west, keys_folder, **wrong(west))
    with refused(said):
        break_it()


def test_another_cycles_envelope_does_not_fund_a_round_a_second_time(west):
    round_ = make_unfunded(west)
    given(make_envelope(west), round_)
    older = make_envelope(west, cycle=make_cycle("2025"))
    with refused("once with a kind of resource"):
        given(older, round_)
    given(make_envelope(west, 60, "STAFF_TIME"), round_)


@pytest.mark.parametrize(
    ("attempt", "said"),
    [
        (in_another_lane, "in the lane of its proposal"),
        (of_a_kind_the_lane_does_not_hold, "more than the lane holds"),
        (an_award("Library", tally=None, amount_minor=10_001), "more than the lane holds"),
        (an_award("Well", amount_minor=3_999), "at its cost"),
        (an_award("Well", kind="STAFF_TIME"), "more than the lane holds|at its cost"),
    ],
)
def test_an_award_is_what_its_lane_holds_and_its_count_bought(west, keys_folder, attempt, said):
    break_it = attempt(west, keys_folder)
    with refused(said):
        break_it()


def test_a_count_that_does_not_decide_gives_nothing(west, keys_folder):
    round_ = make_round(west, now=NOW, lanes={"GENERAL": 10_000})
    make_proposal(round_, "Well", MONEY=4_000)
    beside = [{"rule": "equal-shares", "parameters": {"satisfaction": "cost"}}]
    election = vote(round_, keys_folder, {"Well": 3}, comparisons=beside)
    other = Tally.objects.get(election=election, decides=False)
    assert other.outcome["winners"]
    with refused("what the deciding count bought"):
        award(election, tally=other)
    award(election)


def test_awards_may_use_up_a_lane_to_its_last_unit(west, keys_folder):
    election = counted(west, keys_folder)
    award(election)
    award(election, "School")
    assert sum(Award.objects.values_list("amount_minor", flat=True)) == 10_000


def test_what_was_funded_or_awarded_is_not_deleted(west, keys_folder):
    election = counted(west, keys_folder)
    made = award(election)
    part = funding(west, keys_folder)()
    run = ran(election)
    for row in (made, part, run):
        with refused("is append-only: DELETE is refused"):
            type(row).objects.filter(pk=row.pk)._raw_delete("default")
    assert Round.objects.count() == 2
