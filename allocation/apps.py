"""The app's name for Django."""

from django.apps import AppConfig


class AllocationConfig(AppConfig):
    name = "allocation"
