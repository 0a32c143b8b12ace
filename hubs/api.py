"""Hubs and rounds for programs, in the reader's languages."""

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers, viewsets

from hubs.models import Cycle, Hub, HubCountry, Lane, Round, RoundBudget
from hubs.queries import hubs_listed, lanes_prefetch
from members.permissions import anyone
from principles.models import FrameworkVersion
from texts.api import CuratedField


class HubSerializer(serializers.ModelSerializer[Hub]):
    name = CuratedField("name")
    about = CuratedField("about")
    countries: "serializers.SlugRelatedField[HubCountry]" = serializers.SlugRelatedField(
        "country", many=True, read_only=True
    )

    class Meta:
        model = Hub
        fields = ["slug", "kind", "name", "about", "countries"]


class BudgetSerializer(serializers.ModelSerializer[RoundBudget]):
    class Meta:
        model = RoundBudget
        fields = ["kind", "amount_minor"]


class RoundLaneSerializer(serializers.ModelSerializer[Lane]):
    budgets = BudgetSerializer(many=True, read_only=True)

    class Meta:
        model = Lane
        fields = ["kind", "method", "share_bp", "budgets"]


class RoundSerializer(serializers.ModelSerializer[Round]):
    hub: "serializers.SlugRelatedField[Hub]" = serializers.SlugRelatedField("slug", read_only=True)
    cycle: "serializers.SlugRelatedField[Cycle]" = serializers.SlugRelatedField(
        "slug", read_only=True
    )
    title = CuratedField("title")
    phase = serializers.SerializerMethodField()
    framework: "serializers.SlugRelatedField[FrameworkVersion]" = serializers.SlugRelatedField(
        "number", read_only=True, allow_null=True
    )
    lanes = RoundLaneSerializer(many=True, read_only=True)

    class Meta:
        model = Round
        fields = [
            "id", "hub", "cycle", "title", "level", "phase", "submission_at", "review_at",
            "deliberation_at", "voting_at", "counting_at", "results_at", "delivery_at",
            "framework", "currency", "is_practice", "opened_at", "lanes",
        ]  # fmt: skip

    def get_phase(self, round_: Round) -> str:
        return round_.phase_at(timezone.now()).value


class HubViewSet(viewsets.ReadOnlyModelViewSet[Hub]):
    """Every hub, with its countries."""

    permits = {"list": anyone, "retrieve": anyone}
    serializer_class = HubSerializer
    lookup_field = "slug"
    filterset_fields = ["kind"]

    def get_queryset(self) -> QuerySet[Hub]:
        return hubs_listed()


class RoundViewSet(viewsets.ReadOnlyModelViewSet[Round]):
    """Every round, with its timetable, its lanes and budgets, and the phase it is in now."""

    permits = {"list": anyone, "retrieve": anyone}
    serializer_class = RoundSerializer
    filterset_fields = ["hub__slug", "cycle__slug", "level"]

    def get_queryset(self) -> QuerySet[Round]:
        rounds = Round.objects.select_related("hub", "cycle", "framework")
        return rounds.prefetch_related(lanes_prefetch()).order_by("-voting_at", "-pk")
