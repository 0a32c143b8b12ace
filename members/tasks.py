"""Sending what waits in the outbox."""

import logging

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation

from members import actions
from members.models import Message
from members.queries import interface_language_of

logger = logging.getLogger(__name__)
AT_MOST = 500  # messages a run, so that one run never outlives its worker's patience


@shared_task(name="members.send_messages")
def send_messages() -> None:
    """Send every message that is due."""
    for _number in range(AT_MOST):
        if not actions.send_next_message(send=deliver, now=timezone.now()):
            return


def deliver(message: Message) -> None:
    """Render one message in its recipient's language and hand it to the mail server."""
    language = (
        interface_language_of(message.recipient) or message.language or settings.LANGUAGE_CODE
    )
    with translation.override(language):
        context = {
            **message.context,
            "recipient": message.recipient,
            "site_url": settings.SITE_URL,
            # allauth's own templates ask for these two
            "user": message.recipient,
            "current_site": {"name": "Commonpurse", "domain": settings.SITE_URL},
        }
        subject = render_to_string(f"{message.template}_subject.txt", context)
        body = render_to_string(f"{message.template}_message.txt", context)
    EmailMessage(
        subject=" ".join(subject.split()),
        body=body.strip() + "\n",
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[message.address],
        headers={"Content-Language": language},
    ).send()
