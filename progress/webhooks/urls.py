from django.urls import path

from . import doors

# Without a namespace of their own; apart from `progress.urls`, whose doors take no bodies.
urlpatterns = [
    path("api/webhooks", doors.webhooks_door, name="webhooks"),
    path("api/webhooks/<uuid:webhook>", doors.webhook_door, name="webhook"),
    path("api/webhooks/<uuid:webhook>/rotate", doors.rotate_door, name="webhook-rotate"),
    path("api/webhooks/<uuid:webhook>/deliveries", doors.deliveries_door, name="deliveries"),
    path(
        "api/webhooks/<uuid:webhook>/deliveries/<uuid:delivery>/redeliver",
        doors.redeliver_door,
        name="redeliver",
    ),
]
