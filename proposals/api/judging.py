"""Assessments for programs, behind the same permission as the pages."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from members.api import signed_in_member
from proposals import queries
from proposals.models import Assessment, AssessmentScore, Proposal
from proposals.permissions import can_assess


class ScoreSerializer(serializers.ModelSerializer[AssessmentScore]):
    """``level`` is 1 to 4, null where the criterion does not apply, 0 in a draft without one."""

    criterion = serializers.CharField(source="criterion.code", read_only=True)

    class Meta:
        model = AssessmentScore
        fields = ["criterion", "level", "reason"]


class AssessmentSerializer(serializers.ModelSerializer[Assessment]):
    """One judge's levels and reasons; ``language`` is that of reasons and comment."""

    assessor = serializers.CharField(source="assessor.__str__", read_only=True)
    scores = ScoreSerializer(many=True, read_only=True)

    class Meta:
        model = Assessment
        fields = ["id", "assessor", "language", "comment", "saved_at", "submitted_at", "scores"]


class AssessmentViewSet(viewsets.GenericViewSet[Any]):
    """``/proposals/ID/assessments/``: one's own; those of the others once it is submitted."""

    permits = {"assessments": can_assess}
    serializer_class = AssessmentSerializer

    def get_queryset(self) -> QuerySet[Proposal]:
        return Proposal.objects.public().select_related("lane__round__hub")

    @extend_schema(exclude=True)  # the description is of what everyone may ask for
    def assessments(self, request: Request, **parts: Any) -> Response:
        found = queries.assessments_for(signed_in_member(request), self.get_object())
        return Response(AssessmentSerializer(found, many=True).data)
