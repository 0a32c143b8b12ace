"""Addresses of hubs, seats and the centre."""

from django.urls import path

from hubs import views

app_name = "hubs"
urlpatterns = [
    path("hubs/", views.hub_list, name="list"),
    path("hubs/<slug:hub>/", views.hub_detail, name="detail"),
    path("hubs/<slug:hub>/rounds/plan/", views.plan_round, name="plan_round"),
    path("rounds/<int:round>/edit/", views.edit_round, name="edit_round"),
    path("rounds/<int:round>/open/", views.open_round, name="open_round"),
    path("centre/", views.centre, name="centre"),
    path("seats/<int:seat>/", views.seat, name="seat"),
    path("seats/<int:seat>/give/", views.give_term, name="give_term"),
    path("terms/<int:term>/end/", views.end_term, name="end_term"),
    path("bodies/<int:body>/seats/add/", views.add_seat, name="add_seat"),
]
