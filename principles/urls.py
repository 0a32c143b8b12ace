"""Addresses of the principles."""

from django.urls import path

from principles import views

app_name = "principles"
urlpatterns = [
    path("principles/", views.framework_in_force, name="framework_in_force"),
    path("principles/<int:number>/", views.framework, name="framework"),
]
