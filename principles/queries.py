"""Reading versions of the principles."""

from django.db.models import Prefetch, QuerySet

from principles.models import Applies, Criterion, FrameworkStatus, FrameworkVersion, Principle


def active_framework() -> QuerySet[FrameworkVersion]:
    """The version in force, if there is one: none before the founding."""
    return FrameworkVersion.objects.filter(status=FrameworkStatus.ACTIVE)


def criteria_for_recipients(framework: FrameworkVersion) -> QuerySet[Criterion]:
    """What a proposal is judged by, in order. Together they weigh 100 in a version in force."""
    asked = framework.criteria.filter(applies_to__in=[Applies.RECIPIENT, Applies.BOTH])
    return asked.select_related("principle").order_by("position")


def frameworks_public() -> QuerySet[FrameworkVersion]:
    """Every version but drafts, the newest first."""
    return FrameworkVersion.objects.exclude(status=FrameworkStatus.DRAFT).order_by("-number")


def framework_detail(frameworks: QuerySet[FrameworkVersion]) -> QuerySet[FrameworkVersion]:
    """Versions with their principles, and each principle with its criteria, all in order."""
    criteria = Criterion.objects.order_by("position")
    principles = Principle.objects.order_by("position").prefetch_related(
        Prefetch("criteria", queryset=criteria)
    )
    return frameworks.prefetch_related(Prefetch("principles", queryset=principles))
