"""Every address of the site. Pages carry their language; programs and machines do not."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from allocation.api import EnvelopeViewSet, PoolViewSet
from hubs.api import HubViewSet, RoundViewSet
from members.api import MeViewSet
from pages import views as pages
from principles.api import FrameworkViewSet
from proposals.api import AssessmentViewSet, ProposalViewSet
from voting.api import ElectionViewSet

# The admin signs in where everybody does: with the second factor, and with its rate limit.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # as allauth documents it

api = SimpleRouter()
api.register("hubs", HubViewSet, "hub")
api.register("rounds", RoundViewSet, "round")
api.register("frameworks", FrameworkViewSet, "framework")
api.register("proposals", ProposalViewSet, "proposal")
api.register("elections", ElectionViewSet, "election")
api.register("pools", PoolViewSet, "pool")
api.register("envelopes", EnvelopeViewSet, "envelope")

urlpatterns = [
    path("health/live", pages.live),
    path("health/ready", pages.ready),
    path("api/v1/me/", MeViewSet.as_view({"get": "retrieve", "put": "update"})),
    path(
        "api/v1/proposals/<int:pk>/assessments/",
        AssessmentViewSet.as_view({"get": "assessments"}, detail=True),
        name="assessments",
    ),
    path("api/v1/", include((api.urls, "api-v1"))),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    path("admin/", admin.site.urls),
    *i18n_patterns(
        path("", include("pages.urls")),
        path("", include("members.urls")),
        path("", include("principles.urls")),
        path("", include("hubs.urls")),
        path("", include("proposals.urls")),
        path("", include("voting.urls")),
        path("", include("allocation.urls")),
        path("", include("oversight.urls")),
        path("account/", include("allauth.urls")),
    ),
]
if settings.DEMO:
    urlpatterns += i18n_patterns(path("", include("pages.demo.urls")))
