"""Access tokens of programs: made once, kept as hashes, expiring, with scopes.

A token acts for the one who made it, a user or an anonymous browser, within its scopes: `read`
looks, `analyze` asks and changes, `admin` manages tokens and webhooks. A token that is wrong in
any way is an error; whoever sends one is never taken for somebody without one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import cast

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from analysis.errors import TokenNotFound, TooManyTokens
from analysis.models import AccessToken
from progress.service import NotAuthenticated, PermissionDenied, Proof, Viewer

SCOPES = ("read", "analyze", "admin")
MOST = 50  # usable tokens of one owner
LONGEST_LIFE = dt.timedelta(days=365)
USUAL_LIFE = dt.timedelta(days=90)


def from_token(request: HttpRequest) -> Viewer | None:
    """The owner behind `Authorization: Bearer …`. Raises NotAuthenticated for a bad token.

    `Basic` belongs to a proxy that guards the whole site, so it is none of ours.
    """
    scheme, _, key = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
    if scheme.lower() in ("", "basic"):
        return None
    if scheme.lower() != "bearer":
        raise NotAuthenticated("send the token as: Authorization: Bearer …")
    return viewer_of(usable(key.strip()))


def usable(key: str) -> AccessToken:
    """The token of a key that is neither wrong, revoked, expired, nor of a locked user."""
    try:
        token = cast(AccessToken, AccessToken.objects.get_from_key(key))
    except (AccessToken.DoesNotExist, ValueError):
        raise NotAuthenticated("this token is not valid: it is unknown or revoked") from None
    if token.has_expired:
        raise NotAuthenticated("this token has expired; make a new one")
    if token.user is not None and not token.user.is_active:
        raise NotAuthenticated("this token is not valid: its user is locked")
    return token


def viewer_of(token: AccessToken) -> Viewer:
    scopes, proof = frozenset(token.scopes), Proof(standing, token.prefix)
    return Viewer(token.user_id, token.browser, scopes=scopes, by_token=True, proof=proof)


def standing(prefixes: list[str]) -> set[str]:
    """Those of the tokens that are still usable; open streams are asked for them."""
    usable = AccessToken.objects.filter(prefix__in=prefixes, revoked=False)
    usable = usable.exclude(expiry_date__lt=timezone.now()).exclude(user__is_active=False)
    return set(usable.values_list("prefix", flat=True))


def create(
    viewer: Viewer, name: str, scopes: Iterable[str], life: dt.timedelta
) -> tuple[AccessToken, str]:
    """A new token and its key, which is shown this once. Raises TooManyTokens, PermissionDenied."""
    viewer.require("admin")
    wanted = sorted(set(scopes), key=SCOPES.index)
    if not viewer.scopes.issuperset(wanted):
        raise PermissionDenied("a token cannot give scopes that it lacks itself")
    if own(viewer).filter(revoked=False, expiry_date__gt=timezone.now()).count() >= MOST:
        raise TooManyTokens
    token, key = AccessToken.objects.create_key(
        name=name,
        user_id=viewer.user_id,
        browser=viewer.browser if viewer.user_id is None else None,
        scopes=wanted,
        expiry_date=timezone.now() + min(life, LONGEST_LIFE),
    )
    return cast(AccessToken, token), key


def own(viewer: Viewer) -> QuerySet[AccessToken]:
    """The viewer's own tokens, newest first."""
    if viewer.user_id is not None:
        return AccessToken.objects.filter(user_id=viewer.user_id)
    if viewer.browser is not None:
        return AccessToken.objects.filter(user__isnull=True, browser=viewer.browser)
    return AccessToken.objects.none()


def find(viewer: Viewer, token_id: str) -> AccessToken:
    """One of the viewer's own by its id, the part of the key before the dot."""
    viewer.require("admin")
    token = own(viewer).filter(prefix=token_id).first()
    if token is None:
        raise TokenNotFound
    return token


def revoke(viewer: Viewer, token_id: str) -> None:
    """From now on it opens nothing. Repeatable. Raises TokenNotFound."""
    token = find(viewer, token_id)
    token.revoked = True
    token.save(update_fields=["revoked"])
