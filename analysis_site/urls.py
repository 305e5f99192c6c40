"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from analysis import dashboard
from analysis_site import health

urlpatterns = [
    path("admin/dashboard", dashboard.dashboard, name="dashboard"),
    path("admin/dashboard/<name>.svg", dashboard.picture, name="dashboard-picture"),
    path("admin/", admin.site.urls),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("", include("progress.urls")),
    path("", include("progress.webhooks.urls")),
    path("", include("analysis.rest.urls")),
    path("", include("analysis.urls")),
]
