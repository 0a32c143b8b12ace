"""The app's name for Django."""

from django.apps import AppConfig


class PrinciplesConfig(AppConfig):
    name = "principles"
