"""The app's name for Django."""

from django.apps import AppConfig


class VotingConfig(AppConfig):
    name = "voting"
