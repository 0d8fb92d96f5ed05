"""The realtime process: sockets, and for the development server everything else as well."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tradeplat.settings")
django_application = get_asgi_application()  # Apps must be loaded before what uses them.

from channels.routing import ProtocolTypeRouter  # noqa: E402

from realtime.lifespan import lifespan  # noqa: E402
from realtime.routing import sockets  # noqa: E402

application = ProtocolTypeRouter(
    {"http": django_application, "websocket": sockets, "lifespan": lifespan}
)
