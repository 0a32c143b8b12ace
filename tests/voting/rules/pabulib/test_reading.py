"""Reading `.pb` files that are right, or only odd."""

import pytest

from tests.voting.rules.pabulib.files import META, PROJECTS, VOTES, file
from voting.rules import BallotFormat, Instance, Parameters, Profile, Project, count, pabulib


def codes(data, **options):
    return [(w.line, w.code, dict(w.params)) for w in pabulib.read(data, **options).warnings]


def test_a_whole_file():
    election = pabulib.read(file())
    assert election.meta["description"] == "A town"
    assert election.projects[2] == pabulib.FileProject("10", "Path", "40", 40, 19)
    assert (election.decimals, election.budget) == (0, 100)
    assert election.format is BallotFormat.APPROVAL
    assert election.ballots == (((0, 1), (2, 1)), ((0, 1), (2, 1)), (), ((1, 1),))
    assert election.warnings == ()
    assert election.instance() == Instance(
        100, (Project("1", 60), Project("2", 50), Project("10", 40))
    )


def test_identical_ballots_are_merged_in_an_order_of_their_own():
    merged = Profile(BallotFormat.APPROVAL, (((), 1), (((0, 1), (2, 1)), 2), (((1, 1),), 1)))
    assert pabulib.read(file()).profile() == merged
    turned = VOTES.replace("a;1,10", "a;2").replace("d;2", "d;1,10")
    assert pabulib.read(file(votes=turned)).profile() == merged


def test_what_is_read_can_be_counted():
    election = pabulib.read(file())
    outcome = count("greedy", election.instance(), election.profile(), Parameters())
    assert outcome.winners == ("10", "1")


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.replace(b"\n", b"\n\n"),
        lambda data: data.replace(b"1,10", b" 1 , 10 "),
        lambda data: data.replace(b"1,10", b'"1,10"'),
        lambda data: data.replace(b"a;1,10", b'"a";"1,10"').replace(b"\n", b"\r\n"),
    ],
    ids=["mark", "crlf", "blank lines", "spaces", "quotes", "quotes and crlf"],
)
def test_ways_of_writing_the_same_file(change):
    changed, plain = pabulib.read(change(file())), pabulib.read(file())
    assert changed.ballots == plain.ballots
    assert changed.meta == plain.meta
    assert [project.name for project in changed.projects] == ["Park", "Pool", "Path"]
    assert changed.instance() == plain.instance()


def test_quoted_cells_hold_separators_quotes_and_line_breaks():
    projects = PROJECTS.replace("Park", '"A ""park""; large\r\nand green"').replace("Pool", '""')
    election = pabulib.read(file(projects=projects))
    assert [project.name for project in election.projects] == [
        'A "park"; large\r\nand green',
        "",
        "Path",
    ]
    assert [project.line for project in election.projects] == [17, 19, 20]


def test_a_quote_inside_a_plain_cell_is_a_letter():
    election = pabulib.read(file(projects=PROJECTS.replace("Park", 'The "new" park')))
    assert election.projects[0].name == 'The "new" park'


def test_other_breaks_of_unicode_end_no_line():
    projects = PROJECTS.replace("Park", "A\u2028B\x0bC\x85D")
    assert pabulib.read(file(projects=projects)).projects[0].name == "A\u2028B\x0bC\x85D"


def test_money_is_scaled_by_the_decimals_it_needs():
    projects = PROJECTS.replace(";60;", ";60.50;").replace(";50;", ";0.125;")
    election = pabulib.read(file(META.replace(";100\n", ";100.10\n"), projects))
    assert election.decimals == 3
    assert election.budget == 100_100
    assert [project.cost for project in election.projects] == [60_500, 125, 40_000]
    assert election.projects[0].cost_text == "60.50"


def test_zeros_behind_the_point_need_no_decimals():
    assert pabulib.read(file(META.replace(";100\n", ";100.000\n"))).decimals == 0


def test_the_caller_may_ask_for_the_decimals_of_the_currency():
    election = pabulib.read(file(), lambda currency: 2 if currency == "EUR" else 0)
    assert (election.decimals, election.budget, election.projects[0].cost) == (2, 10_000, 6_000)
    without = META.replace("currency;EUR\n", "")
    assert pabulib.read(file(without), lambda currency: 5 if currency is None else 0).decimals == 5
    assert pabulib.read(file(META.replace(";100\n", ";0.001\n")), 2).decimals == 3


def test_amounts_of_thirty_digits_are_exact():
    election = pabulib.read(file(META.replace(";100\n", f";{'9' * 28}.99\n")))
    assert election.budget == 10**30 - 1


@pytest.mark.parametrize(
    ("vote_type", "votes", "ballot_format", "ballots"),
    [
        ("choose-1", "v;2\nw;\n", BallotFormat.APPROVAL, (((1, 1),), ())),
        ("ordinal", "v;10,1\n", BallotFormat.RANKING, (((0, 2), (2, 1)),)),
    ],
)
def test_vote_types_without_points(vote_type, votes, ballot_format, ballots):
    meta = META.replace("approval", vote_type)
    election = pabulib.read(file(meta, votes="VOTES\nvoter_id;vote\n" + votes))
    assert (election.format, election.ballots) == (ballot_format, ballots)


@pytest.mark.parametrize("vote_type", ["cumulative", "scoring"])
def test_vote_types_with_points(vote_type):
    votes = "VOTES\nage;points;vote;voter_id\n33;3,0;10,1;v\n;;;w\n"
    election = pabulib.read(file(META.replace("approval", vote_type), votes=votes))
    assert election.format == vote_type
    assert election.ballots == (((0, 0), (2, 3)), ())


def test_points_that_an_approval_file_holds_besides_are_not_looked_at():
    votes = "VOTES\nvoter_id;vote;points\nv;1,2;none\n"
    assert pabulib.read(file(votes=votes)).ballots == (((0, 1), (1, 1)),)


def test_a_default_score_goes_to_the_projects_a_scoring_ballot_does_not_name():
    votes = "VOTES\nvoter_id;vote;points\nv;10;5\n"
    meta = META.replace("approval", "scoring") + "default_score;2\n"
    assert pabulib.read(file(meta, votes=votes)).ballots == (((0, 2), (1, 2), (2, 5)),)
    cumulative = META.replace("approval", "cumulative") + "default_score;2\n"
    assert pabulib.read(file(cumulative, votes=votes)).ballots == (((2, 5),),)


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        (META + "mood;good\n", [(15, "UNKNOWN_META", {"key": "mood"})]),
        (META.replace("unit;Town\n", ""), [(None, "NO_OPTIONAL_META", {"key": "unit"})]),
        (
            META.replace("num_projects;3", "num_projects;4"),
            [(7, "WRONG_NUM_PROJECTS", {"declared": "4", "found": "3"})],
        ),
        (
            META.replace("num_votes;4", "num_votes;many"),
            [(8, "WRONG_NUM_VOTES", {"declared": "many", "found": "4"})],
        ),
    ],
)
def test_oddities_of_meta_are_warnings(meta, expected):
    assert codes(file(meta)) == expected


def test_a_voter_id_used_again_is_a_warning_that_names_nobody():
    votes = VOTES.replace("\nc;", "\na;").replace("\nd;", "\na;")
    data = file(votes=votes)
    assert codes(data) == [(24, "REPEATED_VOTER", {"rows": "2"})]
    assert len(pabulib.read(data).ballots) == 4


def test_a_last_line_without_a_break_is_a_warning():
    assert codes(file()[:-1]) == [(25, "NO_FINAL_NEWLINE", {})]


def test_a_repeated_approval_may_count_once():
    data = file(votes=VOTES.replace("a;1,10", "a;1,10,1").replace("b;10,1", "b;1,10,1"))
    assert codes(data, merge_repeated=True) == [(22, "REPEATED_PROJECT_MERGED", {"rows": "2"})]
    assert pabulib.read(data, merge_repeated=True).ballots == pabulib.read(file()).ballots


def test_a_warning_is_a_sentence():
    (warning,) = pabulib.read(file(META + f"{'m' * 200};good\n")).warnings
    key = "m" * 79 + "…"
    assert str(warning) == f"line 15: The section META has {key}, which is not part of the format."
    (warning,) = pabulib.read(file(META.replace("unit;Town\n", ""))).warnings
    assert str(warning) == "The section META has no unit."
