"""The app's name for Django."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "oversight"
