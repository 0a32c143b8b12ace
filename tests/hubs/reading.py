"""What a page says, read from its markup as a browser would."""

from collections.abc import Callable, Mapping
from typing import Any

from bs4 import BeautifulSoup
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from members.models import Member

People = Mapping[str, Member | AnonymousUser]


def page(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def words(tag: Any) -> str:
    return " ".join(tag.get_text(" ", strip=True).split())


def rows(soup: BeautifulSoup, number: int = 0) -> list[list[str]]:
    """The cells of a table's body."""
    body = soup.select("table > tbody")[number]
    return [[words(cell) for cell in row.select("th, td")] for row in body.select("tr")]


def cards(soup: BeautifulSoup) -> list[str]:
    return [words(title) for title in soup.select("main .card .cdx-card__text__title")]


def messages(soup: BeautifulSoup) -> list[str]:
    return [words(message) for message in soup.select(".site-messages .message")]


def typed(soup: BeautifulSoup) -> dict[str, str]:
    """What the fields of the page's own form hold; files hold nothing."""
    form = soup.select_one("main form")
    assert form is not None
    found: dict[str, str] = {}
    for field in form.select("input, textarea, select"):
        name, kind = str(field["name"]), field.get("type", field.name)
        if kind == "select":
            chosen = field.select_one("option[selected]")
            found[name] = str(chosen["value"]) if chosen else ""
        elif kind in ("radio", "checkbox"):
            found.setdefault(name, "")
            if field.has_attr("checked"):
                found[name] = str(field["value"]) if kind == "radio" else "on"
        elif kind == "textarea":
            found[name] = field.get_text().removeprefix("\n")
        elif kind not in ("file", "hidden"):
            found[name] = str(field.get("value", ""))
    return found


def complaints(soup: BeautifulSoup) -> list[str]:
    """The sentences of the summary above a form that was sent back."""
    return [words(item) for item in soup.select(".form-summary li")]


def browser(person: Member | AnonymousUser) -> Client:
    """The browser of someone who has signed in, or of a visitor."""
    client = Client()
    if isinstance(person, Member):
        client.force_login(person)
    return client


def open_to(people: People, address: str, method: str = "get") -> set[str]:
    """Who is let in. The others are asked to sign in, if they have not, or refused."""
    let_in = set()
    for name, person in people.items():
        response = getattr(browser(person), method)(address)
        if response.status_code == 200:
            let_in.add(name)
        elif isinstance(person, Member):
            assert response.status_code == 403, (name, response)
        else:
            sign_in = f"/en/account/login/?next={address}"
            assert response["Location"] == sign_in, response["Location"]
    return let_in


def offered(people: People, address: str, link: str) -> set[str]:
    """Who finds a link to somewhere on a page."""
    return {
        name
        for name, person in people.items()
        if page(browser(person).get(address)).select(f'main a[href="{link}"]')
    }


def queries_of(ask: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as asked:
        ask()
    return len(asked)
