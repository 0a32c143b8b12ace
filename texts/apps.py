"""The app's name for Django."""

from django.apps import AppConfig


class TextsConfig(AppConfig):
    name = "texts"
