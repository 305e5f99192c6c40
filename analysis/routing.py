from django.urls import path

from analysis.consumers import AnalysisConsumer

websocket_urlpatterns = [
    path("ws/progress/<session>", AnalysisConsumer.as_asgi()),
]
