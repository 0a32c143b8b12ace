"""From an envelope to a round, and from a count to awards: what is written, and what is refused."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from allocation import actions
from allocation.models import Award, AwardRun, RoundFunding
from allocation.queries import awards_to_make, envelopes_for, envelopes_left
from audit.models import CLOCK, TrailEntry
from hubs.actions import NoLanes
from hubs.models import Lane, Round, SeatFunction
from members.actions import send_next_message
from members.models import Message
from members.tasks import deliver
from proposals.models import Proposal
from tests.allocation.spending import (
    DAY,
    NOW,
    budgets,
    make_double,
    make_envelope,
    make_treasurer,
    make_unfunded,
    opened,
    vote,
    vote_twice,
)
from tests.factories import make_cycle, make_hub, make_round, make_term
from tests.voting.makers import bring_in, make_proposal, move_proposal, tampering
from voting.actions import close_election
from voting.models import Election, Tally

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea(west):
    return make_treasurer(west)


def fund(round_, envelope, amount_minor, treasurer):
    return actions.fund_round(
        round=round_, envelope=envelope, amount_minor=amount_minor, treasurer=treasurer, now=NOW
    )


def left(hub) -> list[int]:
    return [getattr(envelope, "left_minor") for envelope in envelopes_left(hub)]  # noqa: B009  # annotated


# From an envelope to a round


def test_a_round_gets_its_part_and_every_lane_its_share_to_the_last_unit(west, tea):
    envelope = make_envelope(west, 100_000)
    round_ = make_unfunded(west, {"GENERAL": 3_333, "READERS": 3_333, "PARTNER": 3_334})
    funding = fund(round_, envelope, 10_001, tea)
    assert (funding.amount_minor, funding.funded_by, funding.funded_at) == (10_001, tea, NOW)
    assert budgets(round_) == {"GENERAL": 3_333, "READERS": 3_333, "PARTNER": 3_335}
    assert left(west) == [89_999]
    entry = TrailEntry.objects.get(verb="fund_round")
    assert (entry.actor_id, entry.role) == (tea.pk, "TREASURER")
    assert entry.after == {
        "round": round_.pk, "envelope": envelope.pk, "amount_minor": 10_001,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "first", "second"),
    [(1, 3_333, 3_333), (7, 1, 9_998), (99, 5_500, 4_499), (10**15, 3_333, 1), (101, 2_500, 2_500)],
)
def test_whatever_the_amount_the_lanes_get_all_of_it(west, tea, amount, first, second):
    shares = {"GENERAL": first, "READERS": second, "CAPACITY": 10_000 - first - second}
    round_ = make_unfunded(west, shares)
    fund(round_, make_envelope(west, 10**15), amount, tea)
    assert sum(budgets(round_).values()) == amount
    for kind, part in budgets(round_).items():
        assert abs(part * 10_000 - amount * shares[kind]) < 10_000, kind


def test_several_rounds_share_an_envelope_until_nothing_is_left(west, tea):
    envelope = make_envelope(west, 100)
    fund(make_unfunded(west), envelope, 60, tea)
    fund(make_unfunded(west), envelope, 40, tea)
    assert left(west) == [0]
    assert not envelopes_for(make_unfunded(west))


def test_a_round_has_each_kind_of_resource_once(west, tea):
    round_ = make_unfunded(west)
    money, hours = make_envelope(west, 100), make_envelope(west, 600, "STAFF_TIME")
    assert set(envelopes_for(round_)) == {money, hours}
    fund(round_, money, 100, tea)
    assert list(envelopes_for(round_)) == [hours]
    fund(round_, hours, 90, tea)
    assert not envelopes_for(round_)
    assert (budgets(round_), budgets(round_, "STAFF_TIME")) == ({"GENERAL": 100}, {"GENERAL": 90})


def of_another_hub(west):
    return make_envelope(make_hub("north")), make_unfunded(west)


def not_approved(west):
    return make_envelope(west, is_approved=False), make_unfunded(west)


def in_another_currency(west):
    return make_envelope(west, currency="JPY"), make_unfunded(west)


def for_practice(west):
    return make_envelope(west), make_unfunded(west, is_practice=True)


@pytest.mark.parametrize("wrong", [of_another_hub, not_approved, in_another_currency, for_practice])
def test_a_wrong_envelope_is_refused_and_not_offered(west, tea, wrong):
    envelope, round_ = wrong(west)
    with pytest.raises(actions.WrongEnvelope):
        fund(round_, envelope, 1, tea)
    assert envelope not in envelopes_for(round_)
    assert not RoundFunding.objects.exists()


def test_hours_have_no_currency(west, tea):
    round_ = make_unfunded(west, currency="")
    fund(round_, make_envelope(west, 600, "STAFF_TIME"), 600, tea)
    assert budgets(round_, "STAFF_TIME") == {"GENERAL": 600}


def test_an_open_round_is_not_funded(west, tea):
    envelope, round_ = make_envelope(west), opened(make_unfunded(west))
    with pytest.raises(actions.RoundIsOpen):
        fund(round_, envelope, 1, tea)
    assert not envelopes_for(round_)


def test_no_round_is_funded_twice_with_a_kind_not_even_from_another_cycle(west, tea):
    round_, envelope = make_unfunded(west), make_envelope(west)
    older = make_envelope(west, cycle=make_cycle("2025"))
    fund(round_, envelope, 1_000, tea)
    for again in (envelope, older):
        with pytest.raises(actions.AlreadyFunded):
            fund(round_, again, 1, tea)
    assert budgets(round_) == {"GENERAL": 1_000}


def test_what_is_left_is_the_most_and_the_refusal_says_how_much(west, tea):
    envelope = make_envelope(west, 100)
    fund(make_unfunded(west), envelope, 70, tea)
    with pytest.raises(actions.EnvelopeTooSmall) as refusal:
        fund(make_unfunded(west), envelope, 31, tea)
    assert refusal.value.left_minor == 30
    fund(make_unfunded(west), envelope, 30, tea)


def test_a_round_without_lanes_has_nowhere_to_put_it(west, tea):
    round_ = make_unfunded(west)
    Lane.objects.filter(round=round_).delete()
    with pytest.raises(NoLanes):
        fund(round_, make_envelope(west), 1, tea)
    assert not RoundFunding.objects.exists()
    assert not TrailEntry.objects.filter(verb="fund_round").exists()


# From a count to awards


@pytest.fixture
def ready(west) -> Round:
    """A round with 100.00 in one lane and 50.00 in another, and what stands in them."""
    round_ = make_round(west, now=NOW, lanes={"GENERAL": 10_000, "READERS": 5_000})
    make_proposal(round_, "Well", MONEY=4_000)
    make_proposal(round_, "École", language="fr", MONEY=6_000)
    make_proposal(round_, "Library", MONEY=7_000)
    make_proposal(round_, "Kiosk", lane="READERS", MONEY=5_000)
    return round_


VOTES = {"Well": 5, "École": 4, "Library": 3, "Kiosk": 2}


def award(election, treasurer):
    return actions.make_awards(election=election, treasurer=treasurer, now=timezone.now())


def titled(title) -> Proposal:
    return Proposal.objects.get(text__renderings__title=title)


def outcomes() -> dict[str, str]:
    return {
        p.text.renderings.get().title: p.status for p in Proposal.objects.select_related("text")
    }


def test_what_the_count_bought_is_awarded_at_its_cost_and_the_rest_is_not(ready, tea, keys_folder):
    election = vote(ready, keys_folder, VOTES)
    made = award(election, tea)
    assert [(a.proposal, a.kind, a.amount_minor, a.lane.kind) for a in made] == [
        (titled("Well"), "MONEY", 4_000, "GENERAL"),
        (titled("École"), "MONEY", 6_000, "GENERAL"),
        (titled("Kiosk"), "MONEY", 5_000, "READERS"),
    ]
    assert outcomes() == {
        "Well": "FUNDED", "École": "FUNDED", "Library": "NOT_FUNDED", "Kiosk": "FUNDED",
    }  # fmt: skip
    for one in made:
        assert (one.awarded_by, one.tally.decides, one.tally.lane.kind) == (
            tea, True, one.lane.kind,
        )  # fmt: skip
    entry = TrailEntry.objects.get(verb="make_awards")
    assert (entry.actor_id, entry.role, entry.target_id) == (tea.pk, "TREASURER", str(election.pk))
    assert entry.after == {"awards": 3, "not_funded": 1}


def test_what_a_withdrawn_winner_would_have_had_stays_in_its_lane(ready, tea, keys_folder):
    election = vote(ready, keys_folder, VOTES)
    move_proposal(titled("Well"), "WITHDRAWN")
    made = award(election, tea)
    assert {one.proposal for one in made} == {titled("École"), titled("Kiosk")}
    assert outcomes()["Well"] == "WITHDRAWN"
    assert outcomes()["Library"] == "NOT_FUNDED"  # it would fit now, and did not win
    spent = sum(one.amount_minor for one in made if one.lane.kind == "GENERAL")
    assert 10_000 - spent == 4_000


def test_authors_are_told_in_their_language_and_nobody_else(ready, tea, keys_folder, settings):
    settings.SITE_URL = "https://example.org"
    author = titled("École").author
    author.interface_language = "fr"
    author.save()
    election = vote(ready, keys_folder, VOTES)
    award(election, tea)
    told = {message.recipient: message for message in Message.objects.all()}
    assert set(told) == {p.author for p in Proposal.objects.all()}
    assert told[titled("Library").author].template == "emails/allocation/not_awarded"
    while send_next_message(send=deliver, now=timezone.now() + DAY):
        pass
    sent = {letter.to[0]: letter for letter in mail.outbox}
    french = sent[author.email]
    assert french.extra_headers["Content-Language"] == "fr"
    assert "École" in french.subject
    assert f"https://example.org/elections/{election.pk}/" in french.body
    assert "&" not in french.body
    lost = sent[titled("Library").author.email]
    assert lost.extra_headers["Content-Language"] == "en"
    assert lost.subject == "Proposal “Library” was not funded this time"
    assert f"https://example.org/proposals/{titled('Library').pk}/" in lost.body


def test_hours_are_awarded_as_hours(west, tea, keys_folder):
    round_ = make_unfunded(west)
    fund(round_, make_envelope(west, 600, "STAFF_TIME"), 600, tea)
    round_ = opened(round_)
    make_proposal(round_, "Well", STAFF_TIME=90)
    [made] = award(vote(round_, keys_folder, {"Well": 1}, resource_kind="STAFF_TIME"), tea)
    assert (made.kind, made.amount_minor) == ("STAFF_TIME", 90)


def test_awards_are_made_once(ready, tea, keys_folder):
    election = vote(ready, keys_folder, VOTES)
    award(election, tea)
    before = Message.objects.count()
    with pytest.raises(actions.AlreadyAwarded):
        award(election, tea)
    assert (Award.objects.count(), Message.objects.count()) == (3, before)
    run = AwardRun.objects.get()
    assert (run.election, run.awarded_by) == (election, tea)


WINS = {"Well": 3, "School": 1, "Kiosk": 1}
LOSES = {"Well": 1, "School": 3, "Kiosk": 3}


def of_the_well() -> list[tuple[str, int]]:
    return sorted(titled("Well").awards.values_list("kind", "amount_minor"))


def told_about_the_well() -> list[tuple[str, str]]:
    found = Message.objects.filter(recipient=titled("Well").author)
    return [(one.template, one.context["result_path"]) for one in found]


def without(votes, title):
    return {key: many for key, many in votes.items() if key != title}


def two_votes(west, tea, keys, money, hours):
    round_ = make_double(west, tea)
    return vote_twice(round_, keys, without(money, "Kiosk"), without(hours, "School"))


def test_a_proposal_that_asks_for_two_kinds_gets_both_and_its_outcome_once(west, tea, keys_folder):
    money, hours = two_votes(west, tea, keys_folder, WINS, WINS)
    award(money, tea)
    assert of_the_well() == [("MONEY", 4_000)]
    assert outcomes() == {"Well": "SHORTLISTED", "School": "NOT_FUNDED", "Kiosk": "SHORTLISTED"}
    assert told_about_the_well() == []
    with pytest.raises(actions.AlreadyAwarded):
        award(money, tea)
    award(hours, tea)
    assert of_the_well() == [("MONEY", 4_000), ("STAFF_TIME", 90)]
    assert outcomes() == {"Well": "FUNDED", "School": "NOT_FUNDED", "Kiosk": "NOT_FUNDED"}
    assert len(told_about_the_well()) == 1
    assert TrailEntry.objects.filter(verb="settle_proposal").count() == 3


@pytest.mark.parametrize("is_first", [True, False])
def test_one_award_is_enough_to_be_funded_whichever_vote_bought_it(
    west, tea, keys_folder, is_first
):
    votes = (WINS, LOSES) if is_first else (LOSES, WINS)
    elections = two_votes(west, tea, keys_folder, *votes)
    for election in elections:
        award(election, tea)
    won = elections[0] if is_first else elections[1]
    assert of_the_well() == [("MONEY", 4_000) if is_first else ("STAFF_TIME", 90)]
    assert outcomes()["Well"] == "FUNDED"
    assert told_about_the_well() == [("emails/allocation/awarded", f"/elections/{won.pk}/")]


def test_a_proposal_that_no_vote_bought_is_not_funded_and_told_once(west, tea, keys_folder):
    money, hours = two_votes(west, tea, keys_folder, LOSES, LOSES)
    award(hours, tea)
    assert outcomes()["Well"] == "SHORTLISTED"
    award(money, tea)
    assert outcomes()["Well"] == "NOT_FUNDED"
    assert told_about_the_well() == [("emails/allocation/not_awarded", f"/elections/{money.pk}/")]


def test_what_waits_for_another_vote_is_said_beforehand(west, tea, keys_folder):
    money, hours = two_votes(west, tea, keys_folder, WINS, WINS)
    found = awards_to_make(money, timezone.now())
    assert (len(found.rows), found.waiting, found.later) == (1, 2, 1)
    award(money, tea)
    done = awards_to_make(money, timezone.now())
    assert (done.rows, done.waiting, done.later) == ((), 0, 0)
    rest = awards_to_make(hours, timezone.now())
    assert (len(rest.rows), rest.waiting, rest.later) == (1, 2, 0)


def test_where_every_winner_was_withdrawn_the_books_close_without_an_award(ready, tea, keys_folder):
    election = vote(ready, keys_folder, VOTES)
    for title in ("Well", "École", "Kiosk"):
        move_proposal(titled(title), "WITHDRAWN")
    found = awards_to_make(election, timezone.now())
    assert (found.is_counted, found.rows, found.waiting) == (True, (), 1)
    assert award(election, tea) == []
    assert outcomes()["Library"] == "NOT_FUNDED"


def nothing_happened() -> bool:
    return not (
        Award.objects.exists()
        or Message.objects.exists()
        or TrailEntry.objects.filter(verb="make_awards").exists()
        or Proposal.objects.exclude(status="SHORTLISTED").exists()
    )


def test_nothing_is_awarded_before_the_vote_is_closed(ready, tea, keys_folder):
    election = vote(ready, keys_folder, VOTES, is_counted=False)
    with pytest.raises(actions.NotCounted):
        award(election, tea)
    assert nothing_happened()


def test_nothing_is_awarded_between_the_close_and_the_count(ready, tea, keys_folder):
    election = vote(ready, keys_folder, VOTES, is_counted=False)
    close_election(election=election, closer=CLOCK, now=timezone.now())
    with pytest.raises(actions.NotCounted):
        award(election, tea)
    assert not awards_to_make(Election.objects.get(pk=election.pk), timezone.now()).is_counted
    assert nothing_happened()


def test_nothing_is_awarded_before_every_lane_is_counted(ready, tea, keys_folder):
    election = vote(ready, keys_folder, VOTES)
    with tampering("voting_tally"):
        Tally.objects.filter(lane__kind="READERS")._raw_delete("default")
    with pytest.raises(actions.NotCounted):
        award(election, tea)
    assert nothing_happened()


def test_nothing_is_awarded_before_results_may_be_seen(ready, tea, keys_folder):
    election = vote(ready, keys_folder, VOTES)
    with pytest.raises(actions.NotCounted):
        actions.make_awards(
            election=election, treasurer=tea, now=election.closes_at - timedelta(seconds=1)
        )
    assert nothing_happened()


def test_an_election_held_elsewhere_pays_nothing(west, tea):
    election, _job = bring_in(make_round(west))
    with pytest.raises(actions.NothingIsPaid):
        award(election, tea)
    assert not awards_to_make(election, timezone.now()).is_paid


def test_practice_pays_nothing(ready, tea, keys_folder):
    election = vote(ready, keys_folder, VOTES)
    with tampering("hubs_round"):
        Round.objects.update(is_practice=True)
    with pytest.raises(actions.NothingIsPaid):
        award(election, tea)
    assert nothing_happened()


def test_nobody_makes_awards_where_a_proposal_of_their_own_stands(ready, keys_folder):
    author = titled("Library").author  # who does not even win
    make_term(author, ready.hub, SeatFunction.TREASURER)
    election = vote(ready, keys_folder, VOTES)
    with pytest.raises(actions.OwnMoney):
        award(election, author)
    assert nothing_happened()


def test_a_withdrawn_proposal_of_ones_own_is_no_money_of_ones_own(ready, keys_folder):
    author = titled("Library").author
    make_term(author, ready.hub, SeatFunction.TREASURER)
    election = vote(ready, keys_folder, VOTES)
    move_proposal(titled("Library"), "WITHDRAWN")
    assert len(award(election, author)) == 3


def test_where_a_lane_was_counted_again_its_first_count_stands(ready, tea, keys_folder):
    election = vote(ready, keys_folder, VOTES)
    first = Tally.objects.get(lane__kind="GENERAL")
    again = Tally.objects.get(pk=first.pk)
    again.pk, again.code_version = None, "later"
    again.outcome = {**first.outcome, "winners": [f"P-{titled('Library').pk}"]}
    again.save(force_insert=True)
    assert {one.tally for one in award(election, tea) if one.lane.kind == "GENERAL"} == {first}
    assert outcomes()["Library"] == "NOT_FUNDED"
