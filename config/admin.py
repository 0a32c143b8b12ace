"""Django's admin, narrowed to reference data: what libraries would add to it stays out."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _

LIBRARIES = {"auth", "account", "socialaccount", "mfa"}


class ReferenceAdminConfig(AdminConfig):
    default_site = "config.admin.ReferenceAdmin"


class ReferenceAdmin(AdminSite):
    """Accounts, second factors and groups are not reference data, and no role is given here."""

    site_header = site_title = _("Commonpurse reference data")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        models = (
            model_or_iterable
            if isinstance(model_or_iterable, (list, tuple))
            else [model_or_iterable]
        )
        own = [model for model in models if model._meta.app_label not in LIBRARIES]
        super().register(own, admin_class, **options)
