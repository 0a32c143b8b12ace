"""What a restore refuses before it writes anything, and what it tells afterwards."""

import hashlib
import json
import shutil
import uuid
import zipfile
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from audit.actions import chain_trail, record
from audit.models import OPERATOR, TrailEntry
from config import archives, saving
from config.preflight import Problem
from config.restoring import restore
from config.saving import Saved
from tests.config.backup.makers import NOW, ask, back_up, bring_back
from tests.voting.makers import tampering
from tests.voting.voters import anybody, cast
from voting.keys import new_key
from voting.models import Ballot
from voting.published import Checkpoint, publish_checkpoint
from voting.queries import own_checkpoint, published

pytestmark = pytest.mark.django_db(transaction=True)


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
