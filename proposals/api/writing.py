"""Proposals for programs, in the reader's languages."""

from typing import Any

from django.db.models import F, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, viewsets

from hubs.models import ResourceKind
from members.languages import direction
from members.models import Member
from members.permissions import anyone
from proposals.models import Proposal, ProposalStatus, RequestLine
from proposals.permissions import can_see_proposal
from proposals.queries import PARTS, totals_of, visible_to, with_words
from texts.queries import languages_of, written

TEXT = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("text", "lang", "dir")},
    "required": ["text", "lang", "dir"],
}
TOTALS = {
    "type": "object",
    "properties": {kind.value: {"type": "integer"} for kind in ResourceKind},
    "additionalProperties": False,
}


@extend_schema_field(TEXT)
class WrittenField(serializers.Field[Any, Any, dict[str, str], Proposal]):
    """A part of what people wrote, with the language it is shown in: ``{"text", "lang", "dir"}``."""

    def __init__(self, part: str) -> None:
        super().__init__(read_only=True, source="*")
        self.part = part

    def to_representation(self, value: Proposal) -> dict[str, str]:
        words = written(value.text, self.context["request"].reading_chain)
        text = getattr(words, self.part)
        return {"text": text, "lang": words.language, "dir": direction(words.language)}


class RequestLineSerializer(serializers.ModelSerializer[RequestLine]):
    """Minor units of the round's currency, minutes, service credits, or access grants."""

    class Meta:
        model = RequestLine
        fields = ["position", "kind", "amount_minor", "purpose", "country"]


class ProposalSerializer(serializers.ModelSerializer[Proposal]):
    """Purposes of lines are in the language the proposal was written in."""

    title, summary, body = (WrittenField(part) for part in PARTS)
    round = serializers.IntegerField(source="lane.round_id", read_only=True)
    lane = serializers.CharField(source="lane.kind", read_only=True)
    status = serializers.ChoiceField(choices=ProposalStatus.choices, read_only=True)
    author = serializers.CharField(source="author.__str__", read_only=True)
    language = serializers.CharField(source="text.language", read_only=True)
    languages = serializers.SerializerMethodField()
    currency = serializers.CharField(source="lane.round.currency", read_only=True)
    decimals = serializers.IntegerField(source="lane.round.decimals", read_only=True)
    totals = serializers.SerializerMethodField()
    lines = RequestLineSerializer(many=True, read_only=True)

    class Meta:
        model = Proposal
        fields = [
            "id", "round", "lane", "status", "author", "title", "summary", "body", "language",
            "languages", "country", "currency", "decimals", "totals", "minimum_minor", "lines",
            "submitted_at", "decided_at",
        ]  # fmt: skip

    def get_languages(self, proposal: Proposal) -> list[str]:
        """The languages it can be read in, its own first."""
        return list(languages_of(proposal.text))

    @extend_schema_field(TOTALS)
    def get_totals(self, proposal: Proposal) -> dict[str, int]:
        return totals_of(proposal)


class ProposalViewSet(viewsets.ReadOnlyModelViewSet[Proposal]):
    """Proposals from the first time they are handed in, and one's own drafts."""

    permits = {"list": anyone, "retrieve": can_see_proposal}
    serializer_class = ProposalSerializer
    filterset_fields = ["lane__round", "lane__kind", "status"]

    def get_queryset(self) -> QuerySet[Proposal]:
        user = self.request.user
        found = visible_to(user if isinstance(user, Member) else None)
        return with_words(found).order_by(F("submitted_at").desc(nulls_first=True), "-pk")
