"""What stands before every view: the method, the object, the permission, in that order."""

import pytest
from django.test import Client
from django.urls import reverse

from hubs.models import Round, SeatFunction
from tests.factories import make_hub, make_seat
from tests.members.pages import sign_in, signed_in_as

PLAN = "/en/hubs/west/rounds/plan/"


def test_a_visitor_is_asked_to_sign_in_and_comes_back(client, fay):
    asked = client.get(f"{PLAN}?cycle=2026")
    assert (asked.status_code, asked["Location"]) == (
        302,
        f"/en/account/login/?next={PLAN}%3Fcycle%3D2026",
    )
    form = client.get(asked["Location"])
    response = sign_in(client, "fay@example.org", next=form.context["redirect_field_value"])
    assert signed_in_as(client) == str(fay.pk)
    assert response["Location"] == f"{PLAN}?cycle=2026"


def test_a_visitor_is_asked_in_the_language_of_the_page(client, west):
    asked = client.get(PLAN.replace("/en/", "/da/"))
    assert asked["Location"].startswith("/da/account/login/?")


@pytest.mark.parametrize("name", ["account_email", "account_change_password", "mfa_index"])
def test_pages_of_the_account_ask_a_visitor_to_sign_in_too(client, db, name):
    path = reverse(name)
    assert client.get(path)["Location"] == f"/en/account/login/?next={path}"


def test_nobody_is_sent_to_another_site_after_signing_in(client, ada):
    response = sign_in(client, next="https://evil.example/")
    assert response["Location"] == "/en/"


def test_a_member_who_may_not_is_told_so(client, west, ada):
    client.force_login(ada)
    for refused in (client.get(PLAN), client.post(PLAN, {"title": "Mine"})):
        assert refused.status_code == 403
        assert [used.name for used in refused.templates][:2] == ["403.html", "base.html"]
    assert not Round.objects.exists()


def test_a_view_gets_the_object_its_address_names(client, fay, west):
    client.force_login(fay)
    make_hub("other")
    assert client.get(PLAN).context["hub"] == west
    assert client.get(PLAN.replace("west", "other")).status_code == 403


def test_the_permission_is_asked_about_the_very_object(client, rui, west):
    client.force_login(rui)
    own, centres = make_seat(west, SeatFunction.TREASURER), make_seat(None, SeatFunction.OVERSEER)
    answers = {
        seat: client.get(reverse("hubs:give_term", args=[seat.pk])).status_code
        for seat in (own, centres)
    }
    assert answers == {own: 200, centres: 403}


@pytest.mark.parametrize("path", ["hubs/nowhere/", "seats/1/", f"seats/{10**30}/"])
def test_what_does_not_exist_is_not_found(client, db, path):
    response = client.get(f"/en/{path}")
    assert response.status_code == 404
    assert response.templates[0].name == "404.html"


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("/en/hubs/west/", "post", "GET, HEAD"),
        ("/en/hubs/west/", "options", "GET, HEAD"),
        (PLAN, "put", "GET, HEAD, POST"),
        (PLAN, "delete", "GET, HEAD, POST"),
        ("/health/live", "post", "GET, HEAD"),
    ],
)
def test_another_method_is_not_allowed_whoever_asks(client, fay, path, method, allowed):
    client.force_login(fay)
    response = getattr(client, method)(path)
    assert (response.status_code, response["Allow"]) == (405, allowed)


def test_a_form_that_another_site_sent_is_refused(fay):
    client = Client(enforce_csrf_checks=True)
    client.force_login(fay)
    response = client.post(PLAN, {"title": "Forged"})
    assert response.status_code == 403
    assert response.templates[0].name == "403_csrf.html"
    assert not Round.objects.exists()
