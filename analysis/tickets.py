"""Tickets: signed addresses for EventSource and for WebSockets of other sites, which cannot send
headers. A ticket opens one session for reading, for a minute, and is looked at when connecting.

It carries what its owner was recognised by, so that it opens nothing any more, and what it opened
ends, once that login or token is taken back.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from typing import Any

from django.core import signing
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from analysis import tokens
from progress.service import NotAuthenticated, PermissionDenied, Proof, Viewer, standing_logins

SALT = "analysis.tickets"
LIFE = 60  # seconds
READ = frozenset({"read"})


def issue(viewer: Viewer, session: uuid.UUID) -> str:
    """A ticket for one of the viewer's own sessions. Raises PermissionDenied."""
    viewer.require("read")
    if viewer.only is not None:
        raise PermissionDenied("a ticket does not give tickets")
    owner = viewer.user_id if viewer.user_id is not None else str(viewer.browser)
    return signing.dumps([owner, str(session), *sealed(viewer)], salt=SALT)


def sealed(viewer: Viewer) -> list[str]:
    """The viewer's proof: whether of a token or a login, and its key, which nobody else can read.

    Addresses end up in logs and histories, and the key of a login opens all that its user may do.
    """
    if viewer.proof is None:
        return []
    nonce = secrets.token_bytes(16)
    key = masked(viewer.proof.key.encode(), nonce)
    return ["token" if viewer.by_token else "login", nonce.hex(), key.hex()]


def masked(text: bytes, nonce: bytes) -> bytes:
    """The text under a pad that only this site can make; masked again it is the text."""
    seed = salted_hmac(SALT, nonce, algorithm="sha256").digest()
    pad = hashlib.shake_256(seed).digest(len(text))
    return bytes(one ^ other for one, other in zip(text, pad, strict=True))


def from_ticket(request: HttpRequest) -> Viewer | None:
    """The viewer that `?ticket=` stands for. Raises NotAuthenticated."""
    ticket = request.GET.get("ticket")
    if ticket is None:
        return None
    try:
        # No fallback keys: under another SECRET_KEY what is masked could not be read.
        owner, session, *proof = signing.loads(ticket, salt=SALT, max_age=LIFE, fallback_keys=[])
    except signing.SignatureExpired:
        raise NotAuthenticated("this ticket has expired; ask for a new one") from None
    except signing.BadSignature:
        raise NotAuthenticated("this ticket is not valid") from None
    return Viewer(
        **identity(owner),
        scopes=READ,
        by_token=True,
        only=uuid.UUID(session),
        proof=opened(*proof) if proof else None,
    )


def opened(kind: str, nonce: str, key: str) -> Proof:
    """The proof of a sealed one. Raises NotAuthenticated if it does not stand any more."""
    standing = tokens.standing if kind == "token" else standing_logins
    proof = Proof(standing, masked(bytes.fromhex(key), bytes.fromhex(nonce)).decode())
    if not proof.stands():
        raise NotAuthenticated("the login or token that asked for this ticket has ended")
    return proof


def identity(owner: int | str) -> dict[str, Any]:
    return {"user_id": owner} if isinstance(owner, int) else {"browser": uuid.UUID(owner)}
