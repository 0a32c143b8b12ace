"""Addresses that exist only while DEMO is on."""

from django.urls import path

from pages.demo import views

app_name = "demo"
urlpatterns = [
    path("people/", views.people, name="people"),
    path("mail/", views.mail, name="mail"),
]
