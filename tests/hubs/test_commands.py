"""The first act of a movement, on the command line of its operator."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit.models import TrailEntry
from hubs.models import Term
from tests.factories import make_member


def found(email: str) -> str:
    said = StringIO()
    call_command("found_movement", secretary=email, stdout=said)
    return said.getvalue()


def test_a_member_becomes_secretary_for_a_year(ada):
    said = found("ADA@example.org")
    term = Term.objects.get()
    assert (term.member, term.seat.function, term.seat.body.hub) == (ada, "SECRETARY", None)
    assert term.ends_at - term.starts_at == timedelta(days=365)
    assert Term.objects.active(timezone.now()).contains(term)
    assert TrailEntry.objects.get().role == "OPERATOR"
    assert said == f"Ada is the secretary of seats until {term.ends_at:%Y-%m-%d}.\n"


def test_the_seat_cannot_be_taken_over(ada):
    found("ada@example.org")
    make_member("Eve")
    with pytest.raises(CommandError, match="The secretary's seat is held"):
        found("eve@example.org")
    assert Term.objects.get().member == ada


def test_someone_who_has_not_signed_up_is_nobody(db):
    with pytest.raises(CommandError, match="Nobody has signed up with this address yet"):
        found("nobody@example.org")
    assert not Term.objects.exists()
