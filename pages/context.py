"""What the base layout needs on every page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from members.catalogues import catalogue_states


def site(request: HttpRequest) -> dict[str, Any]:
    """The state of the catalogue in use, where no speaker has checked all of it; whether this is the demo."""
    states = catalogue_states(settings.BASE_DIR / "locale")
    state = states.get(getattr(request, "LANGUAGE_CODE", ""))
    draft = {"reviewed": state.reviewed, "total": state.total} if state and state.is_draft else None
    return {"draft_catalogue": draft, "is_demo": settings.DEMO, "source_url": settings.SOURCE_URL}
