"""Signing in as a person of the demo, and the mail that would have been sent. Only while DEMO is on."""

import email
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import translate_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import override

from members.access import WRITE, VisitorRequest, permit
from members.adapters import remember_language
from members.models import Member
from members.permissions import anyone
from members.queries import interface_language_of
from pages.demo.people import OTHERS, STORY, person
from pages.demo.tour import counted, desk, open_vote, split

SHOWN = 100


@permit(anyone, methods=WRITE)
def people(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        chosen = person(request.POST.get("email", ""))
        if chosen is None:
            raise Http404
        member = get_object_or_404(Member, email=chosen.email)
        return _enter(request, member, request.POST.get("next", ""))
    return render(request, "pages/demo/people.html", {"story": STORY, "others": OTHERS})


def _enter(request: HttpRequest, member: Member, wanted: str) -> HttpResponse:
    """Sign in and go where the button said, in the member's language; else home."""
    login(request, member, backend="django.contrib.auth.backends.ModelBackend")
    language = interface_language_of(member) or settings.LANGUAGE_CODE
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        response = redirect(translate_url(wanted, language))
    else:
        with override(language):
            response = redirect("pages:home")
    remember_language(response, language)
    return response


@permit(anyone)
def tour(request: VisitorRequest) -> HttpResponse:
    """Seven stops through the demo, every figure computed."""
    now = timezone.now()
    shown = {
        "split": split(),
        "vote": open_vote(now, settings.KEYS_DIR),
        "counted": counted(now, request.reading_chain),
        "desk": desk(now),
    }
    return render(request, "pages/demo/tour.html", shown)


class Mail(NamedTuple):
    """One mail as it would have left."""

    to: str
    subject: str
    language: str
    body: str


@permit(anyone)
def mail(request: HttpRequest) -> HttpResponse:
    """The newest mails first."""
    return render(request, "pages/demo/mail.html", {"mails": read_mails(Path(settings.MAIL_DIR))})


def read_mails(folder: Path) -> list[Mail]:
    """Django's file backend writes one file a connection; each may hold several mails."""
    if not folder.is_dir():
        return []
    newest = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    found = []
    for path in newest[:SHOWN]:
        for text in reversed(path.read_bytes().split(b"-" * 79 + b"\n")):
            if text.strip():
                found.append(_parsed(email.message_from_bytes(text, policy=default)))
    return found[:SHOWN]


def _parsed(message: EmailMessage) -> Mail:
    body = message.get_body(("plain",))
    return Mail(
        to=str(message["To"]),
        subject=str(message["Subject"]),
        language=str(message["Content-Language"] or ""),
        body=body.get_content() if body else "",
    )
