"""Every route says who may enter: the build finds one that does not, and the site keeps it shut."""

import inspect
import typing
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from rest_framework import permissions, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from allocation.models import Apportionment, FormulaVersion, IndicatorSnapshot, Pool
from audit.models import TrailEntry
from audit.queries import is_append_only
from config import checks, urls
from config.admin import LIBRARIES
from hubs.models import Body, Cycle, Hub, Round, Seat, SeatFunction, Term
from hubs.phases import Phase
from jobs.models import Job
from members.access import Permitted
from members.languages import INTERFACE_LANGUAGES
from members.middleware import LIBRARY_VIEWS, is_declared
from members.models import Member
from members.permissions import Permission, anyone
from proposals.models import Proposal
from tests.factories import NOON, make_cycle, make_member, make_round, make_seat, make_term
from tests.proposals.makers import make_proposal
from voting.models import Ballot, Election, RollEntry

GUARD = "members.middleware.DeclaredRouteMiddleware"


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("unlocked")


class UndeclaredView(APIView):
    def get(self, request: Request) -> Response:
        return Response("unlocked")


class HalfDeclared(viewsets.ViewSet):
    permits = {"list": anyone}

    def list(self, request: Request) -> Response:
        return Response("unlocked")

    def create(self, request: Request) -> Response:
        return Response("unlocked")


def is_west(visitor, /, hub: Hub, *, now) -> bool:
    return hub.slug == "west"


class Detailed(viewsets.GenericViewSet[Hub]):
    permits = {"retrieve": is_west}
    queryset = Hub.objects.all()
    lookup_field = "slug"

    def retrieve(self, request: Request, slug: str) -> Response:
        return Response(self.get_object().slug)


urlpatterns = [
    *urls.urlpatterns,
    path("planted/function/", undeclared),
    path("planted/class/", UndeclaredView.as_view()),
    path("planted/half/", HalfDeclared.as_view({"get": "list", "post": "create"})),
    path("planted/hubs/<slug:slug>/", Detailed.as_view({"get": "retrieve"}, detail=True)),
]
planted = pytest.mark.urls(__name__)


def test_every_route_and_every_api_action_of_the_site_is_declared():
    assert checks.every_route_declares_a_permission() == []
    assert checks.every_api_action_declares_a_permission() == []


@planted
def test_an_undeclared_route_is_an_error_of_the_build():
    found = {(error.id, error.msg) for error in checks.every_route_declares_a_permission()}
    assert found == {
        ("config.E001", "The route planted/function/ declares no permission."),
        ("config.E001", "The route planted/class/ declares no permission."),
    }


@planted
def test_an_undeclared_api_action_is_an_error_of_the_build():
    found = [(error.id, error.msg) for error in checks.every_api_action_declares_a_permission()]
    message = "The API action create at planted/half/ declares no permission."
    assert found == [("config.E002", message)]


@planted
def test_the_build_stops_at_them():
    with pytest.raises(SystemCheckError, match=r"(?s)config\.E001.*config\.E002"):
        call_command("check")


def test_no_library_is_trusted_that_has_no_route_here():
    origins = [
        f"{view.__module__}.{view.__qualname__}."
        for _place, pattern in checks.routes()
        for view in [_holder(pattern.callback)]
        if not getattr(view, "permits", None)
    ]
    used = {prefix for prefix in LIBRARY_VIEWS if any(o.startswith(prefix) for o in origins)}
    assert used == set(LIBRARY_VIEWS)


def _holder(view):
    return getattr(view, "cls", None) or getattr(view, "view_class", None) or view


@pytest.fixture(params=["visitor", "ada", "root"])
def anybody(request, client, db):
    if request.param != "visitor":
        client.force_login(request.getfixturevalue(request.param))
    return client


UNDECLARED = ["/planted/function/", "/planted/class/"]


@planted
@pytest.mark.parametrize("place", UNDECLARED)
def test_an_undeclared_route_is_shut_for_everyone(anybody, place):
    response = anybody.get(place)
    assert (response.status_code, b"unlocked" in response.content) == (403, False)


@planted
def test_it_is_the_guard_that_shuts_it(client, db, settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != GUARD]
    answers = [client.get(place).status_code for place in UNDECLARED]
    assert answers == [200, 403]  # an API class is shut a second time, by Permitted


@planted
def test_it_is_the_default_permission_that_shuts_an_api_class(client, db, settings, monkeypatch):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != GUARD]
    monkeypatch.setattr(UndeclaredView, "permission_classes", [permissions.AllowAny])
    assert client.get("/planted/class/").json() == "unlocked"


@planted
def test_an_undeclared_action_is_shut_for_everyone_beside_one_that_is_open(anybody):
    assert anybody.get("/planted/half/").json() == "unlocked"
    assert anybody.post("/planted/half/").status_code == 403


@planted
def test_a_method_the_class_does_not_offer_is_not_allowed(anybody):
    response = anybody.delete("/planted/half/")
    assert (response.status_code, response["Allow"]) == (405, "GET, POST, HEAD, OPTIONS")


@planted
def test_the_permission_of_a_detail_is_asked_about_the_object(client, west):
    Hub.objects.create(slug="east", kind="REGIONAL")
    answers = [client.get(f"/planted/hubs/{slug}/").status_code for slug in ("west", "east", "no")]
    assert answers == [200, 403, 404]


def test_a_class_without_declarations_permits_no_object_either(west, root):
    assert not Permitted().has_object_permission(_request(root), UndeclaredView(), west)
    assert is_declared(UndeclaredView.as_view()) is False


def _request(member) -> Request:
    request = Request(HttpRequest())
    request.user = member
    return request


# An administrator of the machine is a member like any other.


@pytest.fixture
def things(west, rui, sec, round_, election_rows, proposals) -> dict[type[Model], list[Any]]:
    """Something of every kind a permission is asked about, in a hub and at the centre."""
    make_seat(west, SeatFunction.TREASURER)
    make_seat(None, SeatFunction.OVERSEER)
    run_of(sec)
    kinds: list[type[Model]] = [
        Hub, Body, Seat, Term, Round, Election, Pool, Apportionment, Proposal,
    ]  # fmt: skip
    return {kind: list(kind._default_manager.all()) for kind in kinds}


def run_of(member: Member) -> None:
    """A run of the formula that a member asked for."""
    pool = Pool.objects.create(
        cycle=make_cycle(), kind="MONEY", currency="USD", amount_minor=1, declared_at=NOON
    )
    Apportionment.objects.create(
        pool=pool,
        formula=FormulaVersion.objects.create(
            number=1, parameters={}, south_floor="0.5", published_at=NOON
        ),
        snapshot=IndicatorSnapshot.objects.create(cycle=pool.cycle, published_at=NOON),
        input={},
        requested_by=member,
        requested_at=NOON,
    )


@pytest.fixture
def centre(db) -> list[Member | AnonymousUser]:
    """Whoever runs the formula at the centre, and whoever approves."""
    officer, approver = make_member("Grace"), make_member("Samuel")
    make_term(officer, None, SeatFunction.ALLOCATION_OFFICER)
    make_term(approver, None, SeatFunction.ALLOCATION_APPROVER)
    return [officer, approver]


@pytest.fixture
def election_rows(round_) -> None:
    for status in ("DRAFT", "FROZEN", "CLOSED"):
        Election.objects.create(
            round=round_,
            kind="BUDGET",
            origin="OWN" if status == "FROZEN" else "IMPORTED",
            key_fingerprint="0" * 64 if status == "FROZEN" else "",
            status=status,
            title=status,
            title_language="en",
            ballot_format="APPROVAL",
            rule="greedy",
            opens_at=NOON,
            closes_at=NOON,
            frozen_at=None if status == "DRAFT" else NOON,
            frozen_hash="" if status == "DRAFT" else "0" * 64,
        )


@pytest.fixture
def proposals(west, rui) -> None:
    """Proposals of Rui, who also translates, in a round that takes them."""
    make_term(rui, west, SeatFunction.TRANSLATOR)
    lane = make_round(west, Phase.SUBMISSION).lanes.get()
    for status in ("DRAFT", "SUBMITTED"):
        make_proposal(lane, rui, status)


def permissions_of_the_site() -> set[Permission]:
    found: set[Permission] = set()
    for _place, pattern in checks.routes():
        permits = getattr(_holder(pattern.callback), "permits", None)
        if permits:
            found |= set(permits.values()) if isinstance(permits, dict) else {permits}
    return found


def answers(allows, visitor, things) -> list[bool]:
    """What a permission says about this visitor and each thing it can be asked about."""
    hints = typing.get_type_hints(allows)
    asked = [
        name
        for name, part in inspect.signature(allows).parameters.items()
        if part.kind in (part.POSITIONAL_ONLY, part.POSITIONAL_OR_KEYWORD)
    ][1:]
    if not asked:
        return [allows(visitor, now=NOON)]
    (name,) = asked
    return [allows(visitor, thing, now=NOON) for thing in things[hints[name]]]


def test_an_administrator_may_what_any_member_may_and_no_more(things, ada, root):
    for allows in permissions_of_the_site():
        assert answers(allows, root, things) == answers(allows, ada, things), allows.__name__


def test_no_permission_is_so_narrow_that_nobody_passes_it(things, rui, fay, ona, sec, centre):
    people: list[Member | AnonymousUser] = [rui, fay, ona, sec, *centre]
    unused = [
        allows.__name__
        for allows in permissions_of_the_site()
        if not any(True in answers(allows, visitor, things) for visitor in people)
    ]
    assert unused == []


@pytest.fixture
def acts(west, rui, fay, ona, round_) -> dict[str, Member]:
    """Addresses that change something in the hub West, with who may."""
    seat = make_seat(west, SeatFunction.TREASURER)
    return {
        reverse("hubs:give_term", args=[seat.pk]): rui,
        reverse("hubs:end_term", args=[Term.objects.get(member=fay).pk]): rui,
        reverse("hubs:add_seat", args=[seat.body_id]): rui,
        reverse("hubs:plan_round", args=["west"]): fay,
        reverse("voting:import_election", args=[round_.pk]): ona,
    }


def test_an_administrator_acts_nowhere_in_a_hub_and_its_officers_do(client, acts, root):
    seen = {}
    for place, officer in acts.items():
        client.force_login(officer)
        officers = client.get(place).status_code
        client.force_login(root)
        seen[place] = (officers, client.get(place).status_code, client.post(place).status_code)
    assert seen == dict.fromkeys(acts, (200, 403, 403))
    assert not TrailEntry.objects.exists()


def test_an_administrator_signs_in_where_everybody_does(client, db):
    first = client.get("/admin/", follow=True)
    assert first.request["PATH_INFO"] == "/en/account/login/"


def test_an_administrator_edits_reference_data_alone(client, root):
    client.force_login(root)
    make_cycle()
    assert client.get(reverse("admin:hubs_cycle_changelist")).context["cl"].result_count == 1
    page = client.get(reverse("admin:index"))
    edited = {entry["model"] for app in page.context["app_list"] for entry in app["models"]}
    assert {Hub, Cycle} <= edited
    guarded = {kind for kind in apps.get_models() if is_append_only(kind)}
    assert edited & (guarded | {Member, Seat, Term, Election, Ballot, RollEntry, Job}) == set()
    assert {kind._meta.app_label for kind in edited} & LIBRARIES == set()


def test_a_catalogue_that_was_not_compiled_is_a_warning(settings, tmp_path):
    assert checks.every_catalogue_is_built() == []
    settings.BASE_DIR = tmp_path
    missing = [
        (warning.id, warning.msg.split()[3]) for warning in checks.every_catalogue_is_built()
    ]
    assert missing == [("config.W001", code) for code in INTERFACE_LANGUAGES]
