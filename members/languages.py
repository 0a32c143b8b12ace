"""Languages as data: codes, their own names, direction, and the chain a reader reads by.

The interface is offered in few languages, curated text in twelve, what people write in any.
Names and directions come from CLDR through Babel; the fallback table is our own short choice of
second languages that most readers of the first also read.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.localedata import locale_identifiers


class Worded(NamedTuple):
    """A text and the language it is in, so that the page can say so."""

    text: str
    language: str


INTERFACE_LANGUAGES = ("en", "es", "fr", "ar", "da")
CURATED_LANGUAGES = (
    "en", "es", "fr", "pt-br", "ar", "hi", "bn", "sw", "id", "da", "zh-hans", "ru",
)  # fmt: skip
PSEUDO_LANGUAGE = "en-xa"
UNKNOWN = "und"
LONGEST_CODE = (
    35  # of a sensible BCP 47 tag (RFC 5646, 4.4.1); more is not a language but an attack
)

# Written languages that people use here and CLDR has no locale for.
_EXTRA = {
    "arz": ("مصرى", "rtl"),
    "azb": ("تۆرکجه", "rtl"),
    "pnb": ("پنجابی", "rtl"),
    "skr": ("سرائیکی", "rtl"),
    "dag": ("Dagbanli", "ltr"),
    "mos": ("Moore", "ltr"),
    "tum": ("chiTumbuka", "ltr"),
    "ary": ("الدارجة", "rtl"),
}
_FALLBACKS = {
    "kl": "da", "fo": "da", "jv": "id", "su": "id", "ban": "id", "qu": "es", "ay": "es",
    "gn": "es", "nah": "es", "wo": "fr", "ln": "fr", "kg": "fr", "mg": "fr", "ary": "ar",
    "arz": "ar", "mai": "hi", "bho": "hi", "awa": "hi", "syl": "bn", "pt": "pt-br",
    "pt-pt": "pt-br", "zh": "zh-hans", "zh-cn": "zh-hans", "zh-sg": "zh-hans", "ba": "ru",
    "tt": "ru", "cv": "ru", "zh-tw": "zh-hant", "zh-hk": "zh-hant", "zh-mo": "zh-hant",
}  # fmt: skip
# In another script than their shorter form, which their readers need not be able to read.
_OTHER_SCRIPT = {"zh-hant", "zh-tw", "zh-hk", "zh-mo"}


@cache
def _locale(code: str) -> Locale | None:
    if code == UNKNOWN:
        return None  # CLDR's likeliest guess at it would be American English
    try:
        return Locale.parse(code.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None


def is_language(code: str) -> bool:
    """Whether people can read or write in this language here."""
    return code in _EXTRA or code in known_languages()


@cache
def known_languages() -> tuple[str, ...]:
    """Every language to choose from, as lower-case BCP 47, ordered by code."""
    plain = {name for name in locale_identifiers() if "_" not in name and len(name) <= 3}
    usable = {name for name in plain if (found := _locale(name)) and found.get_language_name()}
    regional = {"pt-br", "zh-hans", "zh-hant"}
    return tuple(sorted((usable | regional | set(_EXTRA)) - {"root"}))


@cache
def autonym(code: str) -> str:
    """The language's name in itself; the code where nobody knows it."""
    if code in _EXTRA:
        return _EXTRA[code][0]
    locale = _locale(code)
    name = locale.get_display_name(locale) if locale else None
    return name or code


@cache
def direction(code: str) -> str:
    """``ltr`` or ``rtl``; ``auto`` for a language nobody knows."""
    if code in _EXTRA:
        return _EXTRA[code][1]
    locale = _locale(code)
    if locale is None:
        return "auto"
    return "rtl" if locale.character_order == "right-to-left" else "ltr"


def parents(code: str) -> Iterator[str]:
    """The code, its shorter forms, and the language most of its readers also read."""
    if len(code) > LONGEST_CODE:
        return
    parts = code.lower().split("-")
    for length in range(len(parts), 0, -1):
        shorter = "-".join(parts[:length])
        yield shorter
        if shorter in _FALLBACKS:
            yield _FALLBACKS[shorter]
        if shorter in _OTHER_SCRIPT:
            return


def chain(preferred: Iterable[str]) -> tuple[str, ...]:
    """The languages to look for, best first. English is in it only if the reader lists it."""
    return tuple(dict.fromkeys(found for code in preferred for found in parents(code)))


def languages_of(country: str) -> tuple[str, ...]:
    """The languages of a country (ISO 3166 alpha-2), most spoken first, from CLDR."""
    spoken = get_global("territory_languages").get(country, {})
    ranked = sorted(spoken, key=lambda code: (-spoken[code]["population_percent"], code))
    return tuple(code.replace("_", "-").lower() for code in ranked)
