"""Casting at the same moment as somebody else, and as the close. Real threads on PostgreSQL.

Each claim has a control in which the protection is taken away, and a vote is counted twice or lost.
"""

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from audit.models import CLOCK
from jobs.models import Job
from tests.factories import make_hub, make_round
from tests.hubs.races import PATIENCE, alone, at_once, ends, wait_until, waiting_for_locks
from tests.voting.voters import anybody, cast, in_force, open_vote
from voting import actions
from voting.actions import casting, clock
from voting.models import Ballot, BallotEvent, CastKey, Election, Manifest

pytestmark = pytest.mark.django_db(transaction=True)
VOTERS = 5


@pytest.fixture
def election() -> Election:
    return open_vote(make_round(make_hub("west")))


def cast_at_once(election: Election, presses: int = 2, *, same_key: bool = False):
    """Each of some voters presses several times at once; tells how each press ended."""
    keys = {number: uuid.uuid4() for number in range(VOTERS)}

    def press(number: int):
        key = keys[number] if same_key else uuid.uuid4()
        return lambda: cast(election, anybody(number), number % 3, key=key)

    deeds = [press(number) for number in range(VOTERS) for _press in range(presses)]
    with at_once(*deeds, table="voting_ballot") as begun:
        pass
    return ends(begun), [future.result() for future in begun if not future.exception()]


def test_two_votes_of_one_voter_at_once_are_one_ballot(election):
    told, receipts = cast_at_once(election)
    assert told == ["done"] * 2 * VOTERS
    assert {version for version, _payload in in_force(election).values()} == {2}
    assert Ballot.objects.count() == VOTERS
    assert sorted(receipt.version for receipt in receipts) == [1] * VOTERS + [2] * VOTERS


def test_one_press_that_arrives_twice_at_once_casts_once(election):
    told, receipts = cast_at_once(election, same_key=True)
    assert told == ["done"] * 2 * VOTERS
    assert {receipt.version for receipt in receipts} == {1}
    assert len(set(receipts)) == VOTERS
    counts = [kind.objects.count() for kind in (Ballot, BallotEvent, CastKey)]
    assert counts == [VOTERS] * 3


@pytest.fixture
def without_upsert(monkeypatch):
    """Look first, then insert or update, and no key of the table: what others have done."""

    def look_then_write(election_id, pseudonym, payload, cast_key, fingerprint):
        found = Ballot.objects.filter(election_id=election_id, pseudonym=pseudonym)
        with connection.cursor() as cursor:
            if found.exists():
                found.update(payload=payload)
            else:
                cursor.execute(
                    "INSERT INTO voting_ballot (pseudonym, version, scheme, payload, election_id)"
                    " VALUES (%s, 1, 'plain/1', %s, %s)",
                    [pseudonym, payload, election_id],
                )
        return 1

    monkeypatch.setattr(casting, "_write", look_then_write)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE voting_ballot DROP CONSTRAINT voting_ballot_pkey")
        yield
        cursor.execute("TRUNCATE voting_ballot")
        cursor.execute("ALTER TABLE voting_ballot ADD PRIMARY KEY (election_id, pseudonym)")


@pytest.mark.usefixtures("without_upsert")
def test_without_the_upsert_each_voter_has_two_ballots(election):
    assert cast_at_once(election)[0] == ["done"] * 2 * VOTERS
    assert Ballot.objects.count() == 2 * VOTERS


@pytest.fixture
def at_the_last_moment(monkeypatch):
    """Whoever casts finds the vote still open, although the close finds it over."""
    asked = clock.vote_by_the_clock
    monkeypatch.setattr(
        casting,
        "vote_by_the_clock",
        lambda election_id: replace((vote := asked(election_id)), now=vote.opens_at),
    )


@pytest.fixture
def without_advisory_lock(monkeypatch):
    monkeypatch.setattr(casting, "share_election", lambda election_id: None)


@pytest.fixture
def over() -> Election:
    return open_vote(make_round(make_hub("west")), closes_at=timezone.now() - timedelta(seconds=1))


def close(election: Election):
    return lambda: actions.close_election(election=election, closer=CLOCK, now=timezone.now())


def cast_under_way_at_the_close(election: Election) -> list[str]:
    """A cast has written its ballot and is held before its end; meanwhile the election is closed."""
    with ThreadPoolExecutor(1) as pool:
        # The draft goes last: nothing after it could find out about the close.
        with at_once(lambda: cast(election, anybody(), 0), table="voting_ballotdraft") as begun:
            closing = pool.submit(alone, close(election))
            wait_until(lambda: closing.done() or waiting_for_locks() == 2)
        closing.exception(PATIENCE)
    return ends([*begun, closing])


def accepted_and_stored(election: Election) -> tuple[int, int]:
    return Manifest.objects.get(pk=election.pk).body["ballots"], election.ballots.count()


@pytest.mark.usefixtures("at_the_last_moment")
def test_a_ballot_under_way_at_the_close_is_waited_for_and_accepted(over):
    assert cast_under_way_at_the_close(over) == ["done", "done"]
    assert accepted_and_stored(over) == (1, 1)


@pytest.mark.usefixtures("at_the_last_moment", "without_advisory_lock")
def test_without_the_lock_an_accepted_ballot_is_not_in_the_manifest(over):
    assert cast_under_way_at_the_close(over) == ["done", "done"]
    assert accepted_and_stored(over) == (0, 1)


@pytest.mark.usefixtures("at_the_last_moment")
def test_a_ballot_that_comes_during_the_close_is_refused(over):
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            close(over)()
            late = pool.submit(alone, lambda: cast(over, anybody(), 0))
            wait_until(lambda: late.done() or waiting_for_locks() == 1)
        late.exception(PATIENCE)
    assert ends([late]) == ["VotingClosed"]
    assert accepted_and_stored(over) == (0, 0)


def test_what_many_voters_were_told_at_the_close_is_what_the_manifest_holds():
    election = open_vote(
        make_round(make_hub("west")), closes_at=timezone.now() + timedelta(seconds=1.5)
    )

    def vote_until_the_end(number: int) -> int:
        accepted = 0
        while True:
            try:
                cast(election, anybody(1_000 * number + accepted), accepted % 3)
            except actions.VotingClosed:
                return accepted
            accepted += 1

    with ThreadPoolExecutor(6) as pool:
        begun = [pool.submit(alone, partial(vote_until_the_end, number)) for number in range(6)]
        wait_until(lambda: bool(actions.close_due_elections()))
        accepted = sum(int(str(future.result(PATIENCE))) for future in begun)
    assert accepted > 0
    assert accepted_and_stored(election) == (accepted, accepted)


def test_of_two_who_close_what_is_over_one_does(over):
    with at_once(
        actions.close_due_elections, actions.close_due_elections, table="voting_manifest", waiting=2
    ) as begun:
        pass
    closed = [future.result() for future in begun]
    assert [] in closed
    assert closed != [[], []]
    assert (Manifest.objects.count(), Job.objects.count()) == (1, 1)
