"""Tickets: signed addresses for EventSource and for WebSockets of other sites, which cannot send
headers. A ticket opens one session for reading, for a minute, and is looked at when connecting.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.core import signing
from django.http import HttpRequest

from analysis import tokens
from progress.service import NotAuthenticated, PermissionDenied, Proof, Viewer

SALT = "analysis.ticket"
LIFE = 60  # seconds
READ = frozenset({"read"})


def issue(viewer: Viewer, session: uuid.UUID) -> str:
    """A ticket for one of the viewer's own sessions. Raises PermissionDenied."""
    viewer.require("read")
    if viewer.only is not None:
        raise PermissionDenied("a ticket does not give tickets")
    owner = viewer.user_id if viewer.user_id is not None else str(viewer.browser)
    # What a token opened ends with the token; a login's key does not belong into an address.
    token = [viewer.proof.key] if viewer.proof and viewer.by_token else []
    return signing.dumps([owner, str(session), *token], salt=SALT)


def from_ticket(request: HttpRequest) -> Viewer | None:
    """The viewer that `?ticket=` stands for. Needs no database. Raises NotAuthenticated."""
    ticket = request.GET.get("ticket")
    if ticket is None:
        return None
    try:
        owner, session, *token = signing.loads(ticket, salt=SALT, max_age=LIFE)
    except signing.SignatureExpired:
        raise NotAuthenticated("this ticket has expired; ask for a new one") from None
    except signing.BadSignature:
        raise NotAuthenticated("this ticket is not valid") from None
    proof = Proof(tokens.standing, token[0]) if token else None
    only = uuid.UUID(session)
    return Viewer(**identity(owner), scopes=READ, by_token=True, only=only, proof=proof)


def identity(owner: int | str) -> dict[str, Any]:
    return {"user_id": owner} if isinstance(owner, int) else {"browser": uuid.UUID(owner)}
