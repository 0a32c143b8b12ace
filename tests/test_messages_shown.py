"""What people are shown: every page, every form with errors, every mail, all in their language.

Two ways to see English that slipped through. In the pseudo-locale every text of ours is in brackets,
so bare English stands out. In a real language a probe beside gettext notes what it was asked for
and did not have: that finds the texts of Django and allauth which they lack.
"""

import re
import time
from collections import deque

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.core.management import call_command
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone, translation
from django.utils.translation import trans_real
from django.utils.translation.trans_real import DjangoTranslation

from audit.models import OPERATOR
from hubs.models import Body, SeatFunction
from hubs.queries import currency_choices
from jobs.models import Job, JobState
from members.countries import country_choices
from members.languages import INTERFACE_LANGUAGES, PSEUDO_LANGUAGE, autonym, known_languages
from members.models import Message
from members.tasks import deliver
from tests.factories import make_hub, make_member, make_round, make_term, pb_file
from voting.actions import import_election
from voting.tasks import count_election

TRANSLATED = [code for code in INTERFACE_LANGUAGES if code != "en"]
SEATS = (SeatFunction.CHAIR, SeatFunction.FACILITATOR, SeatFunction.RETURNING_OFFICER)
SPOKEN = ("alt", "title", "placeholder", "aria-label", "aria-description", "label")
NONSENSE = ("12345", "zoe@example.org", "password")  # tried on the forms of accounts
DATA = ("script", "style", "code", "bdi", "time")  # what is in them is no text of ours
NAMES = {"Commonpurse", "API", "XCG", "ZWG"}  # CLDR has no Arabic name of these currencies
MADE = {
    "Well",
    "School",
    "Library",
    "Principles",
}  # data that the makers of tests have no accent on
WITHOUT_GETTEXT = {"Name"}  # allauth's form of a passkey
ASCII_WORD = re.compile(r"(?<!\w)[A-Za-z]{2,}(?!\w)")
ARABIC_OR_ADDRESS = re.compile(r"[\u0600-\u06ff]|@")
GAP = re.compile(r"%\(\w+\)[sd]|%[sd]")
MAILS = (
    "emails/hubs/term_ended",
    "emails/hubs/term_given",
    "account/email/account_already_exists",
    "account/email/email_confirmation",
    "account/email/email_confirmation_signup",
    "account/email/password_reset_key",
    "account/email/unknown_account",
)
UNLINKED = (
    "nowhere/",
    "account/confirm-email/",
    "account/confirm-email/unknown/",
    "account/inactive/",
    "account/logout/",
    "account/password/reset/done/",
    "account/password/reset/key/1-unknown/",
    "account/password/reset/key/done/",
    "account/reauthenticate/",
    "account/3rdparty/login/cancelled/",
    "account/3rdparty/login/error/",
    "account/2fa/totp/activate/",
    "account/2fa/webauthn/",
    "account/2fa/webauthn/add/",
)


class Probe:
    """Notes what each language was asked for and did not have."""

    def __init__(self, monkeypatch):
        self.missing: set[tuple[str, str]] = set()
        gettext, ngettext = DjangoTranslation.gettext, DjangoTranslation.ngettext

        def one(catalogue, text):
            known, shown = catalogue._catalog, gettext(catalogue, text)
            unknown = text not in known and (text, catalogue.plural(1)) not in known
            # Django's REST framework has a catalogue of English, which says what is asked.
            if text and (unknown or (catalogue.language() == PSEUDO_LANGUAGE and shown == text)):
                self.missing.add((catalogue.language(), text.rpartition("\x04")[2]))
            return shown

        def several(catalogue, singular, plural, n):
            try:
                catalogue._catalog.plural(singular, n)
            except KeyError:
                texts = (singular.rpartition("\x04")[2], plural)
                self.missing |= {(catalogue.language(), text) for text in texts}
            return ngettext(catalogue, singular, plural, n)

        monkeypatch.setattr(DjangoTranslation, "gettext", one, raising=False)
        monkeypatch.setattr(DjangoTranslation, "ngettext", several)

    def shown_of(self, code):
        """A pattern for each text that a language lacks."""
        for language, text in self.missing:
            parts = [re.escape(" ".join(part.split())) for part in GAP.split(text)]
            if language == code and any(map(ASCII_WORD.search, parts)):
                yield text, re.compile(rf"(?<!\w){'.*?'.join(parts)}(?!\w)")


@pytest.fixture
def probe(monkeypatch):
    return Probe(monkeypatch)


@pytest.fixture(scope="session")
def pseudo_locale():
    """The catalogue of the pseudo-locale, made of the texts as they are now."""
    call_command("messages", compile=True, pseudo=True)
    trans_real._translations.pop(PSEUDO_LANGUAGE, None)  # type: ignore[attr-defined]  # private
    trans_real.reset_cache(setting="LANGUAGES")


@pytest.fixture
def everyone(db):
    """A visitor, a member, and a member on every kind of seat, where all data has an accent.

    The hub has elections in each state: counted, waiting, failed.
    """
    hub = make_hub("west", countries="DK FR", name_en="Wést", about_en="Abóut")
    round_ = make_round(hub, title_en="Röund")
    busy = make_member("Zoé", email="zoe@example.org", home_country="DK", reads=["en"])
    for function in SEATS:
        make_term(busy, hub, function)
    make_term(busy, None, SeatFunction.SECRETARY)
    Body.objects.update(name_en="Bödy")
    for state in (JobState.DONE, JobState.QUEUED, JobState.FAILED):
        _election, job = import_election(
            round=round_,
            file=pb_file(description="Eléction", project="é"),
            ranking_points="from-one",
            importer=OPERATOR,
            now=timezone.now(),
        )
        if state == JobState.DONE:
            count_election(str(job.pk))
        if state == JobState.FAILED:
            ended = {"finished_at": timezone.now(), "error_code": "MANIFEST_MISMATCH"}
            Job.objects.filter(pk=job.pk).update(state=state, **ended)
    return [
        signed_in(None),
        signed_in(make_member("Ána", email="ana@example.org")),
        signed_in(busy),
    ]


def signed_in(member):
    """A browser, signed in with a password a moment ago."""
    client = Client(REMOTE_ADDR="10.0.0.1")  # whom the limits of tries stop, and no other test
    if member is not None:
        client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        proof = {"method": "password", "at": time.time(), "reauthenticated": True}
        session["account_authentication_methods"] = [proof]
        session["account_authentication_methods_user"] = str(member.pk)
        session.save()
    return client


def crawl(client, code, *more):
    """Every page the client can reach by links in a language: (address, what it shows).

    Each form is also sent empty, for its errors.
    """
    seen, waiting = set(), deque(f"/{code}/{path}" for path in ("", *more))
    while waiting:
        address = waiting.popleft()
        if address in seen:
            continue
        seen.add(address)
        answer = client.get(address, follow=True)
        if address.removeprefix(f"/{code}/") not in UNLINKED:
            assert answer.status_code == 200, address
        if not answer["Content-Type"].startswith("text/html"):
            continue  # a file to take along
        soup = BeautifulSoup(answer.content, "html.parser")
        links = (str(link["href"]).partition("#")[0] for link in soup.find_all("a", href=True))
        waiting += [link for link in links if link.startswith(f"/{code}/")]
        forms = soup.find_all("form", method="post")
        yield address, soup
        for form in forms:
            target = f"{form.get('action') or answer.request['PATH_INFO']} sent"
            fields = form.select("input[name]:not([type=hidden]), select, textarea, button[name]")
            if fields and target not in seen:
                seen.add(target)
                for typed in ("", *(NONSENSE if "/account/" in target else ())):
                    told = {str(field["name"]): typed for field in fields if typed}
                    sent = client.post(target.removesuffix(" sent"), told, follow=True)
                    yield target, BeautifulSoup(sent.content, "html.parser")


def texts_of(soup):
    """The texts a person sees or hears, without data and texts in other languages."""
    spoken = {element[name] for element in soup.find_all() for name in SPOKEN if element.get(name)}
    for silent in soup.select(f"{','.join(DATA)}, body [lang]"):
        silent.decompose()
    return spoken | {" ".join(text.split()) for text in soup.stripped_strings}


def outside_brackets(text):
    """What the pseudo-locale did not put into brackets, which may hold brackets themselves."""
    while (shorter := re.sub(r"⟦[^⟦⟧]*⟧", " ", text)) != text:
        text = shorter
    return text


@pytest.fixture
def names(db):
    """Names that are no text of ours: of countries, currencies, languages and data, and our own."""
    with translation.override("en"):
        countries = {name for _code, name in country_choices()}
        countries |= {name for _code, name in currency_choices()}
    languages = {autonym(code) for code in (*known_languages(), PSEUDO_LANGUAGE)}
    return countries | languages | NAMES | MADE | WITHOUT_GETTEXT


def english_in(text, names):
    """The parts of a text that are plain English and no names."""
    parts = re.split(r", | – ", outside_brackets(text))
    return [part for part in parts if ASCII_WORD.search(part) and part.strip() not in names]


def test_no_text_of_ours_is_plain_english(everyone, pseudo_locale, probe, names):
    found: dict[str, str] = {}
    pages = 0
    for client in everyone:
        for address, soup in crawl(client, PSEUDO_LANGUAGE, "nowhere/"):
            if "/account/" in address:
                continue  # allauth's; below
            pages += 1
            assert soup.html["lang"] == PSEUDO_LANGUAGE, address
            upstream = [seen for _text, seen in probe.shown_of(PSEUDO_LANGUAGE)]
            for word in {word for text in texts_of(soup) for word in english_in(text, names)}:
                if not any(seen.fullmatch(word.strip()) for seen in upstream):
                    found[word] = address
    assert found == {}
    assert pages > 60


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_page_falls_back_to_english(everyone, probe, names, code):
    found: dict[str, str] = {}
    pages = 0
    visitor, _member, busy = everyone
    for client in (visitor, busy):
        for address, soup in crawl(client, code, *UNLINKED):
            pages += 1
            texts = texts_of(soup)
            shown = " \n ".join(texts)
            found |= {text: address for text, seen in probe.shown_of(code) if seen.search(shown)}
            if code == "ar":  # what a library wrote in English without asking gettext
                bare = [text for text in texts if not ARABIC_OR_ADDRESS.search(text)]
                found |= {word: address for text in bare for word in english_in(text, names)}
    assert found == {}
    assert pages > 80


@pytest.mark.parametrize("code", [*TRANSLATED, PSEUDO_LANGUAGE])
@pytest.mark.parametrize("page", ["403.html", "403_csrf.html", "404.html", "429.html", "500.html"])
def test_a_page_of_an_error_is_translated(rf, probe, pseudo_locale, code, page):
    with translation.override(code):
        render_to_string(page, {}, rf.get("/"))
    assert {text for language, text in probe.missing if language == code} == set()


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_mail_is_translated(db, probe, code):
    reader = make_member("Ána", email="ana@example.org", interface_language=code)
    for template in MAILS:
        told = {"function": SeatFunction.CHAIR, "activate_url": "https://example.org/activate/"}
        deliver(Message(template=template, recipient=reader, address=reader.email, context=told))
    assert {sent.extra_headers["Content-Language"] for sent in mail.outbox} == {code}
    assert len(mail.outbox) == len(MAILS)
    assert {text for language, text in probe.missing if language == code} == set()
