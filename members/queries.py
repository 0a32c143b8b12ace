"""Reading members: the languages they want things in."""

from collections.abc import Sequence

from django.contrib.auth.models import AnonymousUser

from members.languages import INTERFACE_LANGUAGES, chain
from members.models import Member


def interface_language_of(member: Member | AnonymousUser | None) -> str:
    """The language of buttons and menus a member chose; empty where nobody chose one."""
    chosen = getattr(member, "interface_language", "")
    return chosen if chosen in INTERFACE_LANGUAGES else ""


def closest_interface_language(preferred: list[str]) -> str:
    """The first offered language on the reader's chain (Greenlandic reads Danish); empty if none."""
    return next((code for code in chain(preferred) if code in INTERFACE_LANGUAGES), "")


def reading_chain(
    visitor: Member | AnonymousUser, listed: Sequence[str], interface: str
) -> tuple[str, ...]:
    """The languages to show written text in, best first.

    A member's own list, else what the visitor's browser or cookie lists; then the language of the
    page. English is in it only where the reader lists it or reads the page in it.
    """
    own = visitor.reads if isinstance(visitor, Member) and visitor.reads else listed
    return chain([*own, interface])
