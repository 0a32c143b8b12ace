"""The command line: count a `.pb` file anywhere, and say what there is to choose from."""

import argparse
import json
import re
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, NoReturn, TextIO

from voting.rules import pabulib
from voting.rules.columns import one_line
from voting.rules.constraints_file import BadConstraints, ConstraintsFile, read_constraints
from voting.rules.explain import explained
from voting.rules.faults import InvalidInstance, UnsupportedParameter
from voting.rules.margins import margins
from voting.rules.model import BallotFormat, Instance, Parameters
from voting.rules.outcome import Outcome
from voting.rules.profile import Profile
from voting.rules.report import Report, document, text
from voting.rules.table import RULES, Rule, count

PROGRAM = "python -m voting.rules"
EVERY_RULE: Mapping[str, str] = {
    "tie_break": "standard|lexico|seed:HEX",
    "min_support": "N",
}
ONLY_WITH: Mapping[str, str] = {
    "step": "--completion add1 or add1-greedy",
    "stop": "--completion add1 or add1-greedy",
    "ranking_points": "ranking ballots",
}
_DEFAULTS: Mapping[str, Any] = {field.name: field.default for field in fields(Parameters)}
_WHOLE = re.compile(r"[0-9]{1,18}")
# Limits of what a ballot or an outcome may hold: a count takes every ballot as it was cast.
_LIMIT = re.compile(r"(?:min|max)_.+|budget_per_.+")
_ABOUT_THE_FILE_ONLY = ("UNKNOWN_META", "NO_OPTIONAL_META")


class Refusal(Exception):
    """What was asked for cannot be done; one sentence says why."""


class Parser(argparse.ArgumentParser):
    """Refuses with one sentence instead of a page of usage."""

    def error(self, message: str) -> NoReturn:
        raise Refusal(f"{message[:1].upper()}{message[1:]}; see {PROGRAM} --help.")


def option(name: str) -> str:
    """A parameter as it is written on the command line."""
    return f"--{name.replace('_', '-')}"


def values(name: str) -> str:
    """The values of a parameter of any rule, as help shows them."""
    return EVERY_RULE.get(name) or "|".join(
        dict.fromkeys(value for rule in RULES.values() for value in rule.options.get(name, ()))
    )


def parser() -> Parser:
    """One subcommand for each deed."""
    whole = Parser(
        prog=PROGRAM,
        description="Count participatory budgeting elections exactly.",
        allow_abbrev=False,
    )
    deeds = whole.add_subparsers(dest="deed", required=True, metavar="count|rules")
    counting = deeds.add_parser("count", help="count a Pabulib file", allow_abbrev=False)
    counting.set_defaults(run=run_count)
    counting.add_argument("file", metavar="FILE.pb", help="an election in Pabulib's format")
    counting.add_argument("--rule", default="equal-shares", metavar="|".join(RULES))
    for name, default in _DEFAULTS.items():
        only = f"; only with {ONLY_WITH[name]}" if name in ONLY_WITH else ""
        counting.add_argument(
            option(name),
            default=argparse.SUPPRESS,
            metavar=values(name),
            help=f"default {default}{only}",
        )
    counting.add_argument("--constraints", metavar="FILE.json", help="limits, constraints/1")
    counting.add_argument("--explain", action="store_true", help="why the rest was not bought")
    counting.add_argument("--json", action="store_true", help="write JSON")
    rules = deeds.add_parser("rules", help="list rules and their options", allow_abbrev=False)
    rules.set_defaults(run=run_rules)
    rules.add_argument("--json", action="store_true", help="write JSON")
    return whole


def run(arguments: Sequence[str] | None) -> int:
    """Do what is asked; returns the exit status, 2 with a sentence where it is refused."""
    try:
        options = parser().parse_args(arguments)
        options.run(options)
    except SystemExit:  # help was asked for, and given
        return 0
    except Refusal as refusal:
        say(sys.stderr, one_line(str(refusal)))
        return 2
    except MemoryError:
        say(sys.stderr, "There is not enough memory.")
        return 2
    return 0


def say(stream: TextIO | None, line: str) -> None:
    """Write in the stream's own encoding, with escapes for what it cannot say."""
    if stream is not None:
        encoding = stream.encoding or "utf-8"
        stream.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def dumped(whole: Mapping[str, Any]) -> str:
    """JSON in ASCII, the same bytes on every machine."""
    return json.dumps(whole, indent=2, allow_nan=False)


def run_count(options: argparse.Namespace) -> None:
    """Count one file and write the outcome. Raises Refusal."""
    parameters = chosen(options)
    limits = ConstraintsFile()
    if options.constraints is not None:
        limits = read_limits(options.constraints)
    election = read_election(options.file, limits.decimals)
    try:
        instance = replace(
            election.instance(),
            unit=10**election.decimals,
            constraints=limits.constraints(election.projects, election.decimals),
            multipliers=limits.multipliers,
        )
    except (BadConstraints, InvalidInstance) as fault:
        raise Refusal(f"{options.constraints or options.file}: {fault}") from None
    for note in notes(election, options):
        say(sys.stderr, f"note: {one_line(note)}")
    try:
        report = counted(options, parameters, election, instance)
    except (InvalidInstance, UnsupportedParameter) as fault:
        raise Refusal(str(fault)) from None
    say(sys.stdout, dumped(document(report)) if options.json else text(report).rstrip("\n"))


def chosen(options: argparse.Namespace) -> Parameters:
    """The options as parameters. Raises Refusal for one that the rule does not honour."""
    if options.rule not in RULES:
        raise Refusal(f"There is no rule {options.rule!r}; there are: {', '.join(RULES)}.")
    given = {name: getattr(options, name) for name in _DEFAULTS if hasattr(options, name)}
    for name, value in given.items():
        check(RULES[options.rule], name, value)
    completion = given.get("completion", _DEFAULTS["completion"])
    for name in ("step", "stop"):
        if name in given and not completion.startswith("add1"):
            raise Refusal(f"{option(name)} has a meaning only with {ONLY_WITH[name]}.")
    if "min_support" in given:
        given["min_support"] = int(given["min_support"])
    return Parameters(**given)


def check(rule: Rule, name: str, value: str) -> None:
    """Raises Refusal; the tie-break is left to those who know it."""
    known = rule.options.get(name)
    if known is None and name not in EVERY_RULE:
        raise Refusal(f"The rule {rule.name} has no option {option(name)}.")
    if known is not None and value not in known:
        raise Refusal(f"{option(name)} is one of {', '.join(known)}; it is {value!r}.")
    if name == "min_support" and not _WHOLE.fullmatch(value):
        raise Refusal(f"{option(name)} is a whole number from 0; it is {value!r}.")


def read_limits(path: str) -> ConstraintsFile:
    """Raises Refusal."""
    try:
        return read_constraints(content(path))
    except BadConstraints as fault:
        raise Refusal(f"{path}: {fault}") from None


def read_election(path: str, decimals: int) -> pabulib.Election:
    """Raises Refusal."""
    try:
        return pabulib.read(content(path), decimals, merge_repeated=True)
    except pabulib.PabulibError as fault:
        raise Refusal(f"{path}: {fault}") from None


def content(path: str) -> bytes:
    """The bytes of a file. Raises Refusal."""
    try:
        return Path(path).read_bytes()
    except OSError as fault:
        raise Refusal(f"{path}: {fault.strerror or 'It cannot be read'}.") from None
    except ValueError:
        raise Refusal(f"{path!r} is no name of a file.") from None


def notes(election: pabulib.Election, options: argparse.Namespace) -> list[str]:
    """What a reader of the outcome should know about the file."""
    found = [str(w) for w in election.warnings if w.code not in _ABOUT_THE_FILE_ONLY]
    limits = [
        f"{name} {value.strip()}" for name, value in election.meta.items() if _LIMIT.fullmatch(name)
    ]
    if limits:
        found.append(f"The file states limits, which are not applied: {', '.join(limits)}.")
    if hasattr(options, "ranking_points") and election.format is not BallotFormat.RANKING:
        found.append("--ranking-points has no effect: the ballots are no rankings.")
    return found


def counted(
    options: argparse.Namespace,
    parameters: Parameters,
    election: pabulib.Election,
    instance: Instance,
) -> Report:
    """The count with its time, explained where asked for."""
    profile = election.profile()
    began = time.perf_counter()
    outcome = count(options.rule, instance, profile, parameters)
    seconds = time.perf_counter() - began
    return Report(
        outcome=outcome,
        decimals=election.decimals,
        currency=election.meta.get("currency", "").strip(),
        voters=profile.voters,
        names={project.id: project.name for project in election.projects},
        costs={project.id: project.cost for project in instance.projects},
        seconds=seconds,
        explanation=explanation(outcome, parameters, instance, profile)
        if options.explain
        else None,
    )


def explanation(
    outcome: Outcome, parameters: Parameters, instance: Instance, profile: Profile
) -> dict[str, Any]:
    """Why each project was bought or not, and what it lacked."""
    lacked = margins(outcome.rule, instance, profile, parameters)
    return explained(instance, profile, parameters, outcome, lacked)


def run_rules(options: argparse.Namespace) -> None:
    """List the rules, what they can be told and which constraints they honour."""
    listed = {"rules": {name: _described(name) for name in RULES}}
    if options.json:
        say(sys.stdout, dumped(listed))
        return
    for name, rule in listed["rules"].items():
        say(sys.stdout, name)
        for parameter, entry in rule["options"].items():
            only = f"; only with {entry['only_with']}" if "only_with" in entry else ""
            shown = f"{option(parameter)} {'|'.join(entry['values'])}"
            say(sys.stdout, f"  {shown}\n      default {entry['default']}{only}")
        say(sys.stdout, "  constraints it honours\n      " + "\n      ".join(rule["constraints"]))


def _described(name: str) -> dict[str, Any]:
    rule = RULES[name]
    listed: dict[str, Any] = {}
    for parameter, default in _DEFAULTS.items():
        if parameter in rule.options or parameter in EVERY_RULE:
            known = rule.options.get(parameter) or EVERY_RULE[parameter].split("|")
            listed[parameter] = {"values": list(known), "default": default}
            if parameter in ONLY_WITH:
                listed[parameter]["only_with"] = ONLY_WITH[parameter]
    return {"options": listed, "constraints": sorted(rule.constraints)}
