from django.urls import path

from . import rest, sse

app_name = "progress"

urlpatterns = [
    path("api/progress/<session>", sse.progress, name="stream"),
    path("api/progress/<session>/events", rest.events, name="events"),
]
