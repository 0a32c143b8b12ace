"""What can happen to an account and to the messages that wait."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from audit.actions import record
from members.languages import INTERFACE_LANGUAGES, is_language
from members.models import Member, Message

logger = logging.getLogger(__name__)

FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(hours=6)
MAX_READING_LANGUAGES = 5


class UnknownLanguage(ValueError):
    """Not a language that can be chosen for this purpose."""


@transaction.atomic
def register_member(
    *, member: Member, name: str, home_country: str, interface_language: str, now: datetime
) -> Member:
    """Keep what a new member told at sign-up beside the account that allauth made."""
    member.name, member.home_country = name, home_country
    member.interface_language = interface_language
    member.reads = [interface_language] if interface_language else []
    member.writes = interface_language
    member.joined_at = now
    member.save()
    record(
        actor=member.acting_as("MEMBER"),
        verb="register_member",
        target=member,
        now=now,
    )
    return member


@transaction.atomic
def edit_profile(*, member: Member, name: str, home_country: str, now: datetime) -> Member:
    """Change the name shown and the home country, which gives the home hub."""
    before = member.home_country
    member.name, member.home_country = name, home_country
    member.save(update_fields=["name", "home_country"])
    if before != home_country:
        record(
            actor=member.acting_as("MEMBER"),
            verb="move_home",
            target=member,
            now=now,
        )
    return member


def choose_languages(
    *, member: Member, interface_language: str, reads: Sequence[str], writes: str
) -> Member:
    """Set the three languages: of the interface, of reading (best first) and of writing."""
    if interface_language and interface_language not in INTERFACE_LANGUAGES:
        raise UnknownLanguage(interface_language)
    for code in [*reads, *([writes] if writes else [])]:
        if not is_language(code):
            raise UnknownLanguage(code)
    member.interface_language = interface_language
    member.reads = list(dict.fromkeys(reads))[:MAX_READING_LANGUAGES]
    member.writes = writes
    member.save(update_fields=["interface_language", "reads", "writes"])
    return member


def write_message(
    *,
    template: str,
    context: Mapping[str, str],
    now: datetime,
    recipient: Member | None = None,
    address: str = "",
    language: str = "",
) -> Message:
    """Put a message into the outbox; it is sent in the recipient's language at the time of sending."""
    return Message.objects.create(
        recipient=recipient,
        address=address or (recipient.email if recipient else ""),
        language=language,
        template=template,
        context=dict(context),
        created_at=now,
        next_attempt_at=now,
    )


@transaction.atomic
def send_next_message(*, send: Callable[[Message], None], now: datetime) -> bool:
    """Hand the next due message to ``send``; a failure is put off, longer each time.

    The row stays locked while it is sent, so two workers never send the same one. Returns whether
    there was a message. A worker killed after handing it over sends it again: at least once.
    """
    message = (
        Message.objects.unsent()
        .filter(next_attempt_at__lte=now)
        .select_related("recipient")
        .order_by("next_attempt_at", "pk")
        .select_for_update(skip_locked=True, of=("self",))
        .first()
    )
    if message is None:
        return False
    message.attempts += 1
    try:
        send(message)
    except Exception as error:
        # Whatever is wrong with one message, the others must not wait for it.
        logger.exception("Message %s was not sent; it is tried again later", message.pk)
        message.next_attempt_at = now + min(
            FIRST_DELAY * 2 ** min(message.attempts - 1, 10), LONGEST_DELAY
        )
        message.last_error = str(error)[:300]
    else:
        message.sent_at, message.context, message.last_error = now, {}, ""
    message.save()
    return True
