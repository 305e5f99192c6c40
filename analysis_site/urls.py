"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from analysis_site import health

urlpatterns = [
    path("admin/", admin.site.urls),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("", include("progress.urls")),
    path("", include("analysis.rest.urls")),
    path("", include("analysis.urls")),
]
