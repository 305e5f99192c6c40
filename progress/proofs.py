"""What a viewer was recognised by, where that can be taken back while they look on.

A stream lives for hours; a token is revoked, a user signs out, in seconds. So a hub asks every now
and then, in a few queries for all its streams, whose proofs still stand, and ends the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import (
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
    get_user_model,
    load_backend,
)
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.module_loading import import_string

AT_ONCE = 500  # keys in one query


class Proof(NamedTuple):
    """`standing(keys)` gives those of its keys that still open something."""

    standing: Callable[[list[str]], set[str]]
    key: str

    def stands(self) -> bool:
        return self.key in self.standing([self.key])


def fallen(proofs: Iterable[Proof]) -> set[Proof]:
    """Those of the proofs that do not stand any more."""
    keys: dict[Callable[[list[str]], set[str]], list[str]] = defaultdict(list)
    for proof in set(proofs):
        keys[proof.standing].append(proof.key)
    return {
        Proof(standing, key)
        for standing, own in keys.items()
        for start in range(0, len(own), AT_ONCE)
        for key in set(own[start : start + AT_ONCE]) - standing(own[start : start + AT_ONCE])
    }


def of_login(request: HttpRequest) -> Proof | None:
    """The login session of a request whose user was recognised by one."""
    session = getattr(request, "session", None)
    if session is None or not session.session_key or SESSION_KEY not in session:
        return None
    return Proof(standing_logins, session.session_key)


def standing_logins(keys: list[str]) -> set[str]:
    """The login sessions that are neither signed out, expired, nor of a changed or locked user."""
    opened = contents(keys)
    to_id = get_user_model()._meta.pk.to_python
    ids = {to_id(data[SESSION_KEY]) for data in opened.values() if SESSION_KEY in data}
    users = get_user_model()._default_manager.in_bulk(list(ids))
    return {
        key
        for key, data in opened.items()
        if SESSION_KEY in data and admits(data, users.get(to_id(data[SESSION_KEY])))
    }


def contents(keys: list[str]) -> dict[str, dict[str, Any]]:
    """What these sessions hold: one query where they are in the database."""
    store = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    if not hasattr(store, "get_model_class"):
        return {key: store(key).load() for key in keys}
    rows = store.get_model_class().objects.filter(session_key__in=keys)
    unexpired = rows.filter(expire_date__gt=timezone.now())
    return {row.session_key: row.get_decoded() for row in unexpired}


def admits(data: dict[str, Any], user: Any) -> bool:
    """As `django.contrib.auth.get_user` decides: who changes their password signs out elsewhere."""
    if user is None or data.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return False
    may = getattr(load_backend(data[BACKEND_SESSION_KEY]), "user_can_authenticate", None)
    hashes = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    known = data.get(HASH_SESSION_KEY, "")
    return (may is None or may(user)) and any(constant_time_compare(known, one) for one in hashes)
