"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from analysis import dashboard
from analysis_site import api_docs, asyncapi, health, schema

admin.site.site_header = admin.site.site_title = "Tickertape"

urlpatterns = [
    path("admin/dashboard", dashboard.dashboard, name="dashboard"),
    path("admin/dashboard/<name>.svg", dashboard.picture, name="dashboard-picture"),
    path("admin/", admin.site.urls),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", health.metrics, name="metrics"),
    path("", include("progress.urls")),
    path("", include("progress.webhooks.urls")),
    path("", include("analysis.rest.urls")),
    path("api/asyncapi", asyncapi.view, name="asyncapi"),
    path("api/schema", schema.document, name="schema"),
    path("api/docs", api_docs.page, name="api-docs"),
    path("", include("analysis.urls")),
]

handler400 = "analysis_site.problems.bad_request"
handler403 = "analysis_site.problems.forbidden"
handler404 = "analysis_site.problems.not_found"
handler500 = "analysis_site.problems.server_error"
