"""Addresses of pools, of the formula and its runs, and of what hubs spend."""

from django.urls import path

from allocation import views

app_name = "allocation"
RUN = "apportionments/<uuid:apportionment>/"
urlpatterns = [
    path("allocation/", views.pools, name="pools"),
    path("allocation/formulas/", views.formulas, name="formulas"),
    path("allocation/formulas/publish/", views.publish_formula, name="publish_formula"),
    path("allocation/formulas/<int:number>/", views.formula, name="formula"),
    path("allocation/indicators/publish/", views.publish_indicators, name="publish_indicators"),
    path("allocation/indicators/<int:snapshot>.csv", views.figures_csv, name="figures_csv"),
    path("pools/declare/", views.declare_pool, name="declare_pool"),
    path("pools/<int:pool>/apportion/", views.request_apportionment, name="request_apportionment"),
    path(RUN, views.apportionment, name="apportionment"),
    path(f"{RUN}progress/", views.progress, name="progress"),
    path(f"{RUN}approve/", views.approve_apportionment, name="approve_apportionment"),
    path(f"{RUN}reject/", views.reject_apportionment, name="reject_apportionment"),
    path(f"{RUN}retry/", views.retry_apportionment, name="retry_apportionment"),
    path(f"{RUN}replay/", views.replay_apportionment, name="replay_apportionment"),
    path(f"{RUN}input.json", views.input_json, name="input_json"),
    path(f"{RUN}result.json", views.result_json, name="result_json"),
    path(f"{RUN}split.csv", views.split_csv, name="split_csv"),
    path(f"{RUN}hubs/<slug:hub>/", views.hub_share, name="hub_share"),
    path("hubs/<slug:hub>/envelopes/", views.hub_envelopes, name="hub_envelopes"),
    path("rounds/<int:round>/fund/", views.fund_round, name="fund_round"),
    path("elections/<uuid:election>/awards/", views.make_awards, name="make_awards"),
]
