"""How finished the interface is in each language, counted from the catalogues themselves."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from members.languages import INTERFACE_LANGUAGES

DRAFT = "draft"  # the translator comment of a string no speaker has checked yet
SOURCE = "en"


@dataclass(frozen=True, slots=True)
class CatalogueState:
    """Strings in all, and how many of them are translated and reviewed by a speaker."""

    language: str
    total: int
    translated: int
    reviewed: int

    @property
    def is_draft(self) -> bool:
        return self.reviewed < self.total


def read_state(language: str, path: Path) -> CatalogueState:
    """Count one ``.po`` file."""
    with path.open("rb") as stream:
        catalogue = read_po(stream, locale=language.replace("-", "_"))
    messages = [message for message in catalogue if message.id]
    translated = [
        m for m in messages if all(m.string if isinstance(m.string, tuple) else [m.string])
    ]
    reviewed = [message for message in translated if DRAFT not in message.user_comments]
    return CatalogueState(language, len(messages), len(translated), len(reviewed))


@cache
def catalogue_states(folder: Path) -> dict[str, CatalogueState]:
    """The state of every offered language, read once a process; the source language is its own."""
    states = {
        code: read_state(code, folder / code.replace("-", "_") / "LC_MESSAGES" / "django.po")
        for code in INTERFACE_LANGUAGES
        if code != SOURCE
    }
    total = max((state.total for state in states.values()), default=0)
    return {SOURCE: CatalogueState(SOURCE, total, total, total), **states}
