"""The project as an app: its checks, its commands, and Celery in every process."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        """Import what registers itself; settings and apps exist only now."""
        from config import celery, checks  # noqa: F401, PLC0415
