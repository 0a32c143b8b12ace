"""A ballot is cast, replaced, refused, or only drafted."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from audit.models import TrailEntry
from config.management.commands.prepare_database import grant_web_role
from config.postgres import WEB
from tests.config.test_database import web_role
from tests.factories import make_round
from tests.hubs.reading import queries_of
from tests.voting.voters import HOUR, anybody, cast, in_force, marks, open_vote, voter
from voting import actions
from voting.actions.clock import share_election
from voting.ballots import Reason
from voting.models import Ballot, BallotDraft, BallotEvent, CastKey, Election
from voting.queries import ballot_groups, ballot_of, draft_of


@pytest.fixture
def election(round_, ada) -> Election:
    return open_vote(round_, ada)


def save(election, who, *positions):
    actions.save_draft(election_id=election.pk, voter=who, choices=marks(*positions))


def events(election) -> list[tuple[int, bytes]]:
    found = BallotEvent.objects.filter(election=election).order_by("version")
    return [(version, bytes(fp)) for version, fp in found.values_list("version", "fingerprint")]


def test_a_ballot_is_in_force_when_the_cast_returns(election, ada):
    who = voter(election, ada)
    receipt = cast(election, who, 1, 3)
    assert in_force(election) == {who.pseudonym: (1, b"[[1,1],[3,1]]")}
    assert receipt == actions.Receipt(1, who.check_code(1))
    assert events(election) == [(1, who.fingerprint(b"[[1,1],[3,1]]"))]


def test_the_order_in_which_items_arrive_changes_nothing(election):
    one, other = anybody(1), anybody(2)
    for who, choices in ((one, ((3, 1), (1, 1))), (other, ((1, 1), (3, 1)))):
        actions.cast_ballot(election_id=election.pk, voter=who, choices=choices, cast_key=uuid4())
    assert len({payload for _version, payload in in_force(election).values()}) == 1


def test_a_vote_replaced_is_one_ballot_and_two_events(election, ada):
    who = voter(election, ada)
    first, second = cast(election, who, 0), cast(election, who, 1)
    assert (first.version, second.version) == (1, 2)
    assert first.check_code != second.check_code
    assert in_force(election) == {who.pseudonym: (2, b"[[1,1]]")}
    assert [version for version, _fingerprint in events(election)] == [1, 2]


def test_the_same_press_gives_the_same_receipt_and_casts_once(election):
    who, key = anybody(), uuid4()
    receipts = [cast(election, who, 0, key=key) for _ in range(3)]
    assert receipts == [receipts[0]] * 3
    assert (CastKey.objects.count(), len(events(election))) == (1, 1)


def test_an_old_press_that_arrives_again_does_not_bring_the_old_vote_back(election):
    who, key = anybody(), uuid4()
    first = cast(election, who, 0, key=key)
    cast(election, who, 1)
    assert cast(election, who, 0, key=key) == first
    assert in_force(election)[who.pseudonym] == (2, b"[[1,1]]")


def test_a_key_with_other_choices_is_refused(election):
    who, key = anybody(), uuid4()
    cast(election, who, 0, key=key)
    with pytest.raises(actions.CastKeyReused):
        cast(election, who, 1, key=key)
    assert in_force(election) == {who.pseudonym: (1, b"[[0,1]]")}


def test_two_voters_may_happen_on_the_same_key(election):
    key = uuid4()
    assert {cast(election, anybody(n), n, key=key).version for n in range(2)} == {1}
    assert Ballot.objects.count() == 2


def test_a_blank_ballot_is_a_ballot(election):
    assert cast(election, anybody()).version == 1
    assert ballot_groups(election) == [(b"[]", 1)]


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        (((0, 2),), Reason.NOT_ITS_FORMAT),
        (((9, 1),), Reason.UNKNOWN_ITEM),
        (((0, 1), (0, 1)), Reason.TWICE),
        (marks(0, 3), Reason.TOO_MANY),
        (marks(1, 2), Reason.OVER_BUDGET),
    ],
)
def test_what_a_ballot_may_not_hold_is_refused_with_its_reason(round_, choices, reason):
    limited = open_vote(round_, max_choices=1 if reason is Reason.TOO_MANY else None)
    with pytest.raises(actions.BallotRefused) as refusal:
        actions.cast_ballot(
            election_id=limited.pk, voter=anybody(), choices=choices, cast_key=uuid4()
        )
    assert [fault.reason for fault in refusal.value.faults] == [reason]
    assert not Ballot.objects.exists()


@pytest.mark.parametrize("deed", [cast, save])
def test_before_the_opening_nothing_is_taken(round_, deed):
    early = open_vote(round_, opens_at=timezone.now() + HOUR / 2)
    with pytest.raises(actions.NotOpenYet):
        deed(early, anybody(), 0)


@pytest.mark.parametrize("deed", [cast, save])
def test_once_the_hour_has_come_nothing_is_taken_though_nobody_has_closed(round_, deed):
    late = open_vote(round_, closes_at=timezone.now() - timedelta(seconds=1))
    assert late.status == "FROZEN"
    with pytest.raises(actions.VotingClosed):
        deed(late, anybody(), 0)
    assert not Ballot.objects.exists()
    assert not BallotDraft.objects.exists()


def test_the_clock_of_this_machine_decides_nothing(election, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: election.closes_at + 9 * HOUR)
    assert cast(election, anybody(), 0).version == 1


def test_an_election_that_is_not_there_is_not_voted_in(db):
    with pytest.raises(Election.DoesNotExist):
        actions.cast_ballot(election_id=uuid4(), voter=anybody(), choices=(), cast_key=uuid4())


def test_a_draft_is_kept_and_replaced_and_is_no_ballot(election):
    who = anybody()
    save(election, who, 0)
    save(election, who, 1, 3)
    assert draft_of(election, who) == marks(1, 3)
    assert BallotDraft.objects.count() == 1
    assert ballot_of(election, who) is None
    assert ballot_groups(election) == []


def test_a_draft_may_cost_too_much_and_hold_too_many(round_):
    limited = open_vote(round_, max_choices=1)
    save(limited, anybody(), 1, 2)
    assert draft_of(limited, anybody()) == marks(1, 2)


@pytest.mark.parametrize("choices", [((9, 1),), ((0, 1), (0, 1)), ((0, 5),)])
def test_a_draft_holds_items_of_this_ballot_once_each(election, choices):
    with pytest.raises(actions.BallotRefused):
        actions.save_draft(election_id=election.pk, voter=anybody(), choices=choices)
    assert not BallotDraft.objects.exists()


def test_a_draft_becomes_the_ballot_and_is_gone(election):
    who, other = anybody(1), anybody(2)
    save(election, who, 0)
    save(election, other, 0)
    cast(election, who, 0)
    assert draft_of(election, who) is None
    assert draft_of(election, other) == marks(0)


def test_a_press_that_arrives_again_leaves_a_newer_draft_alone(election):
    who, key = anybody(), uuid4()
    cast(election, who, 0, key=key)
    save(election, who, 1)
    cast(election, who, 0, key=key)
    assert draft_of(election, who) == marks(1)


def test_while_a_vote_is_being_changed_the_earlier_one_is_in_force(election):
    who = anybody()
    cast(election, who, 0)
    save(election, who, 1)
    assert in_force(election) == {who.pseudonym: (1, b"[[0,1]]")}
    actions.discard_draft(election_id=election.pk, voter=who)
    assert draft_of(election, who) is None
    assert in_force(election) == {who.pseudonym: (1, b"[[0,1]]")}


def test_discarding_tells_whether_there_was_anything(election):
    save(election, anybody(), 0)
    found = [actions.discard_draft(election_id=election.pk, voter=anybody()) for _ in range(2)]
    assert found == [True, False]


def test_no_trail_says_that_somebody_voted(election):
    before = TrailEntry.objects.count()
    save(election, anybody(), 0)
    cast(election, anybody(), 0)
    assert TrailEntry.objects.count() == before


def test_a_cast_costs_the_same_however_much_is_on_the_ballot(west):
    few = open_vote(make_round(west), lanes={"GENERAL": {"a": 1}})
    many = open_vote(make_round(west), lanes={"GENERAL": {f"x{n}": 1 for n in range(60)}})
    asked = [queries_of(partial(cast, vote, anybody(), 0)) for vote in (few, many)]
    assert asked[0] == asked[1] < 16


def test_the_role_that_serves_pages_may_cast_and_change_a_vote(election):
    grant_web_role("default", WEB)
    who = anybody()
    with web_role():
        save(election, who, 0)
        receipts = [cast(election, who, item).version for item in (0, 1)]
    assert receipts == [1, 2]
    assert draft_of(election, who) is None


@pytest.mark.django_db(transaction=True)
def test_a_cast_is_a_transaction_of_its_own(election):
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        cast(election, anybody(), 0)


@pytest.mark.django_db(transaction=True)
def test_what_comes_after_the_lock_sees_what_was_committed_before_it(election):
    """Whatever level the server defaults to: higher up, a cast would see the election before its close."""
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_isolation = 'repeatable read'")
        try:
            with transaction.atomic():
                share_election(election.pk)
                cursor.execute("SELECT current_setting('transaction_isolation')")
                assert cursor.fetchone() == ("read committed",)
        finally:
            cursor.execute("RESET default_transaction_isolation")
