"""The catalogues: found whole, kept in step with the code, translated whole, marked as what they are."""

import gettext
import io
import re
from pathlib import Path

import django
import pytest
from babel.messages.pofile import read_po
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils.translation import to_locale

from config.management.commands import messages
from config.preflight import ROOT
from members.catalogues import DRAFT, CatalogueState, catalogue_states, read_state
from members.languages import INTERFACE_LANGUAGES

TRANSLATED = [code for code in INTERFACE_LANGUAGES if code != "en"]
SOME_NUMBERS = [*range(201), 999, 1000, 10**6, 10**6 + 1, 2 * 10**6]
# Words that a language shares with English.
SAME_AS_ENGLISH = {
    "es": {"General", "Local", "No", "Phragmén", "Regional", "Total: %(kind)s", "error", "total"},
    "fr": {
        "Audit", "Budget", "Cycle", "Cycles", "Local", "Messages", "Original", "Phase", "Phragmén", "Points",
        "Question", "Source", "Version", "Version %(number)s", "budget", "code", "cycle", "cycles",
        "dimension", "message", "messages", "position", "question", "source", "total", "version",
    },
    "ar": set(),
    "da": {
        "Budget", "Data", "Facilitator", "Global", "Global hub", "Hub", "Hubs", "Median", "Mentor",
        "Moderator", "Panel", "Parameter", "Phragmén", "Regional", "Regional hub", "Send", "Status", "Version",
        "Version %(number)s", "budget", "dimension", "hub", "hubs", "job", "pseudonym", "status",
        "version",
    },
}  # fmt: skip

PYTHON = """
from django.utils.translation import gettext as _, ngettext, npgettext, pgettext_lazy

SAVED = _("Saved.")
LEVEL = pgettext_lazy("of a round", "Level")


def votes(n):
    # Translators: n is the number of ballots.
    return ngettext("%(n)s vote", "%(n)s votes", n) % {"n": n}


def rounds(n):
    return npgettext("run of the process", "%(n)s round", "%(n)s rounds", n)
"""
PAGE = """
{% load i18n %}
<a title="{% translate 'Where you are' %}">{% translate "Open" context "of a round" %}</a>
{% blocktranslate trimmed with name=user %}
  Hello {{ name }}
{% endblocktranslate %}
{% blocktranslate trimmed count counter=n %}one{% plural %}{{ counter }} of them{% endblocktranslate %}
"""
MAIL = "{% translate 'A seat was given to you' %}\n"


@pytest.fixture
def project(tmp_path, settings):
    """A small project with one message of each kind and empty catalogues."""
    settings.BASE_DIR = tmp_path
    for path, text in (
        ("hubs/views.py", PYTHON),
        ("templates/hubs/list.html", PAGE),
        ("templates/emails/given_subject.txt", MAIL),
    ):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def catalogue_of(folder, code):
    return messages.read_catalogue(messages.catalogue_path(folder / "locale", code), code)


def translate_all(project):
    """Give every message of the project a translation that keeps its gaps."""
    call_command("messages", stdout=io.StringIO())
    for code in TRANSLATED:
        catalogue = catalogue_of(project, code)
        for message in catalogue:
            if message.id:
                last = messages.forms_of(message.id)[-1]
                forms = (last,) * catalogue.num_plurals
                message.string = forms if message.pluralizable else last
        path = messages.catalogue_path(project / "locale", code)
        path.write_bytes(messages.as_po(catalogue))


def check():
    call_command("messages", check=True, stdout=io.StringIO())


def entries(code):
    """(source, translation) of every form in a catalogue of the project."""
    for message in catalogue_of(ROOT, code):
        if message.id:
            source = messages.forms_of(message.id)
            for number, form in enumerate(messages.forms_of(message.string)):
                yield source[min(number, len(source) - 1)], form


def words(text):
    """What is left of a message without its gaps, tags and addresses; empty where no letter is."""
    bare = re.sub(r"%\([a-z_]+\)[sd]|%[sd%]|<[^>]+>|https?://\S+", " ", text)
    return bare if re.search(r"[^\W\d_]", bare) else ""


def test_messages_are_found_in_python_pages_and_mail(project):
    found = {(message.id, message.context) for message in messages.extracted(project) if message.id}
    assert found == {
        ("Saved.", None),
        ("Level", "of a round"),
        (("%(n)s vote", "%(n)s votes"), None),
        (("%(n)s round", "%(n)s rounds"), "run of the process"),
        ("Where you are", None),
        ("Open", "of a round"),
        ("Hello %(name)s", None),
        (("one", "%(counter)s of them"), None),
        ("A seat was given to you", None),
    }


def test_a_message_says_where_it_is_and_what_its_translators_should_know(project):
    (found,) = [m for m in messages.extracted(project) if "%(n)s vote" in m.id]
    assert found.locations == [("hubs/views.py", 0)]
    assert found.auto_comments == ["Translators: n is the number of ballots."]


def test_a_new_message_is_a_draft_until_somebody_takes_the_mark_away(project):
    translate_all(project)
    path = messages.catalogue_path(project / "locale", "da")
    drafted = read_state("da", path)
    path.write_text(path.read_text().replace(f"# {DRAFT}\n", "", 2))
    assert drafted == CatalogueState("da", total=9, translated=9, reviewed=0)
    assert read_state("da", path) == CatalogueState("da", total=9, translated=9, reviewed=2)


def test_a_reviewed_translation_outlives_an_update(project):
    translate_all(project)
    path = messages.catalogue_path(project / "locale", "da")
    reviewed = path.read_text().replace(f"# {DRAFT}\n", "", 1)
    path.write_text(reviewed)
    call_command("messages", stdout=io.StringIO())
    assert path.read_text() == reviewed


def test_a_text_that_django_lacks_in_a_language_is_in_that_catalogue_only(project, monkeypatch):
    monkeypatch.setattr(messages, "SUPPLEMENT", {"da": (("%d page", "%d pages"), "Never")})
    call_command("messages", stdout=io.StringIO())
    found = {code: {m.id for m in catalogue_of(project, code) if m.id} for code in TRANSLATED}
    assert found["da"] - found["fr"] == {("%d page", "%d pages"), "Never"}
    assert found["fr"] == found["es"] == found["ar"]


def test_what_is_translated_and_in_step_passes_the_check(project):
    translate_all(project)
    check()


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('msgstr "Saved."', 'msgstr ""', "da: not translated: 'Saved.'"),
        ('msgstr[1] "%(n)s votes"', 'msgstr[1] ""', "da: not translated: '%(n)s vote'"),
        ('msgstr "Hello %(name)s"', 'msgstr "Hej"', "da: the gaps differ: 'Hello %(name)s'"),
        ('msgstr "Hello %(name)s"', 'msgstr "%(navn)s"', "da: the gaps differ: 'Hello %(name)s'"),
        ("#: hubs/views.py", "#: hubs/urls.py", "da: not up to date with the code"),
        ("nplurals=2", "nplurals=3", "da: not up to date with the code"),
    ],
)
def test_a_spoilt_catalogue_fails_the_check(project, before, after, sentence):
    translate_all(project)
    path = messages.catalogue_path(project / "locale", "da")
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after, 1))
    with pytest.raises(CommandError, match=re.escape(sentence)):
        check()


def test_a_message_that_was_added_or_taken_away_fails_the_check(project):
    translate_all(project)
    mail = project / "templates" / "emails" / "given_subject.txt"
    for text in ("{% translate 'Another' %}\n", ""):
        mail.write_text(text)
        with pytest.raises(CommandError, match="da: not up to date with the code"):
            check()


def test_a_language_without_a_catalogue_fails_the_check(project):
    translate_all(project)
    messages.catalogue_path(project / "locale", "da").unlink()
    with pytest.raises(CommandError, match="da: not up to date with the code"):
        check()


def test_the_catalogues_of_the_project_are_in_step_and_whole():
    check()


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_language_counts_as_django_counts_in_it(code):
    path = f"{django.__path__[0]}/conf/locale/{to_locale(code)}/LC_MESSAGES/django.po"
    header = Path(path).read_text().partition("#: ")[0].replace('"\n"', "")
    (rule_of_theirs,) = re.findall(r"plural=(.*?);", header)
    theirs = gettext.c2py(rule_of_theirs)
    forms, rule = messages.PLURALS[code]
    ours = gettext.c2py(rule)
    assert [ours(n) for n in SOME_NUMBERS] == [theirs(n) for n in SOME_NUMBERS]
    assert {ours(n) for n in SOME_NUMBERS} == set(range(forms))


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_catalogue_says_how_its_language_counts(code):
    forms, rule = messages.PLURALS[code]
    text = messages.catalogue_path(ROOT / "locale", code).read_text()
    assert f'"Plural-Forms: nplurals={forms}; plural={rule};\\n"' in text


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_translation_is_the_english_text(code):
    same = {source for source, form in entries(code) if form == source and words(source)}
    assert same == SAME_AS_ENGLISH[code]


def test_arabic_is_written_in_arabic_letters():
    latin = {
        form
        for source, form in entries("ar")
        if words(source)
        and len(re.findall(r"[\u0600-\u06ff]", form)) <= len(re.findall(r"[A-Za-z]", words(form)))
    }
    assert latin == set()


@pytest.mark.parametrize("code", ["es", "fr", "da"])
def test_languages_of_europe_are_written_in_latin_letters(code):
    other = {
        form for _source, form in entries(code) if re.search(r"[^\W\d_a-zA-Z\u00aa-\u024f]", form)
    }
    assert other == set()


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_string_is_a_marked_draft_or_reviewed(code):
    remarks = {tuple(m.user_comments) for m in catalogue_of(ROOT, code) if m.id}
    assert remarks <= {(), (DRAFT,)}


def test_the_state_of_a_language_is_counted_from_its_catalogue():
    states = catalogue_states(ROOT / "locale")
    for code in TRANSLATED:
        with messages.catalogue_path(ROOT / "locale", code).open("rb") as stream:
            drafts = [m for m in read_po(stream) if m.id and DRAFT in m.user_comments]
        assert states[code].total - states[code].reviewed == len(drafts)
        assert states[code].is_draft == bool(drafts)
    assert not states["en"].is_draft


def test_the_pseudo_locale_keeps_gaps_and_grows_by_two_fifths():
    shown = messages.pseudo("Hello <b>%(name)s</b>, see https://example.org now")
    assert shown.startswith("⟦Hélló <b>%(name)s</b>, šéé https://example.org ñów·")
    assert shown.count("·") == 20
