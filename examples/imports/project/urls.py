from django.contrib.staticfiles.urls import staticfiles_urlpatterns
from django.urls import include, path
from prices import views

urlpatterns = [
    path("", include("progress.urls")),
    path("", include("progress.webhooks.urls")),
    path("", views.page, name="page"),
    path("imports/<uuid:session>", views.page, name="log"),
    path("start", views.start, name="start"),
    path("start-here", views.start_here, name="start-here"),
    path("research", views.research, name="research"),
    *staticfiles_urlpatterns(),
]
