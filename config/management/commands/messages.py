"""Message catalogues with Babel alone: extract, complete, check and compile. No system gettext."""

import io
import os
import re
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract as babel_extract
from babel.messages.extract import extract_javascript
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

from members.catalogues import DRAFT, SOURCE
from members.languages import INTERFACE_LANGUAGES, PSEUDO_LANGUAGE

KEYWORDS = {
    "gettext": None, "gettext_lazy": None, "gettext_noop": None, "_": None, "_lazy": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
SOURCES = (
    "allocation", "audit", "config", "hubs", "jobs", "members", "oversight", "pages", "principles",
    "proposals", "templates", "texts", "voting",
)  # fmt: skip
# Plural rules as Django writes them: ours must agree with the catalogues of Django itself.
PLURALS = {
    "ar": (6, "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5"),
    "es": (3, "n == 1 ? 0 : n != 0 && n % 1000000 == 0 ? 1 : 2"),
    "fr": (2, "(n > 1)"),
    "da": (2, "(n != 1)"),
}  # fmt: skip
# Texts of Django and allauth that our pages show and that these lack in a language, as they ask for
# them. Our catalogues win over theirs. tests/test_messages_shown.py finds what belongs here.
SUPPLEMENT: dict[str, tuple[str | tuple[str, str], ...]] = {
    "ar": (
        (
            "This password is too short. It must contain at least %d character.",
            "This password is too short. It must contain at least %d characters.",
        ),
    ),
}
UPSTREAM = "upstream"  # where a message of the supplement is said to be
ACCENTS = str.maketrans("aeiouyAEIOUYcnsz", "áéíóúýÁÉÍÓÚÝçñšž")
GAP = re.compile(r"%\([a-z_]+\)[sd]|%[sd%]|</?[a-z]+[^>]*>")
KEPT = re.compile(r"(%\([a-z_]+\)[sd]|%[sd%]|\{[a-z_]*\}|<[^>]+>|&[a-z]+;|https?://\S+)")


def extracted(root: Path) -> Catalog:
    """Every message of the code and the templates, with the files it is in."""
    catalogue = Catalog()
    for path in source_files(root):
        place = str(path.relative_to(root))
        for _line, message, comments, context in messages_in(path):
            catalogue.add(message, locations=[(place, 0)], auto_comments=comments, context=context)
    return catalogue


def source_files(root: Path) -> Iterator[Path]:
    for folder in SOURCES:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".py", ".html", ".txt") and "migrations" not in path.parts:
                yield path


def messages_in(path: Path) -> Iterator[tuple[int, Any, list[str], str | None]]:
    """The messages of one file: (line, message, translators' comments, context).

    Django turns a template into a text with gettext calls in it. Babel's JavaScript reader takes
    that, because unlike its Python reader it does not mind the indentation.
    """
    text = path.read_text(encoding="utf-8")
    method: Any = "python"
    if path.suffix != ".py":
        method, text = extract_javascript, templatize(text, origin=str(path))
    yield from babel_extract(method, io.BytesIO(text.encode()), KEYWORDS, ("Translators:",))


def catalogue_path(folder: Path, code: str) -> Path:
    return folder / to_locale(code) / "LC_MESSAGES" / "django.po"


def read_catalogue(path: Path, code: str) -> Catalog:
    if not path.exists():
        return with_header(Catalog(locale=to_locale(code)), code)
    with path.open("rb") as stream:
        return read_po(stream, locale=to_locale(code))


def with_header(catalogue: Catalog, code: str) -> Catalog:
    forms, rule = PLURALS[code]
    # Babel has no way to say it; its own rules for es and ar are not those of Django.
    catalogue._num_plurals = forms  # type: ignore[assignment]
    catalogue._plural_expr = rule  # type: ignore[assignment]
    return catalogue


def merged(known: Catalog, found: Catalog, code: str) -> Catalog:
    """The messages of the code with the translations known so far; what is gone is dropped."""
    fresh = with_header(Catalog(locale=to_locale(code), project="Commonpurse", fuzzy=False), code)
    borrowed = [Message(text, locations=[(UPSTREAM, 0)]) for text in SUPPLEMENT.get(code, ())]
    for message in sorted([*(m for m in found if m.id), *borrowed], key=_key):
        old = known.get(_id(message), message.context)
        fresh.add(
            message.id,
            string=old.string if old else None,
            locations=sorted({(place, 0) for place, _line in message.locations}),
            auto_comments=message.auto_comments,
            user_comments=old.user_comments if old else [DRAFT],
            context=message.context,
            flags=[flag for flag in message.flags if flag != "fuzzy"],
        )
    return fresh


def _id(message: Message) -> str:
    return forms_of(message.id)[0]


def _key(message: Message) -> tuple[str, str]:
    return (_id(message), message.context or "")


def as_po(catalogue: Catalog) -> bytes:
    """The file, without dates: the same messages give the same bytes."""
    out = io.BytesIO()
    write_po(out, catalogue, width=0, omit_header=True, include_lineno=False)
    header = (
        f'msgid ""\nmsgstr ""\n"Language: {catalogue.locale_identifier}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: nplurals={catalogue.num_plurals}; plural={catalogue.plural_expr};\\n"\n\n'
    )
    return header.encode() + out.getvalue()


def forms_of(text: Any) -> tuple[str, ...]:
    """Babel holds one text as a string, several forms as a tuple."""
    return tuple(text) if isinstance(text, (tuple, list)) else (text or "",)


def faults_of(catalogue: Catalog, code: str) -> Iterator[str]:
    """What is wrong with a catalogue: missing forms, lost gaps, moved line breaks."""
    for message in catalogue:
        if not message.id:
            continue
        forms = forms_of(message.string)
        expected = catalogue.num_plurals if message.pluralizable else 1
        if len(forms) != expected or not all(forms):
            yield f"{code}: not translated: {_id(message)!r}"
            continue
        source = forms_of(message.id)
        gaps = set(GAP.findall(" ".join(source)))
        if any(set(GAP.findall(form)) - gaps for form in forms) or not gaps <= set(
            GAP.findall(" ".join(forms))
        ):
            yield f"{code}: the gaps differ: {_id(message)!r}"
        if any(form.startswith("\n") != source[0].startswith("\n") for form in forms):
            yield f"{code}: line breaks differ: {_id(message)!r}"


def pseudo(text: str) -> str:
    """Text that shows what was not translated and what has no room: accents, brackets, 40 % more."""
    shown = "".join(
        part if KEPT.fullmatch(part) else part.translate(ACCENTS) for part in KEPT.split(text)
    )
    return f"⟦{shown}{'·' * (len(text) * 2 // 5)}⟧"


class Command(BaseCommand):
    help = "Bring the catalogues up to date with the code and compile them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail where they are not complete"
        )
        parser.add_argument("--compile", action="store_true", help="only compile")
        parser.add_argument(
            "--pseudo", action="store_true", help="also compile the pseudo-locale of the tests"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = settings.BASE_DIR / "locale"
        codes = [code for code in INTERFACE_LANGUAGES if code != SOURCE]
        if options["check"]:
            self._check(folder, codes)
            return
        if not options["compile"]:
            self._update(folder, codes)
        self._compile(folder, codes)
        if options["pseudo"]:
            self._compile_pseudo()

    def _update(self, folder: Path, codes: list[str]) -> None:
        found = extracted(settings.BASE_DIR)
        for code in codes:
            path = catalogue_path(folder, code)
            path.parent.mkdir(parents=True, exist_ok=True)
            catalogue = merged(read_catalogue(path, code), found, code)
            path.write_bytes(as_po(catalogue))
            missing = sum(1 for _fault in faults_of(catalogue, code))
            self.stdout.write(f"{code}: {len(catalogue)} messages, {missing} to mend")

    def _check(self, folder: Path, codes: list[str]) -> None:
        found = extracted(settings.BASE_DIR)
        faults = []
        for code in codes:
            path = catalogue_path(folder, code)
            catalogue = read_catalogue(path, code)
            if not path.exists() or as_po(merged(catalogue, found, code)) != path.read_bytes():
                faults.append(
                    f"{code}: not up to date with the code; run: python manage.py messages"
                )
            faults += faults_of(catalogue, code)
        if faults:
            raise CommandError("\n".join(faults[:50]))
        self.stdout.write(f"{len(codes)} catalogues are up to date and complete.")

    def _compile(self, folder: Path, codes: list[str]) -> None:
        for code in codes:
            path = catalogue_path(folder, code)
            if path.exists():
                self._write(path.with_suffix(".mo"), read_catalogue(path, code))
        self._write(catalogue_path(folder, SOURCE).with_suffix(".mo"), Catalog(locale=SOURCE))

    def _compile_pseudo(self) -> None:
        catalogue = Catalog(locale="en")
        for message in extracted(settings.BASE_DIR):
            if message.id:
                forms = tuple(map(pseudo, forms_of(message.id)))
                string = forms if message.pluralizable else forms[0]
                catalogue.add(message.id, string, context=message.context)
        folder = settings.BASE_DIR / "var" / "pseudo-locale"
        self._write(catalogue_path(folder, PSEUDO_LANGUAGE).with_suffix(".mo"), catalogue)

    def _write(self, path: Path, catalogue: Catalog) -> None:
        """Replace the file in one step: a process that starts just now must not read half of it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.{os.getpid()}")
        with unfinished.open("wb") as stream:
            write_mo(stream, catalogue)
        unfinished.replace(path)
