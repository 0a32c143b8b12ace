"""Curated text of hubs, in the twelve languages of settings.MODELTRANSLATION_LANGUAGES."""

from modeltranslation.translator import TranslationOptions, register

from hubs.models import Body, Cycle, Hub, Round


@register(Hub)
class HubTranslation(TranslationOptions):  # type: ignore[misc]  # no types published
    fields = ("name", "about")


@register(Body)
class BodyTranslation(TranslationOptions):  # type: ignore[misc]  # as above
    fields = ("name",)


@register(Cycle)
class CycleTranslation(TranslationOptions):  # type: ignore[misc]  # as above
    fields = ("name",)


@register(Round)
class RoundTranslation(TranslationOptions):  # type: ignore[misc]  # as above
    fields = ("title",)
