"""The site as one ASGI application: HTTP by Django, WebSockets by `progress`."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "analysis_site.settings")

application = ProtocolTypeRouter({"http": get_asgi_application()})
