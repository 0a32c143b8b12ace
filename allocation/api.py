"""Pools and approved envelopes for programs."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, viewsets

from allocation.models import Apportionment, ApportionmentStatus, Envelope, Pool
from hubs.currencies import decimals_of
from hubs.models import Cycle, Hub
from members.permissions import anyone


class PoolSerializer(serializers.ModelSerializer[Pool]):
    """What a cycle has to share: minor units of the currency, minutes or credits."""

    cycle: "serializers.SlugRelatedField[Cycle]" = serializers.SlugRelatedField(
        "slug", read_only=True
    )
    decimals = serializers.SerializerMethodField()
    apportionment = serializers.UUIDField(
        source="approved_run", allow_null=True, help_text="The approved run, if there is one."
    )

    class Meta:
        model = Pool
        fields = [
            "id", "cycle", "kind", "currency", "decimals", "amount_minor", "declared_at",
            "apportionment",
        ]  # fmt: skip

    def get_decimals(self, pool: Pool) -> int:
        return decimals_of(pool.currency)


class EnvelopeSerializer(serializers.ModelSerializer[Envelope]):
    """What a hub gets of a pool. ``steps``: the name of each step and the amount with it."""

    hub: "serializers.SlugRelatedField[Hub]" = serializers.SlugRelatedField("slug", read_only=True)
    pool = serializers.IntegerField(source="apportionment.pool_id", read_only=True)
    steps = serializers.SerializerMethodField()

    class Meta:
        model = Envelope
        fields = [
            "id", "apportionment", "pool", "hub", "amount_minor", "south_minor", "previous_minor",
            "steps",
        ]  # fmt: skip

    @extend_schema_field(
        {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"step": {"type": "string"}, "amount_minor": {"type": "integer"}},
                "required": ["step", "amount_minor"],
            },
        }
    )
    def get_steps(self, envelope: Envelope) -> list[dict[str, Any]]:
        return [{"step": step, "amount_minor": amount} for step, amount in envelope.steps]


class PoolViewSet(viewsets.ReadOnlyModelViewSet[Pool]):
    """Every pool, with the run that was approved for it."""

    permits = {"list": anyone, "retrieve": anyone}
    serializer_class = PoolSerializer
    filterset_fields = ["cycle__slug", "kind"]

    def get_queryset(self) -> QuerySet[Pool]:
        approved = Apportionment.objects.filter(
            pool=OuterRef("pk"), status=ApportionmentStatus.APPROVED
        )
        pools = Pool.objects.annotate(approved_run=Subquery(approved.values("pk")[:1]))
        return pools.select_related("cycle").order_by("-declared_at", "-pk")


class EnvelopeViewSet(viewsets.ReadOnlyModelViewSet[Envelope]):
    """The envelopes of approved runs."""

    permits = {"list": anyone, "retrieve": anyone}
    serializer_class = EnvelopeSerializer
    filterset_fields = ["hub__slug", "apportionment__pool", "apportionment__pool__cycle__slug"]

    def get_queryset(self) -> QuerySet[Envelope]:
        envelopes = Envelope.objects.filter(apportionment__status=ApportionmentStatus.APPROVED)
        return envelopes.select_related("hub", "apportionment").order_by(
            "apportionment__pool", "hub__slug"
        )
