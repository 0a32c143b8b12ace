"""The app's name for Django."""

from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    name = "proposals"
