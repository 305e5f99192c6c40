"""Tickets: sealed addresses for EventSource and for WebSockets of other sites, which cannot send
headers. A ticket opens one session for reading, for a minute, and is looked at when connecting.

It carries what its owner was recognised by, so that it opens nothing any more, and what it opened
ends, once that login or token is taken back. It is encrypted, because addresses end up in logs and
histories, and the key of a login opens all that its user may do.
"""

from __future__ import annotations

import base64
import json
import time
import uuid
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from analysis import tokens
from progress.service import NotAuthenticated, PermissionDenied, Proof, Viewer, standing_logins

LIFE = 60  # seconds
READ = frozenset({"read"})


def issue(viewer: Viewer, session: uuid.UUID) -> str:
    """A ticket for one of the viewer's own sessions. Raises PermissionDenied."""
    if viewer.only is not None:
        raise PermissionDenied("a ticket does not give tickets")
    owner = viewer.user_id if viewer.user_id is not None else str(viewer.browser)
    kind = "token" if viewer.by_token else "login"
    proof = [kind, viewer.proof.key] if viewer.proof else []
    return seal().encrypt(json.dumps([owner, str(session), *proof]).encode()).decode()


def seal() -> Fernet:
    """Made of the site's secret key each time, so that a new one ends all tickets."""
    key = salted_hmac("analysis.tickets", "seal", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))


def from_ticket(request: HttpRequest) -> Viewer | None:
    """The viewer that `?ticket=` stands for. Raises NotAuthenticated."""
    ticket = request.GET.get("ticket")
    if ticket is None:
        return None
    owner, session, *proof = contents(ticket)
    return Viewer(
        **identity(owner),
        scopes=READ,
        by_token=True,
        only=uuid.UUID(session),
        proof=standing_proof(*proof) if proof else None,
    )


def contents(ticket: str) -> list[Any]:
    """What was sealed in it. Raises NotAuthenticated."""
    try:
        found = json.loads(seal().decrypt(ticket))
    except InvalidToken:
        raise NotAuthenticated("this ticket is not valid") from None
    if time.time() > seal().extract_timestamp(ticket) + LIFE:
        raise NotAuthenticated("this ticket has expired; ask for a new one")
    return found


def standing_proof(kind: str, key: str) -> Proof:
    """Raises NotAuthenticated if the login or token behind the ticket has ended."""
    proof = Proof(tokens.standing if kind == "token" else standing_logins, key)
    if not proof.stands():
        raise NotAuthenticated("the login or token that asked for this ticket has ended")
    return proof


def identity(owner: int | str) -> dict[str, Any]:
    return {"user_id": owner} if isinstance(owner, int) else {"browser": uuid.UUID(owner)}
