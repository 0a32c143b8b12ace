"""`.pb` files that look like real ones, and ways to spoil them, for Hypothesis."""

from hypothesis import strategies as st

from tests.voting.rules.pabulib.files import META

VOTE_TYPES = ("approval", "choose-1", "ordinal", "cumulative", "scoring")
POINTED = ("cumulative", "scoring")
IDS = st.lists(
    st.sampled_from(
        ["1", "2", "10", "p", "q7", "BO.OM.97/24", "12345678", "123456789", "é", "x" * 60, "-", "="]
    ),
    min_size=1,
    max_size=6,
    unique=True,
)
VOTERS = st.sampled_from(["1", "2", "33", "v", "", "Ж", "12345678", "a longer name of a voter"])
EXTRA = st.sampled_from(["33", "F", "", "internet", "a,b", " ", "Łódź"])


@st.composite
def files(draw):
    """The bytes of a file that is right, but for a project or a voter that may be repeated."""
    vote_type = draw(st.sampled_from(VOTE_TYPES))
    ids = draw(IDS)
    own = ["voter_id", "vote", *(["points"] if vote_type in POINTED else [])]
    columns = draw(st.permutations([*own, *draw(st.sampled_from([[], ["age"], ["age", "sex"]]))]))
    most = 1 if vote_type == "choose-1" else 6
    is_unique = draw(st.integers(0, 3)) > 0
    rows = []
    for _row in range(draw(st.integers(0, 6))):
        vote = draw(st.lists(st.sampled_from(ids), max_size=most, unique=is_unique))
        points = [str(draw(st.integers(0, 12))) for _project in vote]
        own_cells = {"voter_id": draw(VOTERS), "vote": ",".join(vote), "points": ",".join(points)}
        rows.append(
            ";".join(own_cells[one] if one in own_cells else draw(EXTRA) for one in columns)
        )
    more = draw(st.sampled_from(["", "max_length;2\n", "min_sum_points;4\nmax_points;9\n"]))
    if vote_type == "scoring":
        more += draw(st.sampled_from(["", "default_score;0\n", "default_score;2\n"]))
    lines = [
        *(META.replace("approval", vote_type) + more).splitlines(),
        "PROJECTS",
        "project_id;cost",
        *(f"{one};{cost}" for cost, one in enumerate(ids)),
        "VOTES",
        ";".join(columns),
        *rows,
    ]
    return _joined(draw, lines)


def _joined(draw, lines):
    broken = draw(st.sampled_from(["\n", "\r\n"]))
    text = broken.join(lines)
    text += draw(st.sampled_from([broken, broken * 2, ""]))
    return (draw(st.sampled_from(["", "\ufeff"])) + text).encode()


PIECES = st.sampled_from(
    [
        b";",
        b"\n",
        b"\n\n",
        b'"',
        b'""',
        b",",
        b",,",
        b"\r",
        b"\r\n",
        b" ",
        b"-",
        b".",
        b"0",
        b"1",
        b"x",
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
    st.tuples(st.integers(0, 10**6), st.integers(0, 4), PIECES | st.binary(max_size=3)),
    min_size=1,
    max_size=3,
)
# Edits that often leave a file right.
MILD = st.lists(
    st.tuples(
        st.integers(0, 10**6),
        st.integers(0, 1),
        st.sampled_from([b"", b"", b"1", b"2", b"p", b"\n", b"\r\n", b",1", b",", b" "]),
    ),
    min_size=1,
    max_size=2,
)


def edited(data, edits, after=0):
    """The bytes with some of them replaced, none before `after`."""
    for place, removed, inserted in edits:
        at = after + place % (len(data) - after + 1)
        data = data[:at] + inserted + data[at + removed :]
    return data
