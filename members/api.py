"""A member's own account for programs."""

from typing import Any

from rest_framework import serializers, viewsets
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from members import actions
from members.languages import INTERFACE_LANGUAGES, is_language
from members.models import Member
from members.permissions import signed_in


def signed_in_member(request: Request) -> Member:
    """The member behind a request whose permission let only members in."""
    if not isinstance(request.user, Member):
        raise NotAuthenticated
    return request.user


def known_language(code: str) -> None:
    if not is_language(code):
        raise serializers.ValidationError(f"unknown language: {code}", code="unknown_language")


class MemberSerializer(serializers.ModelSerializer[Member]):
    """The signed-in member's own data and language settings."""

    class Meta:
        model = Member
        fields = ["id", "email", "name", "home_country", "interface_language", "reads", "writes"]
        read_only_fields = ["id", "email", "name", "home_country"]


class LanguagesSerializer(serializers.Serializer[Any]):
    """The three language settings; reading languages best first."""

    interface_language = serializers.ChoiceField(choices=INTERFACE_LANGUAGES)
    reads = serializers.ListField(
        child=serializers.CharField(validators=[known_language]),
        max_length=actions.MAX_READING_LANGUAGES,
    )
    writes = serializers.CharField(allow_blank=True, validators=[known_language])


class MeViewSet(viewsets.GenericViewSet[Member]):
    """``/me/``: read the account, change its languages."""

    permits = {"retrieve": signed_in, "update": signed_in}
    serializer_class = MemberSerializer
    detail = False

    def retrieve(self, request: Request) -> Response:
        return Response(MemberSerializer(signed_in_member(request)).data)

    def update(self, request: Request) -> Response:
        typed = LanguagesSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        member = actions.choose_languages(member=signed_in_member(request), **typed.validated_data)
        return Response(MemberSerializer(member).data)
