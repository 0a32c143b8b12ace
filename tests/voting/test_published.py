"""A database that was put back behind what was published of an election takes no ballots in it."""

import json
import uuid
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from audit.models import OPERATOR, TrailEntry
from tests.factories import make_hub, make_round
from tests.hubs.reading import browser, page, words
from tests.voting.makers import tampering
from tests.voting.test_booth import STAGES, at
from tests.voting.voters import anybody, cast, end_now, in_force, open_vote, voter
from voting import actions
from voting.actions import closing
from voting.keys import new_key
from voting.models import Ballot, BallotDraft, BallotEvent, CastKey, Election, Manifest
from voting.published import (
    FILE,
    Checkpoint,
    PublishedIsNewer,
    Unreadable,
    abandon_checkpoint,
    publish_checkpoint,
    published_elections,
    read_published,
)
from voting.queries import is_rolled_back, own_checkpoint
from voting.tasks import close_due_elections

ONE = uuid.UUID(int=1)


@pytest.fixture
def board(settings, tmp_path):
    settings.BOARD_DIR = tmp_path / "board"
    return settings.BOARD_DIR


@pytest.fixture
def election(round_, ada) -> Election:
    return open_vote(round_, ada)


def publish(board, election: Election, size: int | None = None) -> Checkpoint:
    """What a sequencer does once its leaves are committed."""
    events = BallotEvent.objects.filter(election=election).count()
    told = own_checkpoint(election.pk, events)
    if size is not None:
        told = Checkpoint(election.pk, size, told.root)
    publish_checkpoint(board, told)
    return told


@contextmanager
def put_back():
    """The ballots as they were at the beginning: what a restore of an old backup amounts to."""
    tables = ("voting_ballot", "voting_ballotevent", "voting_castkey")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"CREATE TEMPORARY TABLE saved_{table} AS TABLE {table}")
        yield
        with tampering(*tables):
            for table in reversed(tables):
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - tables of the test's own
            for table in tables:
                cursor.execute(f"INSERT INTO {table} TABLE saved_{table}")
                cursor.execute(f"DROP TABLE saved_{table}")


def restarted(monkeypatch) -> None:
    """A database that was restored is another one to the site: its tables, or its server, are new."""
    monkeypatch.setattr("voting.queries.published._this_database", lambda: (uuid.uuid4(),))


def older_than_published(board, election: Election, monkeypatch, lost: int = 1) -> None:
    cast(election, anybody(0), 0)
    with put_back():
        for number in range(1, lost + 1):
            cast(election, anybody(number), 0)
        publish(board, election)
        assert is_rolled_back(election, board) is False
    restarted(monkeypatch)


def rows() -> list[int]:
    return [kind.objects.count() for kind in (Ballot, BallotEvent, CastKey, BallotDraft)]


# The file.


def test_a_checkpoint_is_read_as_it_was_published(tmp_path):
    assert read_published(tmp_path, ONE) is None
    told = Checkpoint(ONE, 3, "ab" * 32)
    publish_checkpoint(tmp_path, told)
    publish_checkpoint(tmp_path, told)
    assert read_published(tmp_path, ONE) == told
    assert json.loads((tmp_path / str(ONE) / FILE).read_bytes()) == {
        "election": str(ONE), "format": "published/1", "root": "ab" * 32, "size": 3,
    }  # fmt: skip
    assert [path.name for path in (tmp_path / str(ONE)).iterdir()] == [FILE]
    (tmp_path / "lost+found").mkdir()
    (tmp_path / "lost+found" / FILE).touch()
    assert published_elections(tmp_path) == [ONE]


@pytest.mark.parametrize("later", [Checkpoint(ONE, 2, "ab" * 32), Checkpoint(ONE, 3, "cd" * 32)])
def test_what_was_published_is_not_taken_back(tmp_path, later):
    publish_checkpoint(tmp_path, Checkpoint(ONE, 3, "ab" * 32))
    with pytest.raises(PublishedIsNewer):
        publish_checkpoint(tmp_path, later)
    assert read_published(tmp_path, ONE) == Checkpoint(ONE, 3, "ab" * 32)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{}", b"[]", b"\xff",
        b'{"election":"00000000-0000-0000-0000-000000000002","format":"published/1","root":"","size":1}',
        b'{"election":"00000000-0000-0000-0000-000000000001","format":"published/2","root":"","size":1}',
        b'{"election":"00000000-0000-0000-0000-000000000001","format":"published/1","root":"","size":-1}',
        b'{"election":"00000000-0000-0000-0000-000000000001","format":"published/1","root":"","size":true}',
        b'{"election":"00000000-0000-0000-0000-000000000001","format":"published/1","root":"x","size":1}',
    ],
)  # fmt: skip
def test_what_is_not_a_checkpoint_is_not_taken_for_none(tmp_path, content):
    (tmp_path / str(ONE)).mkdir()
    (tmp_path / str(ONE) / FILE).write_bytes(content)
    with pytest.raises(Unreadable):
        read_published(tmp_path, ONE)
    with pytest.raises(Unreadable):
        publish_checkpoint(tmp_path, Checkpoint(ONE, 3))


def test_a_log_holds_what_was_published_when_it_is_as_long_and_the_same():
    published = Checkpoint(ONE, 3, "ab" * 32)
    assert Checkpoint(ONE, 3, "ab" * 32).holds(published)
    assert Checkpoint(ONE, 3).holds(published)  # as long as logs have no root, length decides
    assert not Checkpoint(ONE, 3, "cd" * 32).holds(published)
    assert not Checkpoint(ONE, 2, "ab" * 32).holds(published)


# The booth.


def test_an_election_that_is_behind_takes_no_ballots_and_says_so(
    board, election, ada, monkeypatch, caplog
):
    older_than_published(board, election, monkeypatch)
    before, client = rows(), browser(ada)
    for stage, method in zip(STAGES, ("get", "get", "post", "get", "post"), strict=True):
        answer = getattr(client, method)(
            at(election, stage), {"item": "1", "cast_key": uuid.uuid4()}
        )
        assert answer.status_code == 503
        said = words(page(answer).main)
        assert "Voting is not possible just now" in said
        assert "put back to an earlier state" in said
    assert client.post(at(election), {"item": "1"}).status_code == 503
    assert rows() == before
    assert f"Election {election.pk} is older than its published checkpoint" in caplog.text
    assert client.get(at(election, "election")).status_code == 200


def test_without_the_comparison_it_would_take_them(board, election, ada, monkeypatch):
    """The control."""
    older_than_published(board, election, monkeypatch)
    monkeypatch.setattr("voting.views.booth.is_rolled_back", lambda election, folder: False)
    data = {"item": "1", "cast_key": uuid.uuid4()}
    assert browser(ada).post(at(election, "cast_ballot"), data).status_code == 302


def test_a_log_that_is_another_one_at_the_same_length_is_behind_too(board, election, monkeypatch):
    cast(election, anybody(), 0)
    publish_checkpoint(board, Checkpoint(election.pk, 1, "ab" * 32))
    other = Checkpoint(election.pk, 1, "cd" * 32)
    monkeypatch.setattr("voting.queries.published.own_checkpoint", lambda pk, size: other)
    assert is_rolled_back(election, board) is True


def test_where_nobody_can_tell_what_was_published_nothing_is_taken(board, election, ada):
    publish(board, election)
    (board / str(election.pk) / FILE).write_bytes(b"")
    assert browser(ada).get(at(election)).status_code == 503


def test_other_elections_go_on(board, election, ada, monkeypatch):
    older_than_published(board, election, monkeypatch)
    other = open_vote(make_round(make_hub("east")), ada)
    assert browser(ada).get(at(other)).status_code == 200


def test_a_vote_that_is_published_goes_on_and_its_ballots_are_not_counted_at_each_cast(
    board, election, django_assert_num_queries
):
    cast(election, anybody(), 0)
    publish(board, election)
    with django_assert_num_queries(2):
        assert is_rolled_back(election, board) is False
    with django_assert_num_queries(1):
        assert is_rolled_back(election, board) is False


def test_a_database_that_is_restored_under_a_running_site_is_looked_at_again(
    board, election, monkeypatch
):
    with put_back():
        cast(election, anybody(), 0)
        publish(board, election)
        assert is_rolled_back(election, board) is False
    assert is_rolled_back(election, board) is False  # nothing says that it is another
    restarted(monkeypatch)
    assert is_rolled_back(election, board) is True


# The close.


def test_an_election_that_is_behind_is_not_closed(board, election, monkeypatch, caplog):
    older_than_published(board, election, monkeypatch)
    end_now(election)
    close_due_elections()
    assert Manifest.objects.count() == 0
    assert "RolledBack" in caplog.text
    monkeypatch.setattr(closing, "_refuse_rolled_back", lambda election_id, board: None)
    close_due_elections()  # the control: a manifest without a ballot that was published
    assert Manifest.objects.get().body["ballots"] == 1


# The operator's act.


def accept(election: Election, board) -> tuple[Checkpoint, Checkpoint]:
    return actions.accept_rollback(
        election=election, board=board, reason_code="DISK_LOST", operator=OPERATOR,
        now=timezone.now(),
    )  # fmt: skip


def test_an_operator_accepts_the_loss_in_the_trail_and_voting_goes_on(
    board, election, ada, monkeypatch, capsys
):
    older_than_published(board, election, monkeypatch, lost=2)
    call_command("accept_rollback", election.pk, "--reason=DISK_LOST")
    assert "2 published casts are given up" in capsys.readouterr().out
    entry = TrailEntry.objects.about(election).get(verb="accept_rollback")
    assert (entry.role, entry.reason_code) == ("OPERATOR", "DISK_LOST")
    assert (entry.before["size"], entry.after["size"]) == (3, 1)
    assert browser(ada).get(at(election)).status_code == 200
    kept = json.loads((board / str(election.pk) / "abandoned-1").read_bytes())
    assert kept["size"] == 3
    cast(election, anybody(1), 0)
    publish(board, election)  # and the board goes on
    with pytest.raises(CommandError, match="holds all that was published"):
        call_command("accept_rollback", election.pk, "--reason=DISK_LOST")


def test_nothing_is_accepted_where_nothing_is_lost(board, election):
    for _published in (False, True):
        with pytest.raises(actions.NotRolledBack):
            accept(election, board)
        publish(board, election)
    assert not TrailEntry.objects.filter(verb="accept_rollback").exists()


def test_an_act_whose_file_could_not_be_written_is_done_again(board, election, monkeypatch):
    older_than_published(board, election, monkeypatch)
    with monkeypatch.context() as patched:
        patched.setattr("voting.actions.rolling_back.abandon_checkpoint", lambda *told: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            accept(election, board)
    assert is_rolled_back(election, board) is True
    accept(election, board)
    assert is_rolled_back(election, board) is False


def test_the_command_wants_a_code_and_an_election(board, election):
    for reason in ("ada did it", "Disk", "", "DISK-LOST"):
        with pytest.raises(CommandError, match="code of capitals"):
            call_command("accept_rollback", election.pk, f"--reason={reason}")
    with pytest.raises(CommandError, match="no such election"):
        call_command("accept_rollback", uuid.uuid4(), "--reason=DISK_LOST")


def test_each_loss_that_was_accepted_stays_to_be_seen(tmp_path):
    publish_checkpoint(tmp_path, Checkpoint(ONE, 9))
    for size in (5, 3):
        abandon_checkpoint(tmp_path, Checkpoint(ONE, size))
    place = tmp_path / str(ONE)
    sizes = {path.name: json.loads(path.read_bytes())["size"] for path in place.iterdir()}
    assert sizes == {FILE: 3, "abandoned-1": 9, "abandoned-2": 5}


# Losing and restoring the key of an election: a drill.


def press(client, election: Election, item: str):
    data = {"item": [item], "cast_key": uuid.uuid4()}
    return client.post(at(election, "cast_ballot"), data)


def test_a_key_that_is_lost_and_found_leaves_each_voter_one_ballot(
    board, election, ada, keys_folder, tmp_path
):
    client, file = browser(ada), keys_folder / str(election.pk)
    assert press(client, election, "0").status_code == 302
    [(pseudonym, (version, _payload))] = in_force(election).items()
    assert version == 1
    before = rows()

    safe = file.rename(tmp_path / "safe")  # lost
    assert press(client, election, "1").status_code == 503
    assert client.post(at(election), {"item": ["1"]}).status_code == 503
    assert rows() == before

    new_key(keys_folder, election.pk)  # somebody makes another one
    assert press(client, election, "1").status_code == 503
    assert client.post(at(election), {"item": ["1"]}).status_code == 503
    assert rows() == before
    file.unlink()

    safe.rename(file)  # found
    assert voter(election, ada).pseudonym == pseudonym
    assert press(client, election, "3").status_code == 302
    assert in_force(election) == {pseudonym: (2, b"[[3,1]]")}


def test_with_another_key_that_was_not_noticed_a_voter_would_have_two_ballots(
    board, election, ada, keys_folder, monkeypatch
):
    """The control: the fingerprint is what stands between a wrong key and a second ballot."""
    client = browser(ada)
    press(client, election, "0")
    (keys_folder / str(election.pk)).write_bytes(b"x" * 32)
    monkeypatch.setattr("voting.keys.fingerprint_of", lambda key: election.key_fingerprint)
    assert press(client, election, "1").status_code == 302
    assert len(in_force(election)) == 2


def test_an_election_whose_key_is_lost_for_good_is_closed_with_what_was_cast(
    board, election, ada, keys_folder
):
    cast(election, voter(election, ada), 0)
    (keys_folder / str(election.pk)).unlink()
    end_now(election)
    close_due_elections()
    assert Manifest.objects.get().body["ballots"] == 1
