"""A real election, held elsewhere, in the demo: a past round of the hub where it was held."""

from collections import Counter
from datetime import date, datetime, timedelta

from babel import Locale
from django.db import transaction
from modeltranslation.utils import build_localized_fieldname

from audit.models import OPERATOR
from hubs.actions import set_budgets
from hubs.models import WHOLE_BP, Cycle, Hub, Lane, LaneKind, LaneMethod, ResourceKind, Round
from hubs.phases import Timetable
from members.languages import CURATED_LANGUAGES
from principles.queries import active_framework
from voting.actions import import_election
from voting.canonical import digest_ballots, encode_ballot
from voting.models import Election, ElectionOrigin
from voting.rules import pabulib

ANYWHERE = "ceeca"  # for a file that names no country of any hub
LONGEST_TITLE = 120


def load_election(*, file: pabulib.Election, now: datetime) -> Election | None:
    """Bring an election in, to be counted by a worker; None where the same one is there already.

    All or nothing. Refuses what ``voting.actions.import_election`` refuses.
    """
    if _is_there(file):
        return None
    with transaction.atomic():
        round_ = _round(file, now)
        election, _job = import_election(
            round=round_, file=file, ranking_points="from-one", importer=OPERATOR, now=now
        )
        _open(round_, election, file.budget, now)
    return election


def _is_there(file: pabulib.Election) -> bool:
    """Whether an election with the same projects, costs and ballots was imported before."""
    ballots = digest_ballots(list(Counter(map(encode_ballot, file.ballots)).items()))
    asked = {(project.id, project.cost) for project in file.projects}
    imported = Election.objects.filter(
        origin=ElectionOrigin.IMPORTED, manifest__body__ballots_hash=ballots
    )
    return any(set(one.items.values_list("code", "cost_minor")) == asked for one in imported)


def _round(file: pabulib.Election, now: datetime) -> Round:
    """A round that is over, in the hub of the country that the file names."""
    over = now - timedelta(days=1)
    language = file.meta.get("language", "").strip().lower()
    round_ = Round(
        hub=_hub(file),
        cycle=_cycle(file, now),
        framework=active_framework().get(),
        level="LOCAL",
        source_language=language if language in CURATED_LANGUAGES else "en",
        **{f"{phase.lower()}_at": moment for phase, moment in Timetable(*[over] * 7).begins()},
    )
    title = (file.meta.get("description") or file.meta.get("unit") or "Pabulib")[:LONGEST_TITLE]
    setattr(round_, build_localized_fieldname("title", round_.source_language), title)
    round_.save()
    return round_


def _open(round_: Round, election: Election, budget: int, now: datetime) -> None:
    """Open it in the past, with the money that the city shared out."""
    Lane.objects.create(
        round=round_, kind=LaneKind.GENERAL, method=LaneMethod.VOTE, share_bp=WHOLE_BP
    )
    round_.currency = election.currency
    round_.save(update_fields=["currency"])
    if election.currency:
        set_budgets(round=round_, kind=ResourceKind.MONEY, amount_minor=budget, now=now)
    round_.opened_at = round_.submission_at
    round_.save(update_fields=["opened_at"])


def _hub(file: pabulib.Election) -> Hub:
    told = file.meta.get("country", "").strip()
    territories = Locale("en").territories.items()
    codes = [
        code for code, name in territories if told.casefold() in (code.casefold(), name.casefold())
    ]
    found = Hub.objects.filter(countries__country__in=codes).first()
    return found or Hub.objects.get(slug=ANYWHERE)


def _cycle(file: pabulib.Election, now: datetime) -> Cycle:
    """The cycle of the year that the file names, else of today."""
    told = file.meta.get("date_end") or file.meta.get("instance") or ""
    years = [
        int(word)
        for word in told.replace(".", "-").split("-")
        if len(word) == 4 and word.isdecimal()
    ]
    year = years[0] if years and 1990 <= years[0] <= now.year else now.year
    cycle, made = Cycle.objects.get_or_create(
        slug=str(year), defaults={"starts_on": date(year, 1, 1), "ends_on": date(year, 12, 31)}
    )
    if made:
        for code in CURATED_LANGUAGES:
            setattr(cycle, build_localized_fieldname("name", code), str(year))
        cycle.save()
    return cycle
