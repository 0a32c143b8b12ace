"""Reference data of hubs. Seats, terms and rounds are given and planned in pages, never here."""

from django.contrib import admin
from django.http import HttpRequest
from modeltranslation.admin import TranslationAdmin

from hubs.models import Body, Cycle, Hub, HubCountry


class HubCountryInline(admin.TabularInline[HubCountry, Hub]):
    model = HubCountry
    extra = 1


@admin.register(Hub)
class HubAdmin(TranslationAdmin):  # type: ignore[misc]  # no types published
    list_display = ["slug", "kind"]
    list_filter = ["kind"]
    inlines = [HubCountryInline]


@admin.register(Body)
class BodyAdmin(TranslationAdmin):  # type: ignore[misc]  # as above
    list_display = ["slug", "hub"]

    def get_readonly_fields(self, request: HttpRequest, obj: Body | None = None) -> list[str]:
        """A body stays where it was formed: its seats are rights in that hub."""
        return ["hub"] if obj else []


@admin.register(Cycle)
class CycleAdmin(TranslationAdmin):  # type: ignore[misc]  # as above
    list_display = ["slug", "starts_on", "ends_on"]
