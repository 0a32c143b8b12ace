"""Tasks of seats at the centre."""

from collections.abc import Callable, Iterator, Mapping

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allocation.models import Apportionment, ApportionmentStatus, Award, Pool
from allocation.queries import runs_to_decide
from hubs.models import Hub, Seat, SeatFunction, Term
from members.languages import Worded
from members.templatetags.wording import reader_locale, written_number
from pages.queries.task import Task, Visit
from texts.queries import localized

LEADERS = (SeatFunction.CHAIR, SeatFunction.DEPUTY)
HOLDING_A_POOL = (
    ApportionmentStatus.REQUESTED,
    ApportionmentStatus.COMPUTED,
    ApportionmentStatus.APPROVED,
)


def secretary(visit: Visit) -> Iterator[Task]:
    """Empty seats of the centre, and the chairs of hubs that nobody leads."""
    held = Term.objects.not_over(visit.now)
    empty = Seat.objects.exclude(Exists(held.filter(seat=OuterRef("pk"))))
    if empty.filter(body__hub__isnull=True).exists():
        yield Task(
            _("Fill the seats of the centre"),
            _("At least one of them is empty."),
            reverse("hubs:centre"),
        )
    led = Term.objects.active(visit.now).filter(
        seat__body__hub=OuterRef("pk"), seat__function__in=LEADERS
    )
    chairs = empty.filter(body__hub=OuterRef("pk"), function=SeatFunction.CHAIR)
    for hub in Hub.objects.filter(Exists(chairs), ~Exists(led)).order_by("slug"):
        yield Task(
            _("Fill the chair of a hub"),
            _("Nobody leads this hub: only you can give its chair."),
            reverse("hubs:detail", args=[hub.slug]),
            hub=hub,
        )


def apportioning(visit: Visit) -> Iterator[Task]:
    """Pools that no run waits for or has shared out."""
    shared = Apportionment.objects.filter(pool=OuterRef("pk"), status__in=HOLDING_A_POOL)
    pools = Pool.objects.filter(~Exists(shared)).select_related("cycle")
    for pool in pools.order_by("pk"):
        yield Task(
            _("Share out a pool: %(resource)s") % {"resource": pool.get_kind_display()},
            _("Try the formula first: nothing is written until you run it."),
            reverse("allocation:request_apportionment", args=[pool.pk]),
            about=_cycle(pool, visit),
        )


def approving(visit: Visit) -> Iterator[Task]:
    """Runs of others that wait for a decision."""
    for run in runs_to_decide(visit.member, visit.now).prefetch_related(None):
        yield Task(
            _("Approve or reject a split: %(resource)s")
            % {"resource": run.pool.get_kind_display()},
            _("It was run by someone else; replay it before you decide."),
            reverse("allocation:apportionment", args=[run.pk]),
            about=_cycle(run.pool, visit),
        )


def _cycle(pool: Pool, visit: Visit) -> Worded:
    return localized(pool.cycle, "name", visit.chain)


def overseeing(visit: Visit) -> Iterator[Task]:
    """Always: oversight has no end."""
    made = Award.objects.count()
    what = ngettext("See where %(count)s award went", "See where %(count)s awards went", made)
    number = written_number(made, reader_locale())
    yield Task(
        what % {"count": number} if made else _("See where the resources go"),
        _("Oversight sees everything and decides nothing."),
        reverse("oversight:distribution"),
    )


AT_THE_CENTRE: Mapping[str, Callable[[Visit], Iterator[Task]]] = {
    SeatFunction.SECRETARY: secretary,
    SeatFunction.ALLOCATION_OFFICER: apportioning,
    SeatFunction.ALLOCATION_APPROVER: approving,
    SeatFunction.OVERSEER: overseeing,
}
