"""A counted election as one file with which anybody can count it again (docs/verifying.md)."""

import csv
import hashlib
import io
import json
import zipfile
from typing import Any

from audit.canonical import canonical
from voting import rules
from voting.models import Election, ElectionLane, ElectionOrigin, ItemText, Tally
from voting.queries.counting import (
    ballot_groups,
    frozen_form,
    instance_of,
    lanes_of,
    profiles_of,
)
from voting.queries.results import tallies_of
from voting.rules import pabulib

FEWEST_BALLOTS = 20  # below it, single ballots could tell who cast them
_MOMENT = (1980, 1, 1, 0, 0, 0)  # of every member of the archive: the same contents, the same bytes


def is_bundled(election: Election) -> bool:
    """Whether the ballots may be published; of an election held elsewhere they already are."""
    ballots: int = election.manifest.body["ballots"]
    return election.origin == ElectionOrigin.IMPORTED or ballots >= FEWEST_BALLOTS


def bundle_of(election: Election) -> bytes:
    """The `bundle/1` of a counted election, as a zip archive; the same bytes every time."""
    groups = ballot_groups(election)
    tallies = list(tallies_of(election))
    members = {
        "election.json": canonical(_election(election)),
        "projects.csv": _projects(election),
        "ballots.ndjson": b"".join(_ballot(*group) for group in groups),
        "tally.json": canonical([_tally(tally) for tally in tallies]),
    }
    profiles = profiles_of(election, groups)
    for lane in lanes_of(election):
        decisive = next(found for found in tallies if found.lane_id == lane.pk and found.decides)
        members[f"lane-{lane.position}.pb"] = pb_of(lane, profiles[lane.pk], decisive)
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
    index = {"format": "bundle/1", "election": str(election.pk), "files": hashes}
    return _zipped({"bundle.json": canonical(index), **members})


def pb_of(lane: ElectionLane, profile: rules.Profile, tally: Tally) -> bytes:
    """One lane as a Pabulib file, with what was selected."""
    election = lane.election
    won = set(tally.outcome["winners"])
    items = list(lane.items.order_by("position"))
    titles = _titles(election)
    meta = {
        "description": election.title,
        "country": "Worldwide",
        "unit": election.round.hub.slug,
        "instance": str(election.pk),
        "rule": "equalshares" if tally.rule == "equal-shares" else tally.rule,
        "date_begin": election.opens_at.date().isoformat(),
        "date_end": election.closes_at.date().isoformat(),
        "currency": election.currency,
        "subunit": lane.kind,
    }
    columns = {
        "name": {item.code: titles[item.pk][1] for item in items},
        "selected": {item.code: str(int(item.code in won)) for item in items},
    }
    said = {key: " ".join(text.split()) for key, text in meta.items() if text}
    return pabulib.write(pabulib.compose(instance_of(lane), profile, meta=said, columns=columns))


def _election(election: Election) -> dict[str, Any]:
    return {
        "frozen": frozen_form(election),
        "frozen_hash": election.frozen_hash,
        "manifest": election.manifest.body,
        "manifest_hash": election.manifest.hash,
    }


def _titles(election: Election) -> dict[int, tuple[str, str]]:
    """By item: the language it was written in, and its title."""
    texts = ItemText.objects.filter(election=election).order_by("is_source", "language")
    return {text.item_id: (text.language, text.title) for text in texts}


def _projects(election: Election) -> bytes:
    titles = _titles(election)
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(["position", "lane", "code", "cost_minor", "language", "title"])
    for item in election.items.order_by("position").select_related("lane"):
        row = (item.position, item.lane.position, item.code, item.cost_minor)
        table.writerow([*row, *titles.get(item.pk, ("", ""))])
    return out.getvalue().encode()


def _ballot(payload: bytes, voters: int) -> bytes:
    return canonical({"choices": json.loads(payload), "voters": voters}) + b"\n"


def _tally(tally: Tally) -> dict[str, Any]:
    return {
        "lane": tally.lane.position,
        "rule": tally.rule,
        "parameters": tally.parameters,
        "decides": tally.decides,
        "input_hash": tally.input_hash,
        "settings_hash": tally.settings_hash,
        "code_version": tally.code_version,
        "outcome": tally.outcome,
        "outcome_hash": tally.outcome_hash,
    }


def _zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, _MOMENT), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
