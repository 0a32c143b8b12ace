"""Addresses of a member's own pages."""

from django.urls import path

from members import views

app_name = "members"
urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("languages/", views.languages, name="languages"),
]
