"""Addresses that exist only while DEMO is on."""

from django.urls import path

from pages.demo import views

app_name = "demo"
urlpatterns = [
    path("tour/", views.tour, name="tour"),
    path("demo/people/", views.people, name="people"),
    path("demo/mail/", views.mail, name="mail"),
]
