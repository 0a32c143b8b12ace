"""Countries by ISO 3166 code, named by CLDR in the reader's language."""

import unicodedata
from functools import cache

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language


@cache
def _names(language: str) -> dict[str, str]:
    try:
        territories = Locale.parse(language.replace("-", "_")).territories
    except (UnknownLocaleError, ValueError):
        territories = Locale("en").territories
    not_countries = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
    return {
        c: n
        for c, n in territories.items()
        if len(c) == 2 and c.isalpha() and c not in not_countries
    }


def folded(name: str) -> str:
    """A key to sort names by: without case and accents, so that México stands among the M."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def country_name(code: str) -> str:
    """The country's name in the active language; the code where CLDR has none."""
    return _names(get_language() or "en").get(code, code)


def country_choices() -> list[tuple[str, str]]:
    """Every country with its name in the active language, sorted by name, after an empty choice."""
    named = sorted(_names(get_language() or "en").items(), key=lambda pair: folded(pair[1]))
    return [("", "—"), *named]
