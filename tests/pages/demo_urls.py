"""The addresses of the site while DEMO is on: config.urls looks at the setting once, when it is read."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from config.urls import urlpatterns as of_the_site

urlpatterns = [*of_the_site, *i18n_patterns(path("", include("pages.demo.urls")))]
