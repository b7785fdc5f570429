"""ASGI: pages and REST through Django, sockets through Channels with the origin and the session checked."""

import gc
import os
import sys

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
http = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from django.urls import get_resolver  # noqa: E402

from accounts.door import Door  # noqa: E402
from mentoring.messaging.hub import readers  # noqa: E402
from mentoring.messaging.polling import busy, changes  # noqa: E402
from mentoring.messaging.routing import websocket_urlpatterns  # noqa: E402

waiting = Door(changes, readers, away=busy)


async def http_or_waiting(scope, receive, send):
    """A client that waits for news must hold no thread, so it does not go through the pages."""
    await (waiting if scope["path"] == "/rooms/changes" else http)(scope, receive, send)


application = ProtocolTypeRouter(
    {
        "http": http_or_waiting,
        "websocket": AllowedHostsOriginValidator(Door(URLRouter(websocket_urlpatterns), readers)),
    }
)

# A thread of the database that has its rows waits no longer than this for the loop to let it go on (usual are 5 ms).
sys.setswitchinterval(0.0005)

# What is loaded by now stays for good: looked through again by every full collection, it would cost some request 0.1 s. What
# pages make is nearly all let go of without being looked for; by default one in thirty long lists waited 0.2 s for a search.
get_resolver().url_patterns  # noqa: B018 - loads the pages
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 100)
