"""Around every page: the reader's languages, no route without a permission, no shared copy of it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language_from_path
from django.utils.translation.trans_real import parse_accept_lang_header

from members.languages import is_language
from members.queries import closest_interface_language, reading_chain

READS_COOKIE = "reads"

# Views of libraries, which carry no declaration of ours, and what guards them.
LIBRARY_VIEWS = {
    "allauth.": "allauth asks for a session where one is needed",
    "django.contrib.admin.": "the admin asks for is_staff and its own permissions",
    "django.contrib.contenttypes.views.shortcut.": "reached through the admin, which asks first",
    "django.views.generic.base.RedirectView.": "shows nothing itself; its target is asked",
    "drf_spectacular.": "the description of a public API",
}


def is_declared(view: Callable[..., Any]) -> bool:
    """Whether a route says who may enter."""
    holder = getattr(view, "cls", None) or getattr(view, "view_class", None) or view
    origin = f"{getattr(holder, '__module__', '')}.{getattr(holder, '__qualname__', '')}."
    return bool(getattr(holder, "permits", None)) or origin.startswith(tuple(LIBRARY_VIEWS))


class DeclaredRouteMiddleware:
    """Closes a route that declares no permission, should one ever get past the build."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> None:
        if not is_declared(view):
            raise PermissionDenied("this route declares no permission")


class PrivatePagesMiddleware:
    """What a member is shown is kept by no proxy, and by their browser only to be asked for again.

    A view that says for itself how its page may be kept is left alone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Where nobody asked who is there, the page is nobody's, and the database need not be asked.
        is_own = request.session.accessed and request.user.is_authenticated
        if is_own and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        return response


class ReaderLanguageMiddleware(LocaleMiddleware):
    """Language of the interface: the URL, else the cookie, else the browser's list.

    A member's own setting is in the cookie too: signing in and choosing set it. The lists are
    walked along the reader's chain, so that Greenlandic finds Danish. ``request.reading_chain``
    holds the languages to show written text in.
    """

    def process_request(self, request: HttpRequest) -> None:
        listed = _listed_languages(request)
        language = get_language_from_path(request.path_info) or (
            closest_interface_language(
                [request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""), *listed]
            )
            or settings.LANGUAGE_CODE
        )
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()
        request.reading_chain = SimpleLazyObject(  # type: ignore[attr-defined]  # VisitorRequest
            lambda: reading_chain(request.user, listed, request.LANGUAGE_CODE)
        )

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        answer = super().process_response(request, response)
        patch_vary_headers(answer, ("Accept-Language", "Cookie"))
        return answer


def _listed_languages(request: HttpRequest) -> list[str]:
    """What the visitor chose to read (cookie), else the browser's list."""
    if cookie := request.COOKIES.get(READS_COOKIE, ""):
        return [code for code in cookie.split(".") if is_language(code)]
    header = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    return [code for code, _quality in header if code != "*"]
