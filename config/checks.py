"""System checks (``manage.py check``, and so the build): every route declared, every catalogue built;
in production, keys out of the source.
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import to_locale

from config.safety import is_in_source
from members.languages import INTERFACE_LANGUAGES
from members.middleware import is_declared


def routes(
    resolver: URLResolver | None = None, prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """Every address of the site with its pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        place = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, place)
        else:
            yield place, entry


@register()
def every_route_declares_a_permission(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"The route {place} declares no permission.",
            hint="Put @permit(...) on the view, or permits = {...} on the API class.",
            id="config.E001",
        )
        for place, pattern in routes()
        if not is_declared(pattern.callback)
    ]


@register()
def every_api_action_declares_a_permission(**kwargs: Any) -> list[CheckMessage]:
    """An action without an entry in ``permits`` would be closed for everyone: surely an oversight."""
    return [
        Error(f"The API action {name} at {place} declares no permission.", id="config.E002")
        for place, pattern in routes()
        for name in set((getattr(pattern.callback, "actions", None) or {}).values())
        if name not in getattr(pattern.callback.cls, "permits", {})  # type: ignore[attr-defined]
    ]


@register(Tags.security, deploy=True)
def keys_lie_outside_the_source(**kwargs: Any) -> list[CheckMessage]:
    """Without its key nobody can vote in an election any more, or find the own ballot."""
    if not is_in_source(settings.KEYS_DIR):
        return []
    return [
        Error(
            f"KEYS_DIR is {settings.KEYS_DIR}, inside the source of the site.",
            hint="Name a folder that a new version leaves alone, on a disk that is backed up.",
            id="config.E003",
        )
    ]


@register()
def every_catalogue_is_built(**kwargs: Any) -> list[CheckMessage]:
    """Django silently skips a language without a compiled catalogue."""
    folder = settings.BASE_DIR / "locale"
    return [
        Warning(
            f"The catalogue of {code} is not compiled, so Django would not offer it.",
            hint="Run: python manage.py messages --compile",
            id="config.W001",
        )
        for code in INTERFACE_LANGUAGES
        if not (folder / to_locale(code) / "LC_MESSAGES" / "django.mo").exists()
    ]
