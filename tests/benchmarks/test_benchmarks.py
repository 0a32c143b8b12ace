"""The code of `make bench`, on elections so small that it takes no time; pabutools is played by others."""

from argparse import Namespace
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.preflight import Problem
from tests.benchmarks import __main__ as bench
from tests.benchmarks import environment, forked, generated, lines, ours
from tests.benchmarks.cells import BY_NAME, CELLS
from voting.rules import Parameters, count, pabulib

TINY = generated.Kind(200, 12, marks=3, most=6)

# Only where threads are: the fork of a test does nothing but measure.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    """Each deed is measured once."""
    monkeypatch.setattr(forked, "ENOUGH", 0)
    monkeypatch.setattr(forked, "on_average", lambda deed: (deed(), 0.001)[1])
    monkeypatch.setattr(ours, "on_average", lambda deed: (deed(), 0.001)[1])


@pytest.fixture
def election(tmp_path):
    return generated.write(TINY, tmp_path)


def measured(**changes):
    """What the peer says of one cell."""
    return {
        "is_over": False, "decision": 1.0, "end_to_end": 2.0, "winners": ["a"], "steps": [],
        "peak_bytes": 2**20, "merged": True,
    } | changes  # fmt: skip


class Stand:
    """In the place of pabutools: the outcomes of our own rules, or other ones."""

    def __init__(self, path, change=lambda winners: winners):
        file = pabulib.read(path.read_bytes())
        self.instance, self.profile, self.change = file.instance(), file.profile(), change
        self.asked = []

    def measure(self, cell, *, merged, seconds):
        self.asked.append((cell.name, merged))
        rule, options = cell.ours
        outcome = count(
            rule, self.instance, self.profile, Parameters(tie_break="lexico", **options)
        )
        return measured(winners=self.change(list(outcome.winners)), merged=merged)


def beside(election, monkeypatch, stand):
    @contextmanager
    def peer(interpreter, path):
        yield stand

    monkeypatch.setattr(bench, "peer", peer)
    bench.beside(election, Path("python"), Namespace(limit=9, all=False))


def test_every_rule_is_measured_beside_the_peer(election, monkeypatch, capsys):
    stand = Stand(election)
    beside(election, monkeypatch, stand)
    written = capsys.readouterr().out
    assert f"{election.stem}: 200 voters" in written
    for cell in CELLS:
        assert {(cell.name, True), (cell.name, False)} <= set(stand.asked)
        line = next(line for line in written.splitlines() if line.startswith(f"{cell.name}  "))
        assert "1.000 merged" in line
        assert "1,000x" in line


def test_another_outcome_ends_everything(election, monkeypatch):
    stand = Stand(election, change=lambda winners: winners[1:])
    with pytest.raises(SystemExit, match="greedy votes: the outcomes differ"):
        beside(election, monkeypatch, stand)


def test_of_phragmen_only_the_set_is_compared():
    own = {"winners": ["b", "a"]}
    theirs = measured(winners=["a", "b"])
    bench.compare(BY_NAME["phragmen"], own, theirs)
    with pytest.raises(SystemExit):
        bench.compare(BY_NAME["greedy votes"], own, theirs)


class Answers:
    """A peer with prepared answers for merged and for single ballots."""

    def __init__(self, **answers):
        self.answers, self.asked = answers, []

    def measure(self, cell, *, merged, seconds):
        self.asked.append((merged, seconds))
        return self.answers["merged" if merged else "single"] | {"merged": merged}


def test_the_better_of_merged_and_single_is_shown():
    quick = Answers(merged=measured(decision=10.0), single=measured(decision=8.0))
    assert bench.better(quick, CELLS[0], 45)["merged"] is False
    assert quick.asked == [(True, 45), (False, 12.0)]
    assert bench.better(quick, CELLS[0], 45, merged=False)["merged"] is False
    assert quick.asked[2:] == [(False, 45), (True, 8.0 * 1.2)]
    slow = Answers(merged=measured(decision=10.0), single=measured(is_over=True, decision=None))
    assert bench.better(slow, CELLS[0], 45)["decision"] == 10


def test_single_ballots_are_tried_after_the_limit_only_where_all_is_asked_for():
    over = measured(is_over=True, decision=None, winners=None)
    answers = Answers(merged=over, single=measured(decision=40.0))
    assert bench.better(answers, CELLS[0], 45)["is_over"]
    assert len(answers.asked) == 1
    assert bench.better(answers, CELLS[0], 45, thorough=True)["decision"] == 40


def test_what_is_over_the_limit_is_said_to_be_more():
    own = {"decision": 0.01, "end_to_end": 0.5, "peak_bytes": 2**20, "raises": None}
    theirs = measured(is_over=True, decision=None, winners=None, end_to_end=3.0)
    shown = lines.line(CELLS[0], own, theirs, 45)
    assert ">45.000 merged" in shown
    assert ">4,500x" in shown
    assert ">96x" in shown
    assert shown.endswith("over 45 s; winners not compared")


def test_add1_over_the_limit_is_measured_by_step_and_multiplied():
    own = {"decision": 0.01, "end_to_end": 1, "peak_bytes": 2**20, "raises": 99}
    theirs = measured(
        is_over=True, decision=None, winners=None, end_to_end=3.0, steps=[10.0, 12.0, 14.0]
    )
    shown = lines.line(BY_NAME["equal-shares cost add1"], own, theirs, 15)
    assert "~208.000 merged" in shown
    assert "3 of 100 raises measured, multiplied" in shown
    assert lines.stepwise([10.0, 12.0], 99) is None


def test_ours_is_measured_from_the_file_on(election):
    file = pabulib.read(election.read_bytes())
    found = ours.measure(election, BY_NAME["equal-shares cost add1"])
    options = Parameters(completion="add1", step="coin", stop="exhaustive", tie_break="lexico")
    outcome = count("equal-shares", file.instance(), file.profile(), options)
    assert found["winners"] == list(outcome.winners)
    assert found["raises"] == outcome.phases[-1].raises
    assert (found["voters"], found["projects"]) == (200, 12)
    assert found["marks"] == sum(len(ballot) for ballot in file.ballots)
    assert found["peak_bytes"] > 2**20


def test_a_generated_election_is_the_same_every_time(tmp_path):
    one, other = (generated.write(TINY, tmp_path / name).read_bytes() for name in ("a", "b"))
    assert one == other
    file = pabulib.read(one)
    assert len(file.ballots) == 200
    assert all(1 <= len(ballot) <= TINY.most for ballot in file.ballots)
    assert 2.5 < sum(map(len, file.ballots)) / 200 < 3.5
    assert not [w for w in file.warnings if w.code.startswith("WRONG")]


def test_growth_is_measured_by_reading_and_deciding(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(bench, "FOLDER", tmp_path)
    monkeypatch.setattr(generated, "GROWING", (TINY,))
    monkeypatch.delattr(environment, "python")  # nobody needs pabutools for this
    bench.main(["--only", "growth"])
    written = capsys.readouterr().out
    for name in bench.GROWING:
        assert f"       200  {name}  " in written
    assert "targets at 200 voters: decision under 0.5 s: met;" in written


def test_a_target_that_is_missed_is_said_to_be():
    ratios = {"equal-shares cost": 999.0, "equal-shares cost add1": 999.0, "phragmen": 1.0}
    shown = lines.ratio_targets(ratios)
    assert shown == "targets: equal-shares cost 1,000x: MISSED; equal-shares cost add1 200x: met"


def test_without_the_peer_the_rest_is_measured(tmp_path, monkeypatch, capsys):
    def missing():
        raise Problem("pip could not reach its package registry.")

    monkeypatch.setattr(environment, "python", missing)
    monkeypatch.setattr(bench, "FOLDER", tmp_path)
    monkeypatch.setattr(generated, "GROWING", (TINY,))
    bench.main([])
    written = capsys.readouterr().out
    assert "pabutools is left out: pip could not reach its package registry." in written
    assert "Growth, ours alone" in written


def test_a_deed_over_its_limit_is_ended_and_keeps_what_it_told():
    def endless(tell):
        tell({"step": 1})
        while True:
            pass

    run = forked.in_child(endless, 0.5)
    assert run.is_over
    assert run.told == [{"step": 1}]


def test_a_deed_that_fails_is_no_measurement():
    def fails(tell):
        raise SystemExit(3)

    with pytest.raises(ChildProcessError):
        forked.in_child(fails)


def test_rules_the_peer_defines_otherwise_are_not_compared():
    assert BY_NAME["equal-shares cardinality"].fits("ordinal")
    assert not BY_NAME["equal-shares cost"].fits("ordinal")
    assert not BY_NAME["phragmen"].fits("cumulative")
    assert all(cell.fits("choose-1") for cell in CELLS)
