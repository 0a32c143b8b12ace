"""Tasks of seats in hubs: each asks once for all the hubs in which a member has the seat."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allocation.models import Envelope
from allocation.queries import envelopes_left
from hubs.models import Hub, LaneMethod, ResourceKind, Round, RoundBudget, Seat, SeatFunction, Term
from hubs.queries import Hindrance, hindrances, lanes_prefetch, rounds_to_open
from hubs.queries.rounds import LATEST_OPENING
from members.languages import Worded
from members.templatetags.wording import reader_locale, written_number
from pages.queries.task import Task, Visit
from principles.queries import active_framework
from proposals.models import UNDER_REVIEW, Proposal, ProposalStatus, RequestLine
from texts.models import TextRendering
from texts.queries import localized
from voting.models import Election, ElectionKind, ElectionOrigin, Tally
from voting.queries.freezing import last_moment_to_freeze


def chairing(visit: Visit, hubs: Sequence[Hub]) -> Iterator[Task]:
    """Hubs with seats that nobody holds or will hold."""
    held = Term.objects.not_over(visit.now).filter(seat=OuterRef("pk"))
    empty = Seat.objects.filter(~Exists(held), body__hub__in=hubs).order_by()
    counts = dict(empty.values_list("body__hub").annotate(count=Count("pk")))
    for hub in hubs:
        if count := counts.get(hub.pk, 0):
            why = ngettext("%(count)s seat is empty.", "%(count)s seats are empty.", count)
            yield Task(
                _("Fill the seats of your hub"),
                why % {"count": written_number(count, reader_locale())},
                reverse("hubs:detail", args=[hub.slug]),
                hub=hub,
            )


def facilitating(visit: Visit, hubs: Sequence[Hub]) -> Iterator[Task]:
    """Rounds that can be opened, or whose plan is unfinished; then what can always be begun."""
    framework = active_framework().first()
    planned = rounds_to_open(visit.member, visit.now).prefetch_related(lanes_prefetch())
    for round_ in planned:
        found = hindrances(round_, round_.lanes.all(), framework, visit.now)
        if not found:
            what, why = _("Open a round"), _("It is planned and funded. Opening freezes its rules.")
            yield _about_plan(round_, what, why, "hubs:open_round", visit)
        elif Hindrance.LANES_INCOMPLETE in found:
            what = _("Finish the plan of a round")
            why = _("Its lanes do not share out the whole budget yet.")
            yield _about_plan(round_, what, why, "hubs:edit_round", visit)
    for hub in hubs:
        yield Task(
            _("Plan a round"),
            _("You are a facilitator of this hub."),
            reverse("hubs:plan_round", args=[hub.slug]),
            hub=hub,
        )
        yield Task(
            _("Start a practice round"),
            _("A few minutes of voting with invented voters, counted while you watch."),
            reverse("voting:open_practice", args=[hub.slug]),
            hub=hub,
        )


def _about_plan(round_: Round, what: str, why: str, view: str, visit: Visit) -> Task:
    """Until submission begins; on that first day, until it can no longer be opened."""
    begins = round_.submission_at
    until = begins if visit.now < begins else begins + LATEST_OPENING
    url = reverse(view, args=[round_.pk])
    return Task(what, why, url, until, round_.hub, localized(round_, "title", visit.chain))


def treasuring(visit: Visit, hubs: Sequence[Hub]) -> Iterator[Task]:
    """Rounds without money where the hub has some left, and counts that wait for their awards."""
    framework = active_framework().first()
    planned = Round.objects.filter(
        hub__in=hubs, opened_at__isnull=True, is_practice=False,
        submission_at__gte=visit.now - LATEST_OPENING,
    ).select_related("hub").prefetch_related(lanes_prefetch())  # fmt: skip
    left = list(
        envelopes_left(*hubs).filter(left_minor__gt=0)  # type: ignore[misc]  # it annotates that
    )
    for round_ in planned.order_by("submission_at", "pk"):
        found = hindrances(round_, round_.lanes.all(), framework, visit.now)
        if Hindrance.NOT_FUNDED in found and any(_can_fund(one, round_) for one in left):
            why = _("It cannot open before it has a part of your hub's envelope.")
            yield _about_plan(round_, _("Fund a round"), why, "allocation:fund_round", visit)
    for election in _awaiting_awards(visit, hubs):
        yield Task(
            _("Make the awards"),
            _("The members have voted and the count is done."),
            reverse("allocation:make_awards", args=[election.pk]),
            hub=election.round.hub,
            about=Worded(election.title, election.title_language),
        )


def _can_fund(envelope: Envelope, round_: Round) -> bool:
    pool = envelope.apportionment.pool
    is_its_money = pool.kind != ResourceKind.MONEY or pool.currency == round_.currency
    return envelope.hub_id == round_.hub_id and is_its_money


def _awaiting_awards(visit: Visit, hubs: Sequence[Hub]) -> Iterator[Election]:
    """Counted elections without their awards in which proposals wait, none of them the member's."""
    waiting = Proposal.objects.filter(
        items__election=OuterRef("pk"), status=ProposalStatus.SHORTLISTED
    )
    counted = Election.objects.with_visible_results(visit.now).filter(
        Exists(Tally.objects.filter(election=OuterRef("pk"), decides=True)),
        Exists(waiting),
        ~Exists(waiting.filter(author=visit.member)),
        round__hub__in=hubs,
        round__is_practice=False,
        origin=ElectionOrigin.OWN,
        award_run__isnull=True,
    )
    yield from counted.select_related("round__hub").order_by("closes_at", "pk")


def returning(visit: Visit, hubs: Sequence[Hub]) -> Iterator[Task]:
    """One task for each kind of resource that a round has no ballot about yet."""
    for budget in _to_freeze(visit, hubs):
        round_ = budget.lane.round
        is_early = visit.now < round_.voting_at
        yield Task(
            _("Freeze the ballot: %(resource)s") % {"resource": budget.get_kind_display()},
            _("What is on it, the roll and the rule are then published and cannot change."),
            reverse("voting:freeze_election", args=[round_.pk]) + f"?kind={budget.kind}",
            round_.voting_at if is_early else last_moment_to_freeze(round_),
            round_.hub,
            localized(round_, "title", visit.chain),
        )
    for hub in hubs:
        yield Task(
            _("Bring in an election held elsewhere"),
            _("You are a returning officer of this hub: open one of its rounds."),
            reverse("hubs:detail", args=[hub.slug]),
            hub=hub,
        )


def _to_freeze(visit: Visit, hubs: Sequence[Hub]) -> list[RoundBudget]:
    """One budget a round and kind, where shortlisted proposals ask for it and no ballot is about it."""
    asked = RequestLine.objects.filter(
        kind=OuterRef("kind"), amount_minor__gt=0, proposal__lane__round=OuterRef("lane__round"),
        proposal__lane__method=LaneMethod.VOTE, proposal__status=ProposalStatus.SHORTLISTED,
    )  # fmt: skip
    frozen = Election.objects.filter(
        round=OuterRef("lane__round"), resource_kind=OuterRef("kind"), kind=ElectionKind.BUDGET,
        origin=ElectionOrigin.OWN,
    )  # fmt: skip
    budgets = RoundBudget.objects.filter(
        Exists(asked), ~Exists(frozen), amount_minor__gt=0, lane__method=LaneMethod.VOTE,
        lane__round__hub__in=hubs, lane__round__is_practice=False,
        lane__round__opened_at__lte=visit.now, lane__round__deliberation_at__lte=visit.now,
        lane__round__counting_at__gt=visit.now,
    )  # fmt: skip
    one_each = budgets.order_by("lane__round", "kind", "pk").distinct("lane__round", "kind")
    found = one_each.select_related("lane__round__hub")
    return [budget for budget in found if visit.now <= last_moment_to_freeze(budget.lane.round)]


def translating(visit: Visit, hubs: Sequence[Hub]) -> Iterator[Task]:
    """Rounds of these hubs with texts that are judged or voted on and lack the member's language."""
    language = visit.member.writes
    if not language:
        yield Task(
            _("Choose the language you write in"),
            _("You are then told which proposals are to be translated into it."),
            reverse("members:languages"),
        )
        return
    counts = dict(_to_translate(visit, hubs, language))
    rounds = Round.objects.select_related("hub").in_bulk(counts)
    for pk, count in sorted(counts.items()):
        round_ = rounds[pk]
        what = ngettext("Translate %(count)s proposal", "Translate %(count)s proposals", count)
        is_early = visit.now < round_.voting_at
        yield Task(
            what % {"count": written_number(count, reader_locale())},
            _("Not everyone can read it yet in the language you write in."),
            reverse("proposals:list", args=[pk]),
            round_.voting_at if is_early else round_.counting_at,
            round_.hub,
            localized(round_, "title", visit.chain),
        )


def _to_translate(visit: Visit, hubs: Sequence[Hub], language: str) -> Iterator[tuple[int, int]]:
    """Rounds with how many texts have no translation of their present state."""
    current = TextRendering.objects.filter(
        text=OuterRef("text"), language=language, revision=OuterRef("text__revision")
    ).exclude(title="")
    before = Q(
        lane__round__voting_at__gt=visit.now,
        status__in=[*UNDER_REVIEW, ProposalStatus.SHORTLISTED],
    )
    on_paper = Q(
        lane__round__voting_at__lte=visit.now,
        status=ProposalStatus.SHORTLISTED,
        lane__method=LaneMethod.VOTE,
    )
    found = Proposal.objects.filter(
        before | on_paper, ~Exists(current), ~Q(text__language=language),
        lane__round__hub__in=hubs, lane__round__is_practice=False,
        lane__round__opened_at__lte=visit.now, lane__round__submission_at__lte=visit.now,
        lane__round__counting_at__gt=visit.now,
    )  # fmt: skip
    rounds = found.order_by().values_list("lane__round")
    yield from rounds.annotate(count=Count("pk"))


IN_HUBS: Mapping[str, Callable[[Visit, Sequence[Hub]], Iterator[Task]]] = {
    SeatFunction.CHAIR: chairing,
    SeatFunction.DEPUTY: chairing,
    SeatFunction.FACILITATOR: facilitating,
    SeatFunction.TREASURER: treasuring,
    SeatFunction.RETURNING_OFFICER: returning,
    SeatFunction.TRANSLATOR: translating,
}
