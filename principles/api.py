"""Versions of the principles for programs, in the reader's languages."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, viewsets

from members.permissions import anyone
from principles.models import LEVELS, Criterion, FrameworkVersion, Principle
from principles.queries import framework_detail, frameworks_public
from texts.api import TOLD, CuratedField, told


class CriterionSerializer(serializers.ModelSerializer[Criterion]):
    question = CuratedField("question")
    levels = serializers.SerializerMethodField()

    class Meta:
        model = Criterion
        fields = [
            "position", "code", "weight", "dimension", "applies_to", "is_floor", "question",
            "levels",
        ]  # fmt: skip

    @extend_schema_field({"type": "array", "items": TOLD})
    def get_levels(self, criterion: Criterion) -> list[dict[str, str]]:
        """What each level means, the lowest first."""
        chain = self.context["request"].reading_chain
        return [told(criterion, f"level_{level}", chain) for level in LEVELS]


class PrincipleSerializer(serializers.ModelSerializer[Principle]):
    title = CuratedField("title")
    text = CuratedField("text")
    criteria = CriterionSerializer(many=True, read_only=True)

    class Meta:
        model = Principle
        fields = ["position", "code", "title", "text", "criteria"]


class FrameworkSerializer(serializers.ModelSerializer[FrameworkVersion]):
    title = CuratedField("title")
    about = CuratedField("about")
    principles = PrincipleSerializer(many=True, read_only=True)

    class Meta:
        model = FrameworkVersion
        fields = ["number", "status", "active_at", "title", "about", "principles"]


class FrameworkViewSet(viewsets.ReadOnlyModelViewSet[FrameworkVersion]):
    """Every version of the principles but drafts, with the criteria of each principle."""

    permits = {"list": anyone, "retrieve": anyone}
    serializer_class = FrameworkSerializer
    lookup_field = "number"
    filterset_fields = ["status"]

    def get_queryset(self) -> QuerySet[FrameworkVersion]:
        return framework_detail(frameworks_public())
