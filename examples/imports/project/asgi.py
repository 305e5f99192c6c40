import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django = get_asgi_application()  # first: it loads the applications

from progress.asgi import Doors  # noqa: E402
from progress.lifespan import Lifespan  # noqa: E402
from progress.routing import websocket_urlpatterns  # noqa: E402

application = Lifespan(
    ProtocolTypeRouter({"http": Doors(django), "websocket": URLRouter(websocket_urlpatterns)})
)
