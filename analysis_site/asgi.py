"""The site as one ASGI application: HTTP by Django, WebSockets by `progress`."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "analysis_site.settings")

http = get_asgi_application()  # loads the applications that the imports below need

from analysis_site.lifecycle import Lifespan  # noqa: E402

application = Lifespan(ProtocolTypeRouter({"http": http}))
