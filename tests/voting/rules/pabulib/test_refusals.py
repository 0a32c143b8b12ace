"""Files that are refused whole: each with its line, its code and a sentence."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.voting.rules.pabulib.files import CUMULATIVE, META, PROJECTS, SCORING, VOTES, file
from voting.rules import pabulib

POINTS = "VOTES\nvoter_id;vote;points\nv;1;3\n"
LONG = "9" * 31


def changed(old, new, text=None):
    """The valid file (or `text`) with one thing changed; the thing must be there."""
    whole = (META + PROJECTS + VOTES) if text is None else text
    assert old in whole
    return whole.replace(old, new, 1).encode()


REFUSALS = [
    ("latin 1", changed("Pool", "Pool").replace(b"Pool", b"P\xf6ol"), 18, "NOT_UTF8"),
    ("bad after a mark", b"\xef\xbb\xbfMETA\n\xff", 2, "NOT_UTF8"),
    ("utf-16", "META\n".encode("utf-16"), 1, "NUL_BYTE"),
    ("nul", changed("Pool", "Po\0ol"), 18, "NUL_BYTE"),
    ("unclosed quote", changed("Pool", '"Pool'), 18, "UNCLOSED_QUOTE"),
    (
        "unclosed quote behind a quoted break",
        changed("1;60;Park", '"1\n";"60'),
        18,
        "UNCLOSED_QUOTE",
    ),
    ("text after a quote", changed("Pool", '"Po"ol'), 18, "TEXT_AFTER_QUOTE"),
    ("empty", b"", 1, "MISSING_SECTION"),
    ("only blank lines", b"\n\n\n", 3, "MISSING_SECTION"),
    ("no meta title", changed("META\n", ""), 1, "MISSING_SECTION"),
    ("no projects", META.encode(), 14, "MISSING_SECTION"),
    ("no votes", (META + PROJECTS).encode(), 19, "MISSING_SECTION"),
    ("no projects title", changed("PROJECTS\n", ""), 15, "ROW_TOO_LONG"),
    ("two of a section", changed("VOTES\n", "PROJECTS\n"), 20, "DUPLICATE_SECTION"),
    ("meta again", (META + PROJECTS + VOTES + "META\n").encode(), 26, "DUPLICATE_SECTION"),
    ("votes first", (META + VOTES + PROJECTS).encode(), 15, "SECTION_ORDER"),
    ("projects first", (PROJECTS + META + VOTES).encode(), 1, "SECTION_ORDER"),
    ("no header at the end", (META + PROJECTS + "VOTES\n").encode(), 20, "MISSING_HEADER"),
    ("no header", (META + "PROJECTS\n" + VOTES).encode(), 15, "MISSING_HEADER"),
    ("no key column", changed("key;value", "key;worth"), 2, "MISSING_COLUMN"),
    ("no cost column", changed("id;cost", "id;price"), 16, "MISSING_COLUMN"),
    ("no id column", changed("project_id", "project"), 16, "MISSING_COLUMN"),
    ("no vote column", changed("id;vote", "id;choice"), 21, "MISSING_COLUMN"),
    ("no voter column", changed("voter_id", "voter"), 21, "MISSING_COLUMN"),
    ("no points column", (CUMULATIVE + PROJECTS + VOTES).encode(), 21, "MISSING_COLUMN"),
    ("a header after blank lines", changed("\nvoter_id", "\n\n\nvoter"), 23, "MISSING_COLUMN"),
    ("a column twice", changed("cost;name", "cost;cost"), 16, "DUPLICATE_COLUMN"),
    ("a short project", changed("2;50;Pool", "2;50"), 18, "ROW_TOO_SHORT"),
    ("a short vote", changed("d;2\n", "d"), 25, "ROW_TOO_SHORT"),
    ("a long project", changed("Pool", "Pool;Lake"), 18, "ROW_TOO_LONG"),
    ("a long value of meta", changed("A town", "A; town"), 3, "ROW_TOO_LONG"),
    ("no budget", changed("budget;100\n", ""), 1, "MISSING_META"),
    ("no vote type", changed("vote_type;approval\n", ""), 1, "MISSING_META"),
    ("a key twice", changed("currency;", "budget;"), 14, "DUPLICATE_META"),
    ("vote type", changed("approval", "Approval"), 10, "UNKNOWN_VOTE_TYPE"),
    ("empty budget", changed(";100\n", ";\n"), 9, "BAD_NUMBER"),
    ("comma", changed(";60;", ";60,5;"), 17, "BAD_NUMBER"),
    ("exponent", changed(";60;", ";6e1;"), 17, "BAD_NUMBER"),
    ("underscore", changed(";60;", ";6_0;"), 17, "BAD_NUMBER"),
    ("other digits", changed(";60;", ";٦٠;"), 17, "BAD_NUMBER"),
    ("bare point", changed(";60;", ";60.;"), 17, "BAD_NUMBER"),
    ("negative cost", changed(";60;", ";-60;"), 17, "NEGATIVE_NUMBER"),
    ("slightly negative cost", changed(";60;", ";-0.01;"), 17, "NEGATIVE_NUMBER"),
    ("negative budget", changed(";100\n", ";-100\n"), 9, "NEGATIVE_NUMBER"),
    ("nan", changed(";60;", ";NaN;"), 17, "NOT_FINITE"),
    ("infinite budget", changed(";100\n", ";-inf\n"), 9, "NOT_FINITE"),
    ("long cost", changed(";60;", f";{LONG};"), 17, "NUMBER_TOO_LARGE"),
    ("long decimals", changed(";60;", f";0.{LONG};"), 17, "NUMBER_TOO_LARGE"),
    ("long budget", changed(";100\n", f";{LONG}\n"), 9, "NUMBER_TOO_LARGE"),
    ("very long cost", changed(";60;", f";{LONG * 1000};"), 17, "NUMBER_TOO_LARGE"),
    ("project twice", changed("2;50;Pool", "1;50;Pool"), 18, "DUPLICATE_PROJECT"),
    ("project without id", changed("2;50;Pool", ";50;Pool"), 18, "BAD_PROJECT_ID"),
    ("project id with a comma", changed("2;50;Pool", "2,3;50;Pool"), 18, "BAD_PROJECT_ID"),
    ("unknown project", changed("b;10,1", "b;10,7"), 23, "UNKNOWN_PROJECT"),
    ("nothing behind a comma", changed("b;10,1", "b;10,"), 23, "UNKNOWN_PROJECT"),
    ("twice in a vote", changed("b;10,1", "b;10,1,10"), 23, "REPEATED_PROJECT"),
    (
        "two where one may be chosen",
        changed("approval", "choose-1"),
        22,
        "TOO_MANY_PROJECTS",
    ),
    (
        "points short",
        changed("v;1;3", "v;1,2;3", CUMULATIVE + PROJECTS + POINTS),
        22,
        "POINTS_COUNT",
    ),
    ("points long", changed("v;1;3", "v;1;3,4", SCORING + PROJECTS + POINTS), 22, "POINTS_COUNT"),
    ("no points", changed("v;1;3", "v;1;", SCORING + PROJECTS + POINTS), 22, "POINTS_COUNT"),
    (
        "points of no vote",
        changed("v;1;3", "v;;3", SCORING + PROJECTS + POINTS),
        22,
        "POINTS_COUNT",
    ),
    (
        "negative points",
        changed("v;1;3", "v;1;-3", SCORING + PROJECTS + POINTS),
        22,
        "NEGATIVE_POINTS",
    ),
    ("half points", changed("v;1;3", "v;1;1.5", CUMULATIVE + PROJECTS + POINTS), 22, "BAD_POINTS"),
    (
        "long points",
        changed("v;1;3", f"v;1;{LONG}", CUMULATIVE + PROJECTS + POINTS),
        22,
        "NUMBER_TOO_LARGE",
    ),
    (
        "too many columns",
        changed("project_id;", "project_id;" + "".join(f"c{n};" for n in range(200))),
        16,
        "TOO_MANY_COLUMNS",
    ),
    ("too long an id", changed("\n2;50;Pool", f"\n{'2' * 61};50;Pool"), 18, "BAD_PROJECT_ID"),
    (
        "too many projects",
        changed("\n2;50;Pool", "".join(f"\np{n};50;Pool" for n in range(5_000))),
        5_017,
        "TOO_MANY_ROWS",
    ),
    (
        "a default score for too many",
        (
            SCORING.replace("currency;EUR", "default_score;1")
            + "PROJECTS\nproject_id;cost\n"
            + "".join(f"{n};1\n" for n in range(5_000))
            + "VOTES\nvoter_id;vote;points\n"
            + "".join(f"v;{n};2\n" for n in range(1_001))
        ).encode(),
        6_019,
        "TOO_MANY_POINTS",
    ),
    (
        "bad default",
        changed("currency;EUR", "default_score;-1", SCORING + PROJECTS + POINTS),
        14,
        "NEGATIVE_POINTS",
    ),
]


@pytest.mark.parametrize(
    ("data", "line", "code"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS]
)
def test_the_file_is_refused_at_its_line(data, line, code):
    with pytest.raises(pabulib.PabulibError) as refusal:
        pabulib.read(data)
    assert (refusal.value.line, refusal.value.code) == (line, code)
    assert str(refusal.value).startswith(f"line {line}: ")
    assert "{" not in str(refusal.value)


def test_every_code_has_a_test():
    warned = {
        "UNKNOWN_META",
        "NO_OPTIONAL_META",
        "WRONG_NUM_PROJECTS",
        "WRONG_NUM_VOTES",
        "REPEATED_VOTER",
        "REPEATED_PROJECT_MERGED",
        "META_COLUMN",
        "BAD_LIMIT",
        "LIMIT_BROKEN",
        "PROJECT_LIMIT_BROKEN",
        "NO_FINAL_NEWLINE",
    }
    assert set(pabulib.MESSAGES) == {code for *_, code in REFUSALS} | warned


def test_a_refusal_is_a_sentence_with_its_parameters():
    with pytest.raises(pabulib.PabulibError) as refusal:
        pabulib.read(changed("b;10,1", "b;10,7"))
    assert refusal.value.params == {"project": "7"}
    assert str(refusal.value) == (
        "line 23: The vote names '7', which is not in the section PROJECTS."
    )


def test_a_refusal_shows_no_more_of_the_file_than_fits_a_message():
    with pytest.raises(pabulib.PabulibError) as refusal:
        pabulib.read(changed("b;10,1", f"b;{'x' * 10_000}"))
    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize("vote_type", ["cumulative", "ordinal"])
def test_a_project_named_twice_by_points_or_ranks_is_refused_even_where_approvals_merge(vote_type):
    votes = "VOTES\nvoter_id;vote;points\nv;1,1;3,4\n"
    with pytest.raises(pabulib.PabulibError, match="names the project '1' twice"):
        pabulib.read(file(META.replace("approval", vote_type), votes=votes), merge_repeated=True)


def read_or_refusal(data):
    try:
        return pabulib.read(data), None
    except pabulib.PabulibError as refusal:
        return None, refusal


def test_a_file_cut_anywhere_is_refused_or_warned_of():
    whole = file()
    for size in range(len(whole)):
        election, refusal = read_or_refusal(whole[:size])
        if refusal is None:
            warned = {warning.code for warning in election.warnings}
            assert warned & {"NO_FINAL_NEWLINE", "WRONG_NUM_VOTES"}


def test_many_quotes_take_no_more_than_linear_time():
    data = changed("Pool", '"' + '""' * 500_000)
    with pytest.raises(pabulib.PabulibError, match="never closed"):
        pabulib.read(data)


SEEDS = [
    file(),
    file(CUMULATIVE, votes=POINTS),
    file(projects=PROJECTS.replace("Park", '"A ""park""; large\r\nand green"')),
]
PIECES = st.sampled_from(
    [
        b";",
        b"\n",
        b'"',
        b'""',
        b",",
        b"\r",
        b"\r\n",
        b"-",
        b".",
        b"0",
        b"\0",
        b"\xff",
        b"\xef\xbb\xbf",
        b"META\n",
        b"PROJECTS\n",
        b"VOTES\n",
        b"9" * 40,
        "é\u2028".encode(),
    ]
)
EDITS = st.lists(
    st.tuples(st.integers(0, 10**6), st.integers(0, 12), PIECES | st.binary(max_size=4)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(SEEDS), EDITS)
@example(file(), [(0, 10**6, b"")])
def test_whatever_happens_to_a_file_it_is_read_or_refused(data, edits):
    for place, removed, inserted in edits:
        at = place % (len(data) + 1)
        data = data[:at] + inserted + data[at + removed :]
    election, refusal = read_or_refusal(data)
    if election is None:
        assert 1 <= refusal.line <= data.count(b"\n") + 1
        assert str(refusal)
    else:
        assert election.profile().voters == len(election.ballots)
        assert len(election.instance().projects) == len(election.projects)


@given(st.binary(max_size=60))
def test_arbitrary_bytes_are_refused(data):
    with pytest.raises(pabulib.PabulibError):
        pabulib.read(data)
