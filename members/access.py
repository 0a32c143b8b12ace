"""How a view or an API class says who may enter. A route that says nothing is closed.

    @permit(can_give_term, seat=Seat.objects.select_related("body__hub"))
    def give(request, seat): ...

loads the seat named in the URL, asks the permission about it, and only then calls the view: a view
cannot forget to ask. ``config.checks`` fails the build for a route without a permission.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from members.models import Member
from members.permissions import Permission

if TYPE_CHECKING:  # the REST framework imports this module while it is being imported itself
    from rest_framework.views import APIView

View = Callable[..., HttpResponse]


class VisitorRequest(HttpRequest):
    """A request as our middleware hands it on: with the languages its reader wants texts in."""

    LANGUAGE_CODE: str
    reading_chain: tuple[str, ...]


class MemberRequest(VisitorRequest):
    """A request of a view whose permission lets only members in."""

    user: Member


READ = ("GET", "HEAD")
WRITE = ("GET", "HEAD", "POST")


def permit(
    allows: Permission, *, methods: Sequence[str] = READ, **objects: QuerySet[Any]
) -> Callable[[View], View]:
    """Declare a view's permission and load the objects it is asked about from the URL.

    Each keyword names a part of the URL: looked up by ``slug`` where the URL gives text, else by
    primary key. A visitor who is refused is asked to sign in, or told so with status 403.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **parts: Any) -> HttpResponse:
            found = {name: _load(queryset, parts.pop(name)) for name, queryset in objects.items()}
            if not allows(request.user, *found.values(), now=timezone.now()):
                if not request.user.is_authenticated:
                    return redirect_to_login(request.get_full_path())
                raise PermissionDenied
            return view(request, **found, **parts)

        guarded.permits = allows  # type: ignore[attr-defined]  # read by config.checks
        return require_http_methods(list(methods))(guarded)

    return decorate


def _load(queryset: QuerySet[Any], key: object) -> Model:
    found: Model = get_object_or_404(queryset, **{"slug" if isinstance(key, str) else "pk": key})
    return found


class Permitted(BasePermission):
    """The permissions an API class declares in ``permits``: one per action, none means closed."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if getattr(view, "action", "") is None:  # a method the class does not offer
            raise MethodNotAllowed(request.method or "")
        allows = self._permission_of(view)
        return allows is not None and (
            getattr(view, "detail", False) or allows(request.user, now=timezone.now())
        )

    def has_object_permission(self, request: Request, view: "APIView", obj: object) -> bool:
        allows = self._permission_of(view)
        return allows is not None and allows(request.user, obj, now=timezone.now())

    def _permission_of(self, view: "APIView") -> Permission | None:
        permits: dict[str, Permission] = getattr(view, "permits", {})
        return permits.get(getattr(view, "action", "") or "")
