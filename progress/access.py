"""Who is asking, on every door: a signed-in user, an anonymous browser, or a token's owner.

A `Viewer` is found by trying the functions named in `PROGRESS["authenticators"]` in order. A
browser without an account is known by a random id in a signed, HttpOnly, SameSite=Lax cookie.

Cross-site requests: a browser names its origin (Origin, Sec-Fetch-Site) whenever another site
sends a request with our cookies, so cookies are honoured for unsafe methods and sockets only when
those headers are absent (no browser) or name this site or a trusted origin.
"""

from __future__ import annotations

import dataclasses
import functools
import io
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.contrib.auth import get_user
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.utils.http import is_same_domain
from django.utils.module_loading import import_string

from .conf import conf
from .errors import CrossSite, PermissionDenied, SessionNotFound
from .models import Session
from .proofs import Proof, of_login
from .threads import in_reader

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ALL_SCOPES = frozenset({"read", "analyze", "admin"})


@dataclasses.dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody with rights over their own sessions; nobody when both ids are None."""

    user_id: Any = None  # whatever the project's user model has for a primary key
    browser: uuid.UUID | None = None
    scopes: frozenset[str] = ALL_SCOPES
    by_token: bool = False
    only: uuid.UUID | None = None  # the one session that a ticket opens
    # What open streams are asked for again; None: it cannot be taken back.
    proof: Proof | None = dataclasses.field(default=None, compare=False)

    @property
    def key(self) -> str:
        """One string a person, for limits and locks."""
        return f"user:{self.user_id}" if self.user_id is not None else f"browser:{self.browser}"

    @property
    def is_nobody(self) -> bool:
        return self.user_id is None and self.browser is None

    def require(self, scope: str) -> None:
        if scope not in self.scopes:
            raise PermissionDenied(f"this token lacks the scope {scope!r}")


NOBODY = Viewer()


def signer() -> TimestampSigner:
    return TimestampSigner(salt="progress.browser")


def from_user(request: HttpRequest) -> Viewer | None:
    """A signed-in user of the site."""
    user = getattr(request, "user", None)
    if user is None and hasattr(request, "session"):
        user = get_user(request)
    if user is None or not user.is_authenticated:
        return None
    return Viewer(user_id=user.pk, proof=of_login(request))


def from_browser(request: HttpRequest) -> Viewer | None:
    """An anonymous browser: the id that the middleware gave it, or that its cookie proves."""
    browser = getattr(request, "browser", None) or browser_of(request.COOKIES)
    return Viewer(browser=browser) if browser is not None else None


def browser_of(cookies: dict[str, str]) -> uuid.UUID | None:
    value = cookies.get(conf().browser_cookie)
    if not value:
        return None
    try:
        return uuid.UUID(signer().unsign(value, max_age=conf().browser_cookie_age))
    except (BadSignature, ValueError):
        return None


@functools.cache
def authenticators() -> tuple[Callable[[HttpRequest], Viewer | None], ...]:
    return tuple(import_string(path) for path in conf().authenticators)


def viewer_of(request: HttpRequest) -> Viewer:
    """The viewer of a request. Raises CrossSite, or what an authenticator raises itself."""
    for authenticate in authenticators():
        viewer = authenticate(request)
        if viewer is not None:
            if not viewer.by_token and request.method not in SAFE_METHODS:
                refuse_cross_site(request)
            return viewer
    return NOBODY


async def aviewer_of(request: HttpRequest) -> Viewer:
    """`viewer_of` for streams: on the readers' threads, so that no request thread stays behind."""
    return await in_reader(viewer_of, request)


def refuse_cross_site(request: HttpRequest) -> None:
    """Raise CrossSite for what a browser sent, or opened, for another site."""
    origin = request.META.get("HTTP_ORIGIN")
    if origin and not is_trusted(origin, request.get_host()):
        raise CrossSite
    site = request.META.get("HTTP_SEC_FETCH_SITE")
    if not origin and site not in (None, "same-origin", "none"):
        raise CrossSite


def is_trusted(origin: str, host: str) -> bool:
    """Whether it is this site or one of CSRF_TRUSTED_ORIGINS, `https://*.example.com` included."""
    try:
        given = urlsplit(origin)
    except ValueError:
        return False
    return given.netloc == host or any(
        given.scheme == trusted.scheme
        and is_same_domain(given.netloc, trusted.netloc.removeprefix("*"))
        for trusted in map(urlsplit, settings.CSRF_TRUSTED_ORIGINS)
    )


class BrowserMiddleware:
    """Gives a browser its id when something is first stored for it.

    `request.browser` is the id of the cookie or None; a view that creates a session calls
    `remember(request)`, and the response then carries the cookie.
    """

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        request.browser = browser_of(request.COOKIES)  # type: ignore[attr-defined]
        if iscoroutinefunction(self):
            return self._later(request)
        return set_cookie(request, self.get_response(request))

    async def _later(self, request: HttpRequest) -> HttpResponse:
        return set_cookie(request, await self.get_response(request))


def remember(request: HttpRequest) -> Viewer:
    """The viewer of the request, who becomes a known browser if they were nobody."""
    viewer = viewer_of(request)
    if not viewer.is_nobody:
        return viewer
    refuse_cross_site(request)  # another site must not make its visitors known here
    request.browser = request.new_browser = uuid.uuid4()  # type: ignore[attr-defined]
    return Viewer(browser=request.browser)  # type: ignore[attr-defined]


def set_cookie(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    browser = getattr(request, "new_browser", None)
    if browser is not None:
        response.set_cookie(
            conf().browser_cookie,
            signer().sign(str(browser)),
            max_age=conf().browser_cookie_age,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


def visible_session(viewer: Viewer, session_id: uuid.UUID) -> Session:
    """The session, if it is theirs; SessionNotFound otherwise: others' sessions do not exist."""
    session = Session.objects.visible_to(viewer).filter(id=session_id).first()
    if session is None:
        raise SessionNotFound
    return session


class BareRequest(ASGIRequest):
    """A request that no middleware has seen, from a WebSocket or one of our own HTTP doors."""

    def __init__(self, scope: dict[str, Any]) -> None:
        super().__init__({"method": "GET", **scope}, io.BytesIO())

    @functools.cached_property
    def session(self) -> Any:  # type: ignore[override]
        engine = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
        return engine(self.COOKIES.get(settings.SESSION_COOKIE_NAME))


async def socket_viewer(scope: dict[str, Any]) -> Viewer:
    """The viewer of a WebSocket. Raises CrossSite if a foreign page opened it with our cookies."""
    request = BareRequest(scope)
    viewer = await aviewer_of(request)
    if not viewer.by_token:
        try:
            # Only browsers send cookies unasked, and they always name the origin of a socket.
            refuse_cross_site(request)
        except DisallowedHost:
            raise CrossSite("unknown host") from None
    return viewer
