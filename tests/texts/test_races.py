"""The author saves while the text is being frozen: the words that were frozen are the words that stay."""

import pytest
from django.db.models import QuerySet

from tests.factories import NOON, make_member
from tests.hubs.races import meanwhile
from tests.texts.makers import make_text, translate
from texts.actions import edit_text, freeze_text
from texts.models import SourceText, TextRendering
from texts.queries import written

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def without_locks(monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows)


def edit(text, title="Ny"):
    edit_text(text=text, language="da", title=title, summary="", body="", now=NOON)


def edited_while_freezing():
    text = make_text("da")
    ended = meanwhile(lambda: freeze_text(text=text, now=NOON), lambda: edit(text))
    return ended, TextRendering.objects.get().title


def test_an_author_who_comes_second_is_told_that_the_text_is_frozen():
    assert edited_while_freezing() == (["TextFrozen"], "Brønd")


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_the_author_runs_into_the_trigger():
    ended, title = edited_while_freezing()
    assert ended in (["InternalError"], ["ProgrammingError"], ["DatabaseError"])
    assert title == "Brønd"


def two_edits():
    text = make_text("da")
    ended = meanwhile(lambda: edit(text, "En"), lambda: edit(text, "To"))
    return ended, SourceText.objects.get().revision


def test_two_edits_are_two_revisions():
    assert two_edits() == (["done"], 3)


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_two_edits_are_one_revision():
    assert two_edits() == (["done"], 2)


def translated_during_an_edit():
    text, ada = make_text("da"), make_member("Ada")
    assert meanwhile(lambda: edit(text), lambda: translate(text, "en", ada)) == ["done"]
    return written(SourceText.objects.get(), ("en",))


def test_a_translation_that_waited_for_an_edit_knows_which_revision_it_found():
    assert not translated_during_an_edit().is_outdated


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_the_translation_is_marked_with_the_revision_before():
    assert translated_during_an_edit().is_outdated
