"""A client for programs, without Django: `pip install tickertape[client]`.

    from progress.client import Client

    with Client("http://127.0.0.1:8000", token="…") as client:
        analysis = client.analyze("What stocks have highest volatility?")
        for event in client.watch(analysis):
            print(event["message"])
        print(client.analysis(analysis["id"])["answer"])

`AsyncClient` has the same methods as coroutines. `follow` gives each event once and in order,
whatever the network does; docs/stream.md says how.
"""

from .asynchronous import AsyncClient
from .errors import ApiError, ClientError, ConnectionRefused
from .shapes import Analysis, Ask, Event, Page
from .synchronous import Client

__all__ = [
    "Analysis",
    "ApiError",
    "Ask",
    "AsyncClient",
    "Client",
    "ClientError",
    "ConnectionRefused",
    "Event",
    "Page",
]
