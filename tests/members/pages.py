"""What a person does with account pages: read a field, open the link of a mail, sign in."""

import re
from html import unescape

from django.core import mail
from django.test import Client

from members.tasks import send_messages
from tests.factories import PASSWORD


def typed(response, name: str) -> str | None:
    """What stands in a text field of the page; None where it is empty."""
    page = response.content.decode()
    (tag,) = re.findall(rf'<input[^>]*\bname="{name}"[^>]*>', page)
    value = re.search(r'\bvalue="([^"]*)"', tag)
    return unescape(value[1]) if value else None


def chosen(response, name: str) -> str:
    """What is chosen in a list or among radio buttons of the page; empty where nothing is."""
    page = response.content.decode()
    radios = re.findall(rf'<input type="radio"[^>]*\bname="{name}"[^>]*>', page)
    lists = re.findall(rf'<select[^>]*\bname="{name}".*?</select>', page, re.DOTALL)
    options = radios or re.findall(r"<option[^>]*>", lists[0])
    (found,) = [tag for tag in options if re.search(r"\b(checked|selected)\b", tag)] or [""]
    value = re.search(r'\bvalue="([^"]*)"', found)
    return value[1] if value else ""


def post_arrives() -> list[mail.EmailMessage]:
    """Deliver what waits in the outbox, and return it."""
    mail.outbox.clear()
    send_messages()
    return list(mail.outbox)


def link_in(message: mail.EmailMessage) -> str:
    """The address a mail asks to open, without the site's."""
    (link,) = re.findall(r"https?://[^/\s]+(/\S+)", str(message.body))
    return str(link)


def sign_in(client: Client, address: str = "ada@example.org", password: str = PASSWORD, **more):
    data = {"login": address, "password": password, **more}
    return client.post("/en/account/login/", data)


def signed_in_as(client: Client) -> str | None:
    """The id of the member the session belongs to."""
    return client.session.get("_auth_user_id")
