"""The outbox: written with the act, sent later, once, in the reader's language; never lost."""

import socket
from datetime import timedelta
from email import message_from_bytes, policy
from functools import partial
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.core import mail
from django.db import transaction

from members import tasks
from members.actions import LONGEST_DELAY, send_next_message, write_message
from members.models import Message
from members.tasks import deliver, send_messages
from tests.audit.crowd import ROW_LOCK, Crowd, without
from tests.factories import NOON, make_member

SUBJECT = "A seat was given to you"
GIVEN = "emails/hubs/term_given"


def write(**fields: Any) -> Message:
    told: dict[str, Any] = {"template": GIVEN, "context": {"function": "CHAIR"}, "now": NOON}
    return write_message(**(told | fields))


def send(now=NOON) -> bool:
    return send_next_message(send=deliver, now=now)


def languages_sent() -> list[str]:
    return [sent.extra_headers["Content-Language"] for sent in mail.outbox]


def test_a_message_falls_with_its_act_and_stands_with_it(ada):
    with transaction.atomic():
        write(recipient=ada)
        transaction.set_rollback(True)
    assert send() is False
    with transaction.atomic():
        write(recipient=ada)
    assert mail.outbox == []
    assert send() is True
    assert [sent.to for sent in mail.outbox] == [["ada@example.org"]]


@pytest.fixture
def catalogues(settings, tmp_path) -> None:
    """Catalogues that hold one message, whatever the real ones hold."""
    for code, text in {"da": "Du har fået en plads", "ar": "لقد أُعطيت مقعدًا"}.items():
        catalogue = Catalog(locale=code)
        catalogue.add(SUBJECT, text)
        folder = tmp_path / code / "LC_MESSAGES"
        folder.mkdir(parents=True)
        with (folder / "django.mo").open("wb") as stream:
            write_mo(stream, catalogue)
    settings.LOCALE_PATHS = [tmp_path]


def test_everyone_is_written_to_in_their_own_language(db, catalogues):
    for name, language in {"Eve": "en", "Dan": "da", "Amr": "ar"}.items():
        write(recipient=make_member(name, interface_language=language))
    send_messages()
    assert languages_sent() == ["en", "da", "ar"]
    assert [sent.subject for sent in mail.outbox] == [
        SUBJECT,
        "Du har fået en plads",
        "لقد أُعطيت مقعدًا",
    ]


def test_the_language_is_the_recipients_when_the_message_is_sent(ada):
    ada.interface_language = "da"
    ada.save()
    write(recipient=ada)
    ada.interface_language = "ar"
    ada.save()
    send()
    assert languages_sent() == ["ar"]


@pytest.mark.parametrize(
    ("own", "asked", "expected"),
    [("da", "ar", "da"), ("", "ar", "ar"), ("", "", "en"), ("sw", "ar", "ar")],
)
def test_without_a_choice_of_their_own_the_language_of_the_page_counts(db, own, asked, expected):
    write(recipient=make_member(interface_language=own), language=asked)
    send()
    assert languages_sent() == [expected]


def test_what_the_message_was_made_of_is_forgotten_once_it_is_sent(ada):
    message = write(recipient=ada)
    send(NOON)
    kept = Message.objects.values("context", "sent_at", "attempts", "last_error").get(pk=message.pk)
    assert kept == {"context": {}, "sent_at": NOON, "attempts": 1, "last_error": ""}
    assert send(NOON) is False


@pytest.fixture
def mail_server_is_down(settings):
    with socket.socket() as closed:  # bound, so that nobody else is there; not listening
        closed.bind(("127.0.0.1", 0))
        up = settings.EMAIL_BACKEND
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = closed.getsockname()
        yield lambda: setattr(settings, "EMAIL_BACKEND", up)


def test_a_mail_server_that_is_down_delays_and_loses_nothing(ada, mail_server_is_down):
    message = write(recipient=ada)
    now, delays = NOON, []
    for attempt in range(1, 13):
        assert send(now) is True
        assert send(now) is False
        message.refresh_from_db()
        assert (message.attempts, message.sent_at) == (attempt, None)
        assert message.last_error.endswith("Connection refused")
        delays.append((message.next_attempt_at - now).total_seconds())
        now = message.next_attempt_at
    hours = 6 * 3600
    assert delays == [30, 60, 120, 240, 480, 960, 1920, 3840, 7680, 15360, hours, hours]
    mail_server_is_down()
    assert send(now) is True
    message.refresh_from_db()
    assert (message.sent_at, message.last_error, message.context) == (now, "", {})
    assert len(mail.outbox) == 1


def test_a_message_that_failed_for_months_is_still_only_put_off(ada, mail_server_is_down):
    message = write(recipient=ada)
    Message.objects.update(attempts=1000)
    assert send() is True
    message.refresh_from_db()
    assert message.next_attempt_at == NOON + LONGEST_DELAY


def test_a_message_that_cannot_be_written_does_not_hold_up_the_others(ada):
    broken = write(recipient=ada, template="no/such/template", now=NOON - timedelta(1))
    write(recipient=ada)
    assert [send(), send(), send()] == [True, True, False]
    assert len(mail.outbox) == 1
    broken.refresh_from_db()
    assert (broken.sent_at, broken.last_error) == (None, "no/such/template_subject.txt")


def test_messages_go_out_in_the_order_they_are_due(db):
    for number, name in enumerate(["Cid", "Bea", "Ann"]):
        write(recipient=make_member(name), now=NOON - timedelta(minutes=number))
    while send():
        pass
    assert [sent.to[0] for sent in mail.outbox] == [
        "ann@example.org",
        "bea@example.org",
        "cid@example.org",
    ]


def test_one_run_sends_no_more_than_it_has_patience_for(ada, monkeypatch):
    monkeypatch.setattr(tasks, "AT_MOST", 2)
    for _number in range(3):
        write(recipient=ada)
    send_messages()
    assert len(mail.outbox) == 2
    send_messages()
    assert len(mail.outbox) == 3


def test_a_worker_killed_while_it_sends_leaves_the_message_as_it_was(ada):
    message = write(recipient=ada)
    before = Message.objects.values().get(pk=message.pk)

    def killed(message: Message) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        send_next_message(send=killed, now=NOON)
    assert Message.objects.values().get(pk=message.pk) == before


def send_at_once(deed=send_next_message) -> list[bool]:
    """Two workers, who meet when each has a message in hand."""
    crowd: Crowd
    post = partial(deed, send=lambda message: crowd.meeting_before(deliver)(message), now=NOON)
    crowd = Crowd(post, post)
    return sorted(crowd.run())


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_send_a_message_once(ada):
    write(recipient=ada)
    assert send_at_once() == [False, True]
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_share_the_messages(ada, rui):
    write(recipient=ada)
    write(recipient=rui)
    assert send_at_once() == [True, True]
    assert {sent.to[0] for sent in mail.outbox} == {"ada@example.org", "rui@example.org"}


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_on_its_row_workers_at_once_send_a_message_twice(ada):
    write(recipient=ada)

    def unprotected(**arguments):
        return without(ROW_LOCK, partial(send_next_message, **arguments))()

    assert send_at_once(unprotected) == [True, True]
    assert len(mail.outbox) == 2


@pytest.fixture
def told(settings, tmp_path) -> str:
    """A message whose subject is what somebody typed."""
    (tmp_path / "told_subject.txt").write_text("{% autoescape off %}{{ typed }}{% endautoescape %}")
    (tmp_path / "told_message.txt").write_text("{% autoescape off %}{{ typed }}{% endautoescape %}")
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path]}]
    return "told"


def test_nothing_typed_becomes_a_header(ada, told):
    typed = "Hi\r\nBcc: all@example.org\r\n\r\nGive me your password\x0b\u2028X-Evil: yes"
    write(recipient=ada, template=told, context={"typed": typed})
    send()
    (sent,) = mail.outbox
    headers = message_from_bytes(sent.message().as_bytes(), policy=policy.default)
    assert headers["Subject"] == "Hi Bcc: all@example.org Give me your password X-Evil: yes"
    assert set(headers) == {
        *("Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Subject", "From", "To"),
        *("Date", "Message-ID", "Content-Language"),
    }
    assert sent.recipients() == ["ada@example.org"]


def test_an_address_with_a_header_in_it_is_never_written_to(db):
    write(address="ada@example.org\nBcc: all@example.org")
    assert send() is True
    assert mail.outbox == []
    assert Message.objects.unsent().count() == 1
