"""The quick way through a file and the strict one read the same, or the quick one steps aside."""

from unittest import mock

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.voting.rules.pabulib.files import CUMULATIVE, META, PROJECTS, SCORING, VOTES, file
from tests.voting.rules.pabulib.strategies import EDITS, MILD, edited, files
from tests.voting.rules.test_real_elections import FOLDER, NAMES
from voting.rules import pabulib
from voting.rules.pabulib import quick
from voting.rules.pabulib.reading import read_quickly, read_strictly
from voting.rules.pabulib.words import SPARE, Ids, Unusual, whole_numbers

BOTH = (
    {"merge_repeated": False, "keep_voters": False},
    {"merge_repeated": True, "keep_voters": True},
)
BLOCKS = st.sampled_from([1, 7, 30, 2**18])


def told(read, data, **options):
    """Everything that reading tells, in a form that can be compared; None for stepping aside."""
    try:
        election = read(data, **options)
    except Unusual:
        return None
    except pabulib.PabulibError as refusal:
        return refusal.line, refusal.code, refusal.params
    lines = [project.line for project in election.projects]
    shown = [(one.line, one.code, dict(one.params)) for one in election.warnings]
    ballots = tuple(election.ballots)
    return election, election.ballots.starts.tolist(), ballots, shown, lines, [*election.meta]


def assert_same(data, block, options):
    """The quick way reads what the strict way reads, or leaves it alone."""
    with mock.patch.object(quick, "_AT_ONCE", block):
        found = told(read_quickly, data, **options)
        whole = told(pabulib.read, data, **options)
    strict = told(read_strictly, data, **options)
    assert whole == strict
    is_read = found is not None and len(found) == len(whole) and whole is not None
    if is_read and isinstance(found[0], pabulib.Election):
        event("read quickly")
        assert found == strict
    else:
        event("left alone")


@settings(max_examples=400, deadline=None)
@given(files(), BLOCKS, st.sampled_from(BOTH))
def test_both_ways_read_the_same(data, block, options):
    assert_same(data, block, options)


@settings(max_examples=800, deadline=None)
@given(files(), EDITS, BLOCKS, st.sampled_from(BOTH))
def test_both_ways_read_the_same_of_a_spoilt_file(data, edits, block, options):
    assert_same(edited(data, edits), block, options)


@settings(max_examples=800, deadline=None)
@given(files(), EDITS | MILD, BLOCKS, st.sampled_from(BOTH))
def test_both_ways_read_the_same_of_spoilt_votes(data, edits, block, options):
    assert_same(edited(data, edits, after=data.index(b"VOTES")), block, options)


@pytest.mark.parametrize("options", BOTH, ids=["refusing", "merging"])
@pytest.mark.parametrize("name", NAMES)
def test_real_elections_are_read_quickly_and_the_same(name, options):
    data = (FOLDER / f"{name}.pb").read_bytes()
    strict = told(read_strictly, data, **options)
    assert told(pabulib.read, data, **options) == strict
    if isinstance(strict[0], pabulib.Election):
        assert told(read_quickly, data, **options) == strict


POINTS = "VOTES\nvoter_id;vote;points\nv;1,10;3,0\nw;;\n"


@pytest.mark.parametrize(
    "data",
    [
        file(),
        file().replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + file(),
        file()[:-1],
        file() + b"\n\n",
        file(votes=VOTES.replace("c;\n", "c;\n\n")),
        file(votes="VOTES\nvoter_id;vote\n"),
        file(votes=VOTES.replace("b;", "a;")),
        file(projects=PROJECTS.replace("Park", '"A ""park""; large"')),
        file(META.replace("approval", "choose-1"), votes="VOTES\nvote;voter_id\n10;v\n;w\n"),
        file(META.replace("approval", "ordinal")),
        file(CUMULATIVE, votes=POINTS),
        file(SCORING, votes=POINTS),
        file(votes="VOTES\nvoter_id;vote;district\nv;1;Łódź, north\n"),
    ],
    ids=[
        "plain",
        "crlf",
        "mark",
        "unfinished",
        "blank lines at the end",
        "a blank line between",
        "no votes",
        "a voter twice",
        "quotes before the votes",
        "choose-1",
        "ordinal",
        "cumulative",
        "scoring",
        "other columns",
    ],
)
def test_what_is_usual_is_read_quickly(data):
    assert told(read_quickly, data) == told(read_strictly, data)


@pytest.mark.parametrize(
    "change",
    [
        ("a;1,10", 'a;"1,10"'),
        ("a;1,10", "a; 1,10"),
        ("a;1,10", "a;1,10,"),
        ("a;1,10", "a;1,7"),
        ("a;1,10", "a;1,10,1"),
        ("a;1,10", "a\r;1,10"),
        ("a;1,10", "a;1,10;"),
        ("a;1,10", "a"),
        ("c;", " "),
        ("c;", f"{'c' * 300};"),
        ("VOTES\n", '"VOTES"\n'),
        ("VOTES\n", "VOTES\n\n"),
        ("d;2", "\ud800;2"),
    ],
)
def test_what_is_unusual_is_left_to_the_strict_way(change):
    data = file(votes=VOTES).decode().replace(*change).encode(errors="surrogatepass")
    assert data != file()
    with pytest.raises((Unusual, pabulib.PabulibError)):
        read_quickly(data)


def test_a_row_longer_than_a_block_is_read():
    long = file(votes=VOTES + "x" * 100 + ";1\n")
    with mock.patch.object(quick, "_AT_ONCE", 20):
        assert told(read_quickly, long) == told(read_strictly, long)


def at(pieces):
    lengths = np.array([len(piece) for piece in pieces])
    text = np.frombuffer(b"".join(pieces) + bytes(SPARE), dtype=np.uint8)
    return text, np.cumsum(lengths) - lengths, lengths


def test_thousands_of_ids_are_told_apart():
    names = [f"BO.{number}/{number % 7}".encode() for number in range(5_000)]
    ids = Ids(names)
    wanted = [*range(4_999, -1, -3), 17, 17]
    assert ids.places(*at([names[place] for place in wanted])).tolist() == wanted


@pytest.mark.parametrize("stranger", [b"3", b"11", b"1234567", b"123456780", b"12345678a", b""])
def test_what_is_no_id_is_never_taken_for_one(stranger):
    ids = Ids([b"1", b"2", b"12345678", b"123456789"])
    assert ids.places(*at([b"2", b"123456789"])).tolist() == [1, 3]
    with pytest.raises(Unusual):
        ids.places(*at([b"2", stranger]))


def test_a_stranger_in_the_slot_of_an_id_is_not_taken_for_it():
    """Enough strangers that most slots of the table are hit."""
    ids = Ids([b"1", b"2"])
    assert len(ids.table) < 100
    for number in range(3, 1_000):
        with pytest.raises(Unusual):
            ids.places(*at([str(number).encode()]))


@given(st.lists(st.integers(0, 10**9 - 1)))
def test_digits_are_numbers(numbers):
    assert whole_numbers(*at([str(one).encode() for one in numbers])).tolist() == numbers


@pytest.mark.parametrize("text", [b"", b"-1", b"+1", b"1.0", b"1_0", b"1" * 10, b"1/", b"1:"])
def test_what_is_no_whole_number_is_left_to_the_strict_way(text):
    with pytest.raises(Unusual):
        whole_numbers(*at([b"7", text]))
