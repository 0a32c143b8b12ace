"""How a version of the principles comes to be: loaded as a draft, and founded."""

from principles.actions.founding import (
    AlreadyFounded,
    LacksDimension,
    NotADraft,
    WeightsNotHundred,
    adopt_framework,
    load_framework,
)
from principles.actions.presets import TWELVE, BadPreset, read_preset

__all__ = [
    "TWELVE",
    "AlreadyFounded",
    "BadPreset",
    "LacksDimension",
    "NotADraft",
    "WeightsNotHundred",
    "adopt_framework",
    "load_framework",
    "read_preset",
]
