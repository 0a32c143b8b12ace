"""Addresses of proposals."""

from django.urls import path

from proposals import views

app_name = "proposals"
urlpatterns = [
    path("hubs/<slug:hub>/desk/", views.desk, name="desk"),
    path("proposals/<int:proposal>/assess/", views.assess, name="assess"),
    path("proposals/<int:proposal>/determine/", views.determine, name="determine"),
    path("proposals/<int:proposal>/recuse/", views.recuse, name="recuse"),
    path("determinations/<int:determination>/agree/", views.agree, name="agree"),
    path("determinations/<int:determination>/retract/", views.retract, name="retract"),
    path("rounds/<int:round>/proposals/", views.proposal_list, name="list"),
    path("rounds/<int:round>/propose/", views.propose, name="propose"),
    path("rounds/<int:round>/propose/<slug:kind>/", views.draft_proposal, name="draft_proposal"),
    path("proposals/mine/", views.mine, name="mine"),
    path("proposals/<int:proposal>/", views.detail, name="detail"),
    path("proposals/<int:proposal>/edit/", views.edit_proposal, name="edit_proposal"),
    path("proposals/<int:proposal>/submit/", views.submit_proposal, name="submit_proposal"),
    path("proposals/<int:proposal>/withdraw/", views.withdraw_proposal, name="withdraw_proposal"),
    path("proposals/<int:proposal>/discard/", views.discard_draft, name="discard_draft"),
    path(
        "proposals/<int:proposal>/translate/<str:language>/",
        views.translate_proposal,
        name="translate_proposal",
    ),
]
