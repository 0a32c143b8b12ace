"""The addresses of the site while DEMO is on, which the tests run without."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from config import urls

urlpatterns = [*urls.urlpatterns, *i18n_patterns(path("", include("pages.demo.urls")))]
