"""Addresses of composed pages."""

from django.urls import path

from pages import views

app_name = "pages"
urlpatterns = [
    path("", views.home, name="home"),
    path("rounds/<int:round>/", views.round_detail, name="round"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
