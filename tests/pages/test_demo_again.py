"""The movement is the same every time: what is drawn at random decides nothing of it."""

from pages.demo.ballots import invented_ballots
from tests.pages.movement import copied_database, digest, make_movement
from voting.models import Election


def test_two_movements_are_the_same_but_for_ids_keys_and_moments(
    movement, django_db_blocker, tmp_path
):
    with django_db_blocker.unblock(), copied_database("again") as database:
        again = make_movement(database, tmp_path, movement.now)
    assert {name for name in again.digest if again.digest[name] != movement.digest[name]} == set()
    keys = [{path.read_bytes() for path in one.keys.iterdir()} for one in (movement, again)]
    assert (len(keys[1]), keys[0] & keys[1]) == (2, set())


def test_the_digest_sees_a_difference(demo):
    assert digest() == demo.digest
    election = Election.objects.get(status="FROZEN")
    election.drafts.update(payload=b"[]")
    assert [name for name, found in digest().items() if found != demo.digest[name]] == [
        "BallotDraft"
    ]


def test_ballots_are_the_same_for_a_seed_and_others_for_another():
    assert invented_ballots(20, 100, 5) == invented_ballots(20, 100, 5)
    assert invented_ballots(20, 100, 5) != invented_ballots(20, 100, 6)
