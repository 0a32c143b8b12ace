"""Addresses of elections."""

from django.urls import path

from voting import views

app_name = "voting"
urlpatterns = [
    path("elections/try-rules/", views.try_rules, name="try_rules"),
    path("elections/<uuid:election>/", views.election, name="election"),
    path("elections/<uuid:election>/progress/", views.progress, name="progress"),
    path("elections/<uuid:election>/invented/", views.invented, name="invented"),
    path("elections/<uuid:election>/bundle.zip", views.bundle, name="bundle"),
    path("elections/<uuid:election>/recount/", views.recount, name="recount"),
    path("elections/<uuid:election>/result.csv", views.result_csv, name="result_csv"),
    path("elections/<uuid:election>/vote/", views.vote, name="vote"),
    path("elections/<uuid:election>/vote/review/", views.review, name="review"),
    path("elections/<uuid:election>/vote/cast/", views.cast_ballot, name="cast_ballot"),
    path("elections/<uuid:election>/vote/receipt/", views.receipt, name="receipt"),
    path("elections/<uuid:election>/vote/discard/", views.discard_draft, name="discard_draft"),
    path("hubs/<slug:hub>/practice/", views.open_practice, name="open_practice"),
    path("elections/<uuid:election>/items/<int:position>/", views.item, name="item"),
    path("rounds/<int:round>/freeze/", views.freeze_election, name="freeze_election"),
    path("rounds/<int:round>/import/", views.import_election, name="import_election"),
]
