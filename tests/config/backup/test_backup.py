"""A backup made while people vote gives back every vote that was acknowledged before it began."""

import shutil
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import pytest
from django.core.management import CommandError, call_command

from audit.actions import chain_trail
from config import archives, dumping, saving
from config.archives import Reader
from config.preflight import Problem
from config.saving import save
from members.models import Member
from tests.config.backup.makers import NOW, back_up, bring_back, counted
from tests.factories import make_hub, make_round
from tests.hubs.races import alone, wait_until
from tests.voting.voters import anybody, cast, in_force, open_vote, voter
from voting.models import BallotEvent, Election

pytestmark = pytest.mark.django_db(transaction=True)


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
