"""A ballot and the close of its election at the same moment: it is in the manifest, or refused.

The control takes the shared lock out of the trigger, and a ballot is lost.
"""

import pytest
from django.db import connection

from audit.models import CLOCK
from tests.factories import NOON, make_hub, make_round
from tests.hubs.races import meanwhile
from tests.voting.makers import cast, make_election
from voting.actions import close_election
from voting.models import Election, ElectionStatus

LATE = b"z" * 32
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def election() -> Election:
    """Frozen, with one ballot."""
    return make_election(make_round(make_hub("west")), ElectionStatus.FROZEN)


@pytest.fixture
def without_shared_lock():
    """The trigger of ballots looks at the election without a lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_functiondef(tgfoid) FROM pg_trigger WHERE NOT tgisinternal"
            " AND tgrelid = 'voting_ballot'::regclass"
        )
        [(whole,)] = cursor.fetchall()
        assert "FOR SHARE;" in whole
        cursor.execute(whole.replace("FOR SHARE;", ";"))
        yield
        cursor.execute(whole)


def close(election: Election):
    return lambda: close_election(election=election, closer=CLOCK, now=NOON)


def accepted_and_stored(election: Election) -> tuple[int, int]:
    return Election.objects.get().manifest.body["ballots"], election.ballots.count()


def test_a_ballot_under_way_at_the_close_is_waited_for_and_accepted(election):
    assert meanwhile(lambda: cast(election, LATE), close(election)) == ["done"]
    assert accepted_and_stored(election) == (2, 2)


def test_a_ballot_that_comes_during_the_close_is_refused(election):
    assert meanwhile(close(election), lambda: cast(election, LATE)) == ["InternalError"]
    assert accepted_and_stored(election) == (1, 1)


@pytest.mark.usefixtures("without_shared_lock")
def test_without_the_lock_a_ballot_under_way_is_lost(election):
    assert meanwhile(lambda: cast(election, LATE), close(election)) == ["done"]
    assert accepted_and_stored(election) == (1, 2)


@pytest.mark.usefixtures("without_shared_lock")
def test_without_the_lock_a_ballot_is_taken_after_the_close(election):
    assert meanwhile(close(election), lambda: cast(election, LATE)) == ["done"]
    assert accepted_and_stored(election) == (1, 2)
