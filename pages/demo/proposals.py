"""The 120 proposals of the demo, written for it in eighteen languages, and what became of each."""

import json
import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hubs.models import Lane, ResourceKind, Round
from members.models import Member
from pages.demo.crowd import SEED
from pages.demo.rounds import PLANS, SUBMISSION, Plan
from proposals.actions import Line, draft_proposal, submit_proposal
from proposals.models import Proposal
from texts.actions import translate_text

DATA = Path(__file__).parent / "data"
# One minor unit, minute, credit or grant is written in the files as so many of these.
UNITS = {
    ResourceKind.MONEY: 100,
    ResourceKind.STAFF_TIME: 60,
    ResourceKind.CAPACITY: 1,
    ResourceKind.DATA: 1,
}
UNFINISHED = {"nwe-28": "Lars", "nwe-29": "", "nwe-30": ""}
SECOND_OF_ONE_AUTHOR = {"lac-09": "lac-04", "ssa-11": "ssa-05"}  # the same people, twice


def entries(hub: str) -> list[dict[str, Any]]:
    """The proposals of a hub as written: dictionaries with the keys of ``data/*.json``."""
    found: list[dict[str, Any]] = json.loads((DATA / f"{hub}.json").read_text(encoding="utf-8"))
    return found


def hand_in(
    plan: Plan, round_: Round, authors: Mapping[str, Member], now: datetime
) -> dict[str, Proposal]:
    """Write and hand in a hub's proposals over the days of its submission; by key of the file."""
    lanes = {lane.kind: lane for lane in round_.lanes.all()}
    begins, last = plan.moment(SUBMISSION, now), min(plan.moment(SUBMISSION + 1, now), now)
    listed = entries(plan.hub)
    found = {}
    for number, entry in enumerate(listed):
        at = begins + (last - begins) * (number + 1) / (len(listed) + 2)
        written = {**entry, "title": entry["title"] + plan.mark}
        found[entry["key"]] = _proposal(written, lanes[entry["lane"]], authors[entry["key"]], at)
    return found


def _proposal(entry: Mapping[str, Any], lane: Lane, author: Member, at: datetime) -> Proposal:
    proposal = draft_proposal(
        lane=lane,
        author=author,
        language=entry["language"],
        title=entry["title"],
        summary=entry["summary"],
        body=entry["body"],
        country=entry["country"],
        minimum_minor=int(entry["minimum"]) * 100 if entry["minimum"] else None,
        lines=[_line(line) for line in entry["request"]],
        now=at,
    )
    if entry["key"] not in UNFINISHED:
        proposal = submit_proposal(proposal=proposal, now=at + timedelta(hours=2))
    return proposal


def _line(line: Mapping[str, str]) -> Line:
    kind = ResourceKind(line["kind"])
    return Line(kind, int(line["amount"]) * UNITS[kind], line["purpose"], line["country"])


def translate(
    plan: Plan,
    proposals: Mapping[str, Proposal],
    translators: Mapping[tuple[str, str], Member],
    now: datetime,
) -> None:
    """Add the translations that the file of a hub holds, each by the hub's translator into it."""
    for entry in entries(plan.hub):
        for language, words in entry["translations"].items():
            translate_text(
                text=proposals[entry["key"]].text,
                language=language,
                title=words["title"] + plan.mark,
                summary=words["summary"],
                body=words["body"],
                translator=translators[(plan.hub, language)],
                now=now,
            )


def translations() -> list[tuple[str, str]]:
    """The hubs with proposals, each with every language that something of it is translated into."""
    return sorted(
        {
            (plan.hub, language)
            for plan in PLANS
            for entry in entries(plan.hub)
            for language in entry["translations"]
        }
    )


def authors_for(
    hub: str, listed: Sequence[Mapping[str, Any]], members: Mapping[str, Member]
) -> dict[str, Member]:
    """Who wrote what: a member who lives in the country of the work, else one of the region."""
    choose = random.Random(f"{SEED} {hub}")  # noqa: S311 - invented people
    at_home: dict[str, list[Member]] = {}
    crowd = Member.objects.filter(email__startswith=f"{hub}-").order_by("email")
    for member in crowd:
        at_home.setdefault(member.home_country, []).append(member)
    everyone = list(crowd)
    found: dict[str, Member] = {}
    for entry in listed:
        key = entry["key"]
        if name := UNFINISHED.get(key):
            found[key] = members[name]
            continue
        if key in SECOND_OF_ONE_AUTHOR:
            found[key] = found[SECOND_OF_ONE_AUTHOR[key]]
            continue
        near = [one for one in at_home.get(entry["country"], ()) if one not in found.values()]
        found[key] = choose.choice(near or [one for one in everyone if one not in found.values()])
    return found
