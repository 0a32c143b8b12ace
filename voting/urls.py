"""Addresses of elections."""

from django.urls import path

from voting import views

app_name = "voting"
urlpatterns = [
    path("elections/<uuid:election>/", views.election, name="election"),
    path("elections/<uuid:election>/progress/", views.progress, name="progress"),
    path("elections/<uuid:election>/recount/", views.recount, name="recount"),
    path("elections/<uuid:election>/items/<int:position>/", views.item, name="item"),
    path("rounds/<int:round>/freeze/", views.freeze_election, name="freeze_election"),
    path("rounds/<int:round>/import/", views.import_election, name="import_election"),
]
