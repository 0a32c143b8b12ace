"""The columns of curated text that exist in every curated language."""

from modeltranslation.translator import TranslationOptions, register

from principles.models import Criterion, FrameworkVersion, Principle


@register(FrameworkVersion)
class FrameworkVersionTranslation(TranslationOptions):  # type: ignore[misc]  # no stubs
    fields = ("title", "about")


@register(Principle)
class PrincipleTranslation(TranslationOptions):  # type: ignore[misc]  # no stubs
    fields = ("title", "text")


@register(Criterion)
class CriterionTranslation(TranslationOptions):  # type: ignore[misc]  # no stubs
    fields = ("question", "level_1", "level_2", "level_3", "level_4")
