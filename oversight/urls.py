"""Addresses of oversight."""

from django.urls import path

from oversight import views

app_name = "oversight"
urlpatterns = [
    path("oversight/", views.distribution, name="distribution"),
    path("oversight/<int:pool>.csv", views.distribution_csv, name="distribution_csv"),
]
