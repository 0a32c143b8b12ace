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
]
