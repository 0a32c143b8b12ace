"""The app's name for Django."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"
