"""Elections and their results for programs, behind the same permissions and predicate as the pages."""

from typing import Any

from django.db.models import CharField, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Cast, JSONObject
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from jobs.models import Job
from members.languages import direction
from members.permissions import anyone
from voting.models import Election, ElectionLane, Tally
from voting.permissions import can_see_election, can_see_results
from voting.queries import COUNT_TASK, tallies_of


class LaneSerializer(serializers.ModelSerializer[ElectionLane]):
    """What is voted on apart from the other lanes, with a budget of its own."""

    class Meta:
        model = ElectionLane
        fields = ["kind", "budget_minor"]


class ElectionSerializer(serializers.ModelSerializer[Election]):
    """Amounts are integers of 10**-decimals of the currency."""

    title_direction = serializers.SerializerMethodField()
    lanes = LaneSerializer(many=True, read_only=True)
    is_practice = serializers.BooleanField(
        source="round.is_practice",
        read_only=True,
        help_text="Nothing is paid for a practice round.",
    )
    count = serializers.SerializerMethodField(help_text="State and progress of the count's job.")

    class Meta:
        model = Election
        fields = [
            "id", "round", "is_practice", "kind", "origin", "status", "title", "title_language", "title_direction",
            "ballot_format", "resource_kind", "currency", "decimals", "max_choices", "lanes",
            "rule", "parameters", "comparisons", "seed", "key_fingerprint", "opens_at", "closes_at",
            "frozen_at", "frozen_hash", "count",
        ]  # fmt: skip

    def get_title_direction(self, election: Election) -> str:
        return direction(election.title_language)

    def get_count(self, election: Election) -> dict[str, Any] | None:
        job: dict[str, Any] | None = getattr(election, "count_job", None)
        return job


class TallySerializer(serializers.ModelSerializer[Tally]):
    """One count of one lane: its input, rule and outcome, each with its hash."""

    lane = serializers.CharField(source="lane.kind", help_text="Kind of the lane that was counted.")

    class Meta:
        model = Tally
        fields = [
            "lane", "rule", "parameters", "decides", "input_hash", "settings_hash", "code_version",
            "outcome", "outcome_hash", "counted_at",
        ]  # fmt: skip


class ElectionViewSet(viewsets.ReadOnlyModelViewSet[Election]):
    """Elections from their freeze on; results from the close on."""

    permits = {"list": anyone, "retrieve": can_see_election, "result": can_see_results}
    serializer_class = ElectionSerializer
    filterset_fields = ["round", "kind", "status"]

    def get_queryset(self) -> QuerySet[Election]:
        job = Job.objects.filter(kind=COUNT_TASK, subject=Cast(OuterRef("pk"), CharField()))
        told = job.values(told=JSONObject(state="state", done="done", total="total"))
        elections = (
            Election.objects.published()
            .select_related("round")
            .annotate(count_job=Subquery(told[:1]))
        )
        lanes = Prefetch("lanes", ElectionLane.objects.order_by("position"))
        return elections.order_by("-closes_at", "pk").prefetch_related(lanes)

    @extend_schema(responses=TallySerializer(many=True))
    @action(detail=True, pagination_class=None, filter_backends=[])
    def result(self, request: Request, pk: str | None = None) -> Response:
        """The tallies lane by lane, the deciding one first. Status 403 before the close, 404 while it is counted."""
        election = self.get_object()
        tallies = tallies_of(election)
        if not tallies:
            raise NotFound
        return Response(TallySerializer(tallies, many=True).data)
