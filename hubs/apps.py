"""The app's name for Django."""

from django.apps import AppConfig


class HubsConfig(AppConfig):
    name = "hubs"
