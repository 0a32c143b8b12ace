"""The key of an election: made once, kept by its owner alone, and told apart from any other."""

import hashlib
import hmac
import stat
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest

from voting import keys

ELECTION = UUID("00000000-0000-4000-8000-000000000001")
MEMBER = UUID("00000000-0000-4000-8000-000000000002")
KEY = b"k" * 32


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "keys"


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_key_is_random_and_its_file_is_for_its_owner_alone(folder):
    fingerprints = {keys.new_key(folder, uuid4()) for _ in range(3)}
    files = list(folder.iterdir())
    assert len(fingerprints) == len({file.read_bytes() for file in files}) == len(files) == 3
    assert {len(file.read_bytes()) for file in files} == {keys.KEY_BYTES}
    assert {mode(file) for file in files} == {0o600}
    assert mode(folder) == 0o700


def test_a_key_is_read_by_the_fingerprint_it_was_made_with(folder):
    fingerprint = keys.new_key(folder, ELECTION)
    key = keys.read_key(folder, ELECTION, fingerprint)
    assert key == (folder / str(ELECTION)).read_bytes()
    assert keys.fingerprint_of(key) == fingerprint


def test_an_election_gets_one_key_only(folder):
    fingerprint = keys.new_key(folder, ELECTION)
    with pytest.raises(keys.KeyExists):
        keys.new_key(folder, ELECTION)
    assert keys.read_key(folder, ELECTION, fingerprint)
    assert [file.name for file in folder.iterdir()] == [str(ELECTION)]  # nothing half made is left


def test_of_many_at_once_one_makes_the_key(folder):
    def make(_number):
        try:
            return keys.new_key(folder, ELECTION)
        except keys.KeyExists:
            return None

    with ThreadPoolExecutor(8) as pool:
        made = [found for found in pool.map(make, range(8)) if found]
    assert len(made) == 1
    assert keys.read_key(folder, ELECTION, made[0])


def test_a_missing_file_is_no_key(folder):
    with pytest.raises(keys.NoKey):
        keys.read_key(folder, ELECTION, "0" * 64)


@pytest.mark.parametrize("content", [b"x" * 32, b"", KEY[:-1], KEY + b"\n"])
def test_any_other_content_is_the_wrong_key(folder, content):
    keys.new_key(folder, ELECTION)
    (folder / str(ELECTION)).write_bytes(content)
    with pytest.raises(keys.WrongKey):
        keys.read_key(folder, ELECTION, keys.fingerprint_of(KEY))


def test_a_pseudonym_is_the_agreed_hmac():
    expected = hmac.new(KEY, b"pseudonym/1|" + MEMBER.bytes, hashlib.sha256).digest()
    assert keys.pseudonym(KEY, MEMBER) == expected
    assert keys.Voter.of(KEY, MEMBER).pseudonym == expected


def test_the_fingerprint_is_not_the_hash_of_the_key():
    assert keys.fingerprint_of(KEY) != hashlib.sha256(KEY).hexdigest()
    assert len(keys.fingerprint_of(KEY)) == 64


def test_what_is_derived_for_one_purpose_serves_no_other():
    name = MEMBER.bytes
    derived = {
        keys.pseudonym(KEY, MEMBER),
        keys.order_seed(KEY, name),
        keys.ballot_fingerprint(KEY, name, b""),
        keys.invented_pseudonym(KEY, 1),
        bytes.fromhex(keys.fingerprint_of(KEY)),
    }
    assert len(derived) == 5


def test_equal_ballots_of_two_voters_have_two_fingerprints():
    one, other = keys.Voter(KEY, b"a" * 32), keys.Voter(KEY, b"b" * 32)
    assert one.fingerprint(b"[]") != other.fingerprint(b"[]")
    assert one.fingerprint(b"[]") == one.fingerprint(b"[]") != one.fingerprint(b"[[0,1]]")


def test_a_check_code_has_sixty_bits_and_no_letter_to_be_misread():
    codes = {keys.check_code(KEY, b"a" * 32, version) for version in range(1, 200)}
    assert len(codes) == 199
    assert {len(code) for code in codes} == {12}
    assert set("".join(codes)) == set(keys.CODE_LETTERS)
    assert not set("ILOU") & set(keys.CODE_LETTERS)


def test_a_voter_shows_neither_key_nor_pseudonym_in_a_log():
    assert repr(keys.Voter(KEY, b"p" * 32)) == "Voter()"
