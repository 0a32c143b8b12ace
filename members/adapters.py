"""Where allauth meets the project: what sign-up stores, how mail leaves, which language follows."""

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from members import actions
from members.models import Member
from members.queries import interface_language_of


def remember_language(response: HttpResponse, language: str) -> None:
    """Keep the interface language in the cookie that unprefixed addresses are answered by."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 86_400,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth publishes no types
    def save_user(
        self, request: HttpRequest, user: Member, form: Any, commit: bool = True
    ) -> Member:
        member: Member = super().save_user(request, user, form, commit=False)
        return _register(member, form.cleaned_data)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Every mail of allauth goes through the outbox too: a mail server that is down delays it."""
        user = context.get("user")
        actions.write_message(
            template=template_prefix,
            recipient=user if isinstance(user, Member) else None,
            address=email,
            language=get_language() or "",
            context={
                **{key: value for key, value in context.items() if isinstance(value, str)},
                "email": email,
            },
            now=timezone.now(),
        )

    def post_login(self, request: HttpRequest, user: Member, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if language := interface_language_of(user):
            remember_language(response, language)
        return response


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # as above
    def get_app(self, *args: Any, **kwargs: Any) -> Any:
        """The client we are at the wiki; its addresses do not exist where we are none."""
        try:
            return super().get_app(*args, **kwargs)
        except SocialApp.DoesNotExist as error:
            raise Http404 from error

    def new_user(self, request: HttpRequest, sociallogin: Any) -> Member:
        """A member in JSON until the missing address is given: no default of the database yet."""
        member: Member = super().new_user(request, sociallogin)
        member.joined_at = timezone.now()
        return member

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Member:
        """With a form, the account adapter has already stored what was typed."""
        member: Member = super().save_user(request, sociallogin, form)
        if form:
            return member
        return _register(member, {"name": sociallogin.account.extra_data.get("username", "")})


def _register(member: Member, told: Mapping[str, Any]) -> Member:
    return actions.register_member(
        member=member,
        name=told.get("name", ""),
        home_country=told.get("home_country", ""),
        interface_language=get_language() or "",
        now=timezone.now(),
    )
