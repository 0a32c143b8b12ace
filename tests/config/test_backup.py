"""A backup made while people vote gives back every vote that was acknowledged before it began."""

import hashlib
import json
import shutil
import stat
import threading
import uuid
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from audit.actions import chain_trail, record
from audit.models import OPERATOR, TrailEntry
from config import archives, dumping, restoring, saving
from config.archives import Reader
from config.preflight import Problem
from config.restoring import restore
from config.saving import Saved, save
from members.models import Member
from tests.factories import make_hub, make_member, make_round
from tests.hubs.races import alone, wait_until
from tests.voting.makers import count as count_now
from tests.voting.makers import tampering
from tests.voting.voters import anybody, cast, end_now, in_force, open_vote, voter
from voting import actions
from voting.keys import new_key
from voting.models import Ballot, BallotEvent, Election
from voting.published import Checkpoint, publish_checkpoint
from voting.queries import own_checkpoint, published

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)
RESTORED = "restored"


@pytest.fixture(autouse=True)
def places(settings, tmp_path: Path) -> Path:
    """The folders of a site, each of the test's own."""
    for name in ("KEYS_DIR", "MEDIA_ROOT", "BOARD_DIR", "BACKUP_DIR", "BACKUP_KEYS_DIR"):
        setattr(settings, name, tmp_path / name.lower())
    return tmp_path


@pytest.fixture
def election() -> Election:
    return open_vote(make_round(make_hub("west")), make_member("Ada"))


def back_up(settings, now: datetime = NOW) -> Saved:
    return save(database=settings.BACKUP_DIR, keys=settings.BACKUP_KEYS_DIR, now=now)


@contextmanager
def another_database() -> Iterator[None]:
    """A site whose database is empty; what is done inside is done there."""
    before = connection.settings_dict["NAME"]
    name = f"{before}_{RESTORED}"
    ask(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        ask(f"DROP DATABASE {name}")


def ask(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def on_another_machine(settings, places):
    """What is done inside is done where the database is empty, without keys and uploads."""

    @contextmanager
    def there() -> Iterator[None]:
        settings.KEYS_DIR, settings.MEDIA_ROOT = places / "other_keys", places / "other_media"
        with another_database():
            yield

    return there


def bring_back(saved: Saved, **options) -> restoring.Restored:
    return restore(database=saved.database, keys=saved.keys, **options)


def counted(election: Election) -> dict[str, object]:
    """What the close and the count make of the ballots."""
    end_now(election)
    [job] = actions.close_due_elections()
    tallies = count_now(job, timezone.now())
    return {
        "manifest": Election.objects.get(pk=election.pk).manifest.body["ballots_hash"],
        "outcomes": [tally.outcome for tally in tallies],
    }


def test_the_archives_are_named_by_the_moment_and_for_their_owner_alone(settings, election):
    saved = back_up(settings)
    assert saved.database == settings.BACKUP_DIR / "commonpurse-20260301T120005Z.backup"
    assert saved.keys == settings.BACKUP_KEYS_DIR / "commonpurse-20260301T120005Z.keys"
    for path in (saved.database, saved.keys):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    left = sorted(path.name for path in settings.BACKUP_DIR.iterdir())
    assert left == [".lock", saved.database.name]


def test_no_key_lies_with_the_database_and_no_ballot_with_the_keys(settings, election):
    cast(election, anybody(), 0)
    saved = back_up(settings)
    key = (settings.KEYS_DIR / str(election.pk)).read_bytes()
    assert key not in saved.database.read_bytes()
    with Reader(saved.keys) as keys, Reader(saved.database) as whole:
        assert keys.names() == [f"keys/{election.pk}"]
        assert whole.names() == ["database.dump"]


def test_what_is_restored_is_what_was_there(settings, election, on_another_machine):
    ada = Member.objects.get()
    cast(election, voter(election, ada), 0, 3)
    cast(election, anybody(7), 1)
    settings.MEDIA_ROOT.mkdir()
    (settings.MEDIA_ROOT / "2026").mkdir()
    (settings.MEDIA_ROOT / "2026" / "plan.pdf").write_bytes(b"a plan")
    chain_trail()
    saved, before = back_up(settings), in_force(election)
    with on_another_machine():
        restored = bring_back(saved)
        assert in_force(election) == before
        assert (settings.MEDIA_ROOT / "2026" / "plan.pdf").read_bytes() == b"a plan"
        key = settings.KEYS_DIR / str(election.pk)
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert cast(election, voter(election, ada), 1).version == 2  # the same pseudonym
        assert set(in_force(election)) == set(before)
    assert (restored.keys, restored.uploads, restored.rows["voting_ballot"]) == (1, 1, 2)
    assert restored.without_key == restored.rolled_back == restored.unknown == []


def test_votes_acknowledged_before_a_backup_are_in_it_whatever_is_cast_meanwhile(
    settings, election, on_another_machine
):
    acknowledged: dict[int, int] = {}  # voter: version
    ended = threading.Event()

    def keep_casting(number: int) -> None:
        turn = 0
        while not ended.is_set():
            who = number * 1_000 + turn % 40
            acknowledged[who] = cast(election, anybody(who), turn % 3).version
            turn += 1

    with ThreadPoolExecutor(4) as pool:
        begun = [pool.submit(alone, partial(keep_casting, number)) for number in range(4)]
        wait_until(lambda: len(acknowledged) > 80)
        before = dict(acknowledged)
        saved = back_up(settings)
        wait_until(lambda: sum(acknowledged.values()) > sum(before.values()) + 40)
        ended.set()
        for future in begun:
            future.result(60)
    with on_another_machine():
        restored = bring_back(saved)
        there = in_force(election)
        assert BallotEvent.objects.count() == restored.rows["voting_ballotevent"]
        assert BallotEvent.objects.count() == sum(version for version, _payload in there.values())
    for who, version in before.items():
        assert there[anybody(who).pseudonym][0] >= version
    assert len(in_force(election)) >= len(there)
    assert BallotEvent.objects.count() > restored.rows["voting_ballotevent"]  # casting went on


def test_a_restored_election_counts_to_the_same_result(settings, election, on_another_machine):
    for number in range(25):
        cast(election, anybody(number), number % 3, 3)
    saved = back_up(settings)
    with on_another_machine():
        bring_back(saved)
        there = counted(election)
    assert there == counted(election)


def test_an_election_frozen_during_a_backup_does_not_leave_it_without_a_key(
    settings, election, monkeypatch, on_another_machine
):
    """The keys are copied after the snapshot has begun, so they are of at least its elections."""
    dumped, late = dumping.dump, []

    @contextmanager
    def freeze_meanwhile(database, snapshot):
        late.append(alone_in_thread(lambda: open_vote(make_round(make_hub("east")))))
        with dumped(database, snapshot) as stream:
            yield stream

    monkeypatch.setattr(saving, "dump", freeze_meanwhile)
    saved = back_up(settings)
    with Reader(saved.keys) as keys:
        assert sorted(keys.names("keys")) == sorted([str(election.pk), str(late[0].pk)])
    with on_another_machine():
        assert bring_back(saved).without_key == []
        assert list(Election.objects.values_list("pk", flat=True)) == [election.pk]


def test_with_the_keys_copied_first_it_would(settings, election, monkeypatch, places):
    """The control: keys from before the snapshot lack one of an election that it knows."""
    shutil.copytree(settings.KEYS_DIR, places / "too_early")
    begun = saving.snapshot

    @contextmanager
    def freeze_first():
        open_vote(make_round(make_hub("east")))
        with begun() as taken:
            yield taken

    monkeypatch.setattr(saving, "snapshot", freeze_first)
    written = archives.Writer.add_folder
    monkeypatch.setattr(
        archives.Writer,
        "add_folder",
        lambda self, prefix, folder: written(
            self, prefix, places / "too_early" if prefix == "keys" else folder
        ),
    )
    saved = back_up(settings)
    late = Election.objects.exclude(pk=election.pk).get()
    with pytest.raises(Problem, match=f"lacks the key of election {late.pk}, still open"):
        bring_back(saved, replace=True)


def alone_in_thread(deed):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(alone, deed).result(60)


def test_keys_and_database_in_one_place_are_refused(settings):
    for keys in (settings.BACKUP_DIR, settings.BACKUP_DIR / "keys", settings.BACKUP_DIR.parent):
        with pytest.raises(Problem, match="can tell who voted how"):
            save(database=settings.BACKUP_DIR, keys=keys, now=NOW)


def test_a_production_site_keeps_no_backup_in_its_source(settings):
    settings.PRODUCTION = True
    with pytest.raises(Problem, match="inside the source"):
        save(
            database=settings.BASE_DIR / "var" / "backups",
            keys=settings.BACKUP_KEYS_DIR,
            now=NOW,
        )


def test_two_backups_of_one_second_do_not_overwrite_each_other(settings, election):
    saved = back_up(settings)
    before = saved.database.read_bytes()
    with pytest.raises(Problem, match="is there already"):
        back_up(settings)
    assert saved.database.read_bytes() == before
    assert len(list(settings.BACKUP_DIR.glob("*.backup"))) == 1


def test_a_backup_that_fails_leaves_no_archive(settings, election, monkeypatch):
    monkeypatch.setattr(saving, "contents", lambda using: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        back_up(settings)
    for folder in (settings.BACKUP_DIR, settings.BACKUP_KEYS_DIR):
        assert [path.name for path in folder.iterdir() if path.name != ".lock"] == []


def test_what_a_killed_backup_left_is_swept_by_the_next(settings, election):
    settings.BACKUP_DIR.mkdir()
    (settings.BACKUP_DIR / f"{archives.PARTIAL}1").write_bytes(b"half")
    back_up(settings)
    assert list(settings.BACKUP_DIR.glob(f"{archives.PARTIAL}*")) == []


def test_a_dump_that_is_cut_short_is_no_backup(settings, election, monkeypatch):
    monkeypatch.setattr(saving, "snapshot", lambda: snapshot_nobody_exported())
    with pytest.raises(Problem, match=r"pg_dump failed: .*snapshot"):
        back_up(settings)
    assert list(settings.BACKUP_DIR.glob("*.backup")) == []


@contextmanager
def snapshot_nobody_exported():
    yield "00000003-0000001B-1", {"elections": {}}


def test_an_open_election_whose_key_is_gone_is_named_and_the_rest_is_backed_up(settings, election):
    (settings.KEYS_DIR / str(election.pk)).unlink()
    with pytest.raises(CommandError, match=f"whole, but KEYS_DIR lacks the key of {election.pk}"):
        call_command("backup")
    [path] = settings.BACKUP_DIR.glob("*.backup")
    with Reader(path) as whole:
        whole.verify()


def test_a_closed_election_may_have_lost_its_key(settings, election, on_another_machine):
    counted(election)
    (settings.KEYS_DIR / str(election.pk)).unlink()
    saved = back_up(settings)
    assert saved.without_key == []
    with on_another_machine():
        assert bring_back(saved).without_key == []


# What is refused before anything is written.


@pytest.fixture
def saved(settings, election) -> Saved:
    cast(election, anybody(), 0)
    return back_up(settings)


def refused(saved: Saved, message: str, **options) -> None:
    with pytest.raises(Problem, match=message):
        bring_back(saved, **options)


@pytest.mark.parametrize("which", ["database", "keys"])
@pytest.mark.parametrize("part", [0, 0.3, 0.9])
def test_a_truncated_archive_is_refused_and_named(saved, on_another_machine, which, part):
    path = getattr(saved, which)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    with on_another_machine():
        refused(saved, f"{path} is truncated, altered or no archive of ours")
        assert connection.introspection.table_names() == []


def test_an_archive_with_any_bit_changed_is_refused_and_named(saved):
    whole = saved.keys.read_bytes()
    for place in range(0, len(whole), 7):
        content = bytearray(whole)
        content[place] ^= 1
        saved.keys.write_bytes(content)
        refused(saved, f"{saved.keys} is truncated, altered or no archive of ours")
    saved.keys.write_bytes(whole)
    with saved.database.open("r+b") as file:
        file.seek(saved.database.stat().st_size // 2)
        file.write(b"another ballot")
    refused(saved, f"{saved.database} is truncated, altered or no archive of ours")


def rewritten(path: Path, name: str, change) -> None:
    """The archive with one file changed by somebody who knows how zip files are made."""
    with zipfile.ZipFile(path) as before:
        files = {one: before.read(one) for one in before.namelist()}
    files[name] = change(files[name])
    with zipfile.ZipFile(path, "w") as after:
        for one, content in files.items():
            after.writestr(one, content)
        after.comment = b"0" * archives.SEAL
    archives.seal(path)


def test_a_dump_that_was_put_in_place_of_another_is_refused(saved, on_another_machine):
    rewritten(saved.database, "database.dump", lambda content: content + b"\0")
    with on_another_machine():
        refused(saved, "was altered: database.dump is not what its manifest says")


def test_a_file_that_no_manifest_names_is_refused(saved, on_another_machine):
    with zipfile.ZipFile(saved.keys, "a") as archive:
        archive.writestr("keys/extra", b"x")
    archives.seal(saved.keys)
    with on_another_machine():
        refused(saved, "does not hold the files that its manifest names")


def test_a_file_that_would_be_written_outside_its_folder_is_refused(saved, on_another_machine):
    def point_outside(content: bytes) -> bytes:
        told = json.loads(content)
        told["files"]["keys/../../outside"] = hashlib.sha256(b"x").hexdigest()
        return json.dumps(told).encode()

    with zipfile.ZipFile(saved.keys, "a") as archive:
        archive.writestr("keys/../../outside", b"x")
    rewritten(saved.keys, archives.MANIFEST, point_outside)
    with on_another_machine():
        refused(saved, "would write outside its folder: keys/../../outside")


def test_a_file_that_is_not_there_is_refused(saved, on_another_machine):
    saved.keys.unlink()
    with on_another_machine():
        refused(saved, f"{saved.keys} is not there")


def test_the_two_archives_swapped_are_refused(saved, on_another_machine):
    with on_another_machine(), pytest.raises(Problem, match="swapped"):
        restore(database=saved.keys, keys=saved.database)


def test_an_archive_of_a_newer_version_is_refused(
    settings, election, monkeypatch, on_another_machine
):
    told = saving.contents
    monkeypatch.setattr(
        saving,
        "contents",
        lambda using: {
            **(found := told(using)),
            "migrations": [*found["migrations"], "voting.9999_x"],
        },
    )
    saved = back_up(settings)
    with on_another_machine():
        refused(saved, r"made by a newer version of the site, which has voting\.9999_x")


def test_a_database_that_holds_anything_is_left_alone(saved, election):
    cast(election, anybody(1), 1)
    refused(saved, "is not empty. Nothing was restored")
    assert Ballot.objects.count() == 2


def test_one_that_may_be_emptied_is(saved, settings, on_another_machine):
    with on_another_machine():
        ask("CREATE TABLE mine (id int)")
        refused(saved, "is not empty")
        bring_back(saved, replace=True)
        assert "mine" not in connection.introspection.table_names()
        assert Ballot.objects.count() == 1
        before = published._this_database()
        shutil.rmtree(settings.KEYS_DIR)
        bring_back(saved, replace=True)
        assert published._this_database() != before  # a site that runs looks at its board again


def test_archives_lacking_a_key_say_which_election(settings, election, on_another_machine):
    (settings.KEYS_DIR / str(election.pk)).unlink()
    lacking = back_up(settings)
    with on_another_machine():
        refused(lacking, f"lacks the key of election {election.pk}, still open")
        assert connection.introspection.table_names() == []
        assert bring_back(lacking, allow_missing_keys=True).without_key == [election.pk]


def test_the_keys_of_another_moment_are_refused_by_fingerprint(
    settings, election, on_another_machine
):
    saved = back_up(settings)
    key = settings.KEYS_DIR / str(election.pk)
    key.unlink()
    new_key(settings.KEYS_DIR, election.pk)
    other = back_up(settings, NOW.replace(second=6))
    assert other.without_key == [election.pk]
    with (
        on_another_machine(),
        pytest.raises(Problem, match=f"another key for election {election.pk}"),
    ):
        restore(database=saved.database, keys=other.keys)


def test_a_key_that_is_there_is_never_written_over(settings, saved, election, on_another_machine):
    with on_another_machine():
        settings.KEYS_DIR.mkdir()
        key = settings.KEYS_DIR / str(election.pk)
        key.write_bytes(b"k" * 32)
        refused(saved, "is there and differs")
        assert key.read_bytes() == b"k" * 32
        assert connection.introspection.table_names() == []


def test_a_trail_that_was_altered_before_the_backup_is_told(settings, election, on_another_machine):
    with transaction.atomic():
        record(actor=OPERATOR, verb="try", target=election, now=NOW)
    chain_trail()
    with tampering("audit_trailentry"):
        TrailEntry.objects.order_by("pk").update(verb="never")
    saved = back_up(settings)
    with on_another_machine():
        refused(saved, "chain of the trail breaks at position 1")


# A restore that is older than what was published.


def test_a_restore_says_which_elections_are_older_than_their_published_board(
    settings, election, capsys, on_another_machine
):
    cast(election, anybody(), 0)
    saved = back_up(settings)
    cast(election, anybody(1), 0)
    publish_checkpoint(settings.BOARD_DIR, own_checkpoint(election.pk, 2))
    never_seen = uuid.uuid4()
    publish_checkpoint(settings.BOARD_DIR, Checkpoint(never_seen, 0))
    with on_another_machine():
        call_command("restore", saved.database, saved.keys)
        said = capsys.readouterr().out
        assert f"OLDER THAN ITS PUBLISHED BOARD: election {election.pk}" in said
        assert f"PUBLISHED BUT NOT HERE: election {never_seen}" in said
        assert "1 ballots, 1 events" in said
