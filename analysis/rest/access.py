"""REST framework's door to `Viewer`: user, browser or token, found by `progress`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from analysis import limits, service
from analysis.rest.parsers import StrictJson
from progress.service import NotAuthenticated, Viewer

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class ViewerAuthentication(BaseAuthentication):
    """`request.auth` is the Viewer; whoever sends something first becomes a known browser."""

    def authenticate(self, request: Request) -> tuple[Any, Viewer]:
        viewer = service.viewer(request._request)
        user = getattr(request._request, "user", None) or AnonymousUser()
        if viewer.user_id is not None and not viewer.by_token:
            check_csrf(request)
        return user, viewer

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def check_csrf(request: Request) -> None:
    """A signed-in user's cookie opens more than one conversation, so the token is checked, too."""
    check = CSRFCheck(protected)
    check.process_request(request._request)
    reason = check.process_view(request._request, protected, (), {})
    if reason:
        raise PermissionDenied(f"CSRF: {reason}", code="csrf_failed")


def protected(request: HttpRequest) -> HttpResponse:
    """Stands for a view that wants the check; REST framework exempts its own."""
    return HttpResponse()


class IsSomebody(BasePermission):
    """Reading needs an identity; the first POST of a browser creates one."""

    def has_permission(self, request: Request, view: Any) -> bool:
        viewer = cast(Viewer, request.auth)
        if viewer.is_nobody:
            raise NotAuthenticated
        viewer.require(view.looking if request.method in SAFE_METHODS else view.changing)
        return True


class OpenView(APIView):
    """A view for everybody; a bad token is refused even here."""

    authentication_classes = (ViewerAuthentication,)
    permission_classes: Sequence[Any] = ()
    parser_classes = (StrictJson,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        limits.admit_address(request._request)
        super().initial(request, *args, **kwargs)

    def check_throttles(self, request: Request) -> None:
        limits.admit_owner(self.viewer)

    @property
    def viewer(self) -> Viewer:
        return cast(Viewer, self.request.auth)


class OwnedView(OpenView):
    """A view whose objects belong to a viewer; the scopes are those that a token needs."""

    permission_classes = (IsSomebody,)
    looking = "read"
    changing = "analyze"

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        if "Cache-Control" not in final:
            patch_cache_control(final, private=True, no_store=True)
        patch_vary_headers(final, ("Authorization", "Cookie"))
        return final
