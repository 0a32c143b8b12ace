"""A page that a member was shown is not kept where others would find it."""

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import RequestFactory

from members.middleware import PrivatePagesMiddleware
from tests.hubs.reading import browser


@pytest.fixture
def asked(ada):
    request = RequestFactory().get("/en/")
    request.user, request.session = ada, SessionStore()
    request.session.accessed = True
    return request


def kept(response) -> set[str]:
    return {part for part in response.get("Cache-Control", "").split(", ") if part}


@pytest.mark.parametrize("address", ["/en/", "/en/profile/"])
def test_a_page_of_a_member_is_private_and_asked_for_again(ada, address):
    response = browser(ada).get(address)
    assert response.status_code == 200
    assert kept(response) == {"private", "no-cache"}


def test_a_page_of_nobody_is_left_as_it_was(client, db):
    assert kept(client.get("/en/")) == set()


@pytest.mark.parametrize("said", ["no-store", "public, max-age=60"])
def test_what_a_view_says_for_itself_holds(asked, said):
    answer = PrivatePagesMiddleware(lambda request: HttpResponse(headers={"Cache-Control": said}))
    assert answer(asked)["Cache-Control"] == said
