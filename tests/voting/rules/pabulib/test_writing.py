"""What is written reads back the same."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.voting.rules.pabulib.files import CUMULATIVE, META, PROJECTS, SCORING, VOTES, file
from tests.voting.rules.pabulib.strategies import files
from tests.voting.rules.strategies import elections
from tests.voting.rules.test_real_elections import FOLDER, NAMES
from voting.rules import BallotFormat, Instance, Profile, Project, pabulib
from voting.rules.pabulib import Unwritable, compose, read, write
from voting.rules.pabulib.cells import row_text, rows

NASTY = st.text(
    st.sampled_from(list("a;,\"'\r\n =+-@\t\u2028é\ufeff\x85")) | st.characters(codec="utf-8"),
    max_size=8,
).filter(lambda text: "\0" not in text)
LINE_BREAKS = st.sampled_from(["\n", "\r\n"])


def named(texts):
    """Names as a header holds them: no blank at the ends, none twice."""
    return sorted({text.strip() for text in texts})


def assert_reads_back(election, line_break="\n", **options):
    data = write(election, line_break=line_break)
    again = read(data, **options)
    assert again == election
    assert list(again.meta) == list(election.meta)
    assert tuple(again.ballots) == tuple(election.ballots)
    assert write(again, line_break=line_break) == data
    kept = [one for one in election.warnings if one.code not in ("NO_FINAL_NEWLINE", "META_COLUMN")]
    if election.voters is not None and not any("MERGED" in one.code for one in kept):
        told = [(one.code, one.params) for one in again.warnings]
        assert told == [(one.code, one.params) for one in kept]


@given(st.lists(NASTY, min_size=2, max_size=5), LINE_BREAKS)
def test_cells_read_back(cells, line_break):
    assert list(rows(row_text(cells) + line_break)) == [(1, cells)]


def test_only_what_needs_quotes_has_them():
    assert row_text(["a b", "=1+1", "", "a,b", "it's"]) == "a b;=1+1;;a,b;it's"
    assert row_text(["a;b", 'c"d', "e\nf", "g\r"]) == '"a;b";"c""d";"e\nf";"g\r"'


@settings(max_examples=300, deadline=None)
@given(files(), st.booleans(), LINE_BREAKS)
def test_a_file_that_was_read_reads_back(data, keep_voters, line_break):
    try:
        election = read(data, merge_repeated=True, keep_voters=keep_voters)
    except pabulib.PabulibError:
        return
    assert_reads_back(election, line_break, keep_voters=keep_voters)


@st.composite
def odd_files(draw):
    """Files with cells of every kind wherever the format lets a cell be anything."""
    ids = [text.replace(",", "") for text in named(draw(st.lists(NASTY, max_size=4)))]
    ids = [text for text in dict.fromkeys(text.strip() for text in ids) if text]
    more = [text for text in named(draw(st.lists(NASTY, max_size=3))) if text not in ("vote", "")]
    meta = dict(zip(named(draw(st.lists(NASTY, max_size=3))), draw(st.lists(NASTY)), strict=False))
    columns = draw(st.permutations(["project_id", "cost", "name", *more]))
    voting = draw(st.permutations(["voter_id", "vote", *more]))

    def row(names, own):
        return [own[name] if name in own else draw(NASTY) for name in names]

    votes = draw(st.lists(st.lists(st.sampled_from(ids), unique=True), max_size=4)) if ids else []
    table = [
        ["META"],
        ["key", "value"],
        ["budget", "10.5"],
        ["vote_type", draw(st.sampled_from(["approval", "ordinal"]))],
        *([key, text] for key, text in meta.items()),
        ["PROJECTS"],
        columns,
        *(row(columns, {"project_id": one, "cost": "7"}) for one in ids),
        ["VOTES"],
        voting,
        *(row(voting, {"vote": ",".join(vote)}) for vote in votes),
    ]
    return "".join(row_text(cells) + "\n" for cells in table).encode()


@settings(max_examples=300, deadline=None)
@given(odd_files(), st.booleans(), LINE_BREAKS)
def test_nasty_cells_read_back(data, keep_voters, line_break):
    assert_reads_back(read(data, keep_voters=keep_voters), line_break, keep_voters=keep_voters)


@pytest.mark.parametrize("keep_voters", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_real_elections_read_back(name, keep_voters):
    data = (FOLDER / f"{name}.pb").read_bytes()
    election = read(data, merge_repeated=True, keep_voters=keep_voters)
    assert_reads_back(election, keep_voters=keep_voters)


def test_every_column_is_kept_and_whose_ballot_it_is_only_when_asked():
    projects = (
        "PROJECTS\nname;selected;project_id;mood;cost;category;target\nPark;1;1; ;60;a,b,;c\n"
    )
    votes = "VOTES\nage;voter_id;vote;points\n33;ada;1;x\n;rui;;\n"
    data = file(projects=projects, votes=votes)
    (project,) = read(data).projects
    assert (project.categories, project.beneficiaries, project.selected) == (("a", "b"), ("c",), 1)
    assert dict(project.more) == {"selected": "1", "mood": " ", "category": "a,b,", "target": "c"}
    assert read(data).voters is None
    assert b"ada" not in write(read(data))
    voters = read(data, keep_voters=True).voters
    assert voters is not None
    assert list(voters.column("voter_id")) == ["ada", "rui"]
    assert list(voters.rows()) == [["33", "ada", "x"], ["", "rui", ""]]
    assert "ada" not in repr(voters)
    assert write(read(data, keep_voters=True)) == data


@pytest.mark.parametrize("text", ["", "4", "-1", "yes", "²"])
def test_an_official_outcome_that_is_none_of_the_format_is_none(text):
    projects = f"PROJECTS\nproject_id;cost;selected\n1;2;{text}\n"
    (project,) = read(file(projects=projects, votes="VOTES\nvoter_id;vote\n")).projects
    assert project.selected is None


def test_elections_differ_by_every_part_of_them():
    election = read(file(), keep_voters=True)
    for other in (
        file(META.replace("A town", "A city")),
        file(projects=PROJECTS.replace("Park", "Lake")),
        file(projects=PROJECTS.replace(";60", ";60.0")),
        file(votes=VOTES.replace("a;1,10", "a;1")),
        file(votes=VOTES.replace("a;1,10", "b;1,10")),
        file(votes=VOTES.replace("d;2\n", "")),
    ):
        assert read(other, keep_voters=True) != election
    assert read(file() + b"\n", keep_voters=True) == election
    points = "VOTES\nvoter_id;vote;points\nv;1;3\n"
    assert read(file(CUMULATIVE, votes=points)).ballots != read(file(SCORING, votes=points)).ballots


def test_a_default_score_is_written_as_what_it_is():
    votes = "VOTES\nvoter_id;vote;points\n1;10;5\n2;;\n"
    data = file(SCORING + "default_score;2\n", votes=votes)
    assert write(read(data)) == data
    full = ((0, 2), (1, 2), (2, 5)), ((0, 2), (1, 2), (2, 2))
    assert read(data).ballots == full
    assert read(data).profile() == Profile(BallotFormat.SCORING, [(one, 1) for one in full])


def test_text_that_no_file_can_hold_is_refused():
    election = read(file())
    for text in ("\0", "\ud800"):
        with pytest.raises(Unwritable):
            write(replace(election, meta={**election.meta, "comment": text}))
    with pytest.raises(ValueError, match="x"):
        write(election, line_break="x")


@settings(max_examples=200, deadline=None)
@given(elections(), st.sampled_from([1, 100]))
def test_an_election_of_our_own_reads_back(election, unit):
    instance, profile = election
    instance = replace(instance, unit=unit)
    columns = {"name": {"p0": 'A "park"; large'}, "selected": {"p0": "1"}}
    composed = compose(instance, profile, meta={"country": "Nowhere", "rule": "x"}, columns=columns)
    again = read(write(composed), 2 if unit == 100 else 0)
    assert again == composed
    assert again.instance() == instance
    assert again.profile().ballots == as_approvals(profile).merged().ballots
    assert not any(one.code.startswith(("WRONG", "REPEATED")) for one in again.warnings)


def as_approvals(profile):
    if profile.format is not BallotFormat.KNAPSACK:
        return profile
    return Profile(BallotFormat.APPROVAL, profile.ballots)


@given(elections(), st.randoms())
def test_the_order_of_the_ballots_says_nothing(election, random):
    instance, profile = election
    one_by_one = [ballot for ballot, voters in profile.ballots for _voter in range(voters)]
    random.shuffle(one_by_one)
    shuffled = Profile(profile.format, [(ballot, 1) for ballot in one_by_one])
    composed = compose(instance, shuffled)
    assert write(composed) == write(compose(instance, profile))
    assert list(composed.ballots) == sorted(one_by_one)


def test_money_is_written_with_the_decimals_it_has():
    instance = Instance(1_050, (Project("1", 700), Project("2", 5)), unit=100)
    data = write(compose(instance, Profile(BallotFormat.APPROVAL, [])))
    assert b"budget;10.50\n" in data
    assert b"\n1;7\n2;0.05\n" in data


def test_a_knapsack_ballot_is_an_approval_under_the_budget():
    instance = Instance(10, (Project("1", 7),))
    composed = compose(instance, Profile(BallotFormat.KNAPSACK, [(((0, 1),), 2)]))
    assert (composed.meta["vote_type"], composed.meta["max_sum_cost"]) == ("approval", "10")


APPROVAL = Profile(BallotFormat.APPROVAL, [(((0, 1),), 1)])


@pytest.mark.parametrize(
    ("instance", "profile", "options"),
    [
        (Instance(1, (Project("a,b", 1),)), APPROVAL, {}),
        (Instance(1, (Project(" a", 1),)), APPROVAL, {}),
        (Instance(1, (Project("x" * 61, 1),)), APPROVAL, {}),
        (Instance(1, ()), APPROVAL, {}),
        (Instance(1, (Project("a", 10**30),)), APPROVAL, {}),
        (Instance(1, (Project("a", 1),), unit=20), APPROVAL, {}),
        (Instance(1, tuple(Project(str(n), 1) for n in range(5_001))), APPROVAL, {}),
        (
            Instance(1, (Project("a", 1),)),
            Profile(BallotFormat.SCORING, [(((0, 10**9),), 1)]),
            {},
        ),
        (Instance(1, (Project("a", 1),)), APPROVAL, {"meta": {" key": ""}}),
        (Instance(1, (Project("a", 1),)), APPROVAL, {"columns": {"cost": {}}}),
        (Instance(1, (Project("a", 1),)), APPROVAL, {"columns": {"name ": {}}}),
        (
            Instance(1, (Project("a", 1),)),
            APPROVAL,
            {"columns": {f"c{n}": {} for n in range(199)}},
        ),
    ],
)
def test_what_would_not_read_back_is_not_composed(instance, profile, options):
    with pytest.raises(Unwritable):
        compose(instance, profile, **options)
