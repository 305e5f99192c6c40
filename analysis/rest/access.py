"""REST framework's door to `Viewer`: user, browser or token, found by `progress`."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from analysis import service
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
    check = CSRFCheck(lambda request: None)  # type: ignore[arg-type, return-value]
    check.process_request(request._request)
    reason = check.process_view(request._request, None, (), {})
    if reason:
        raise PermissionDenied(f"CSRF: {reason}", code="csrf_failed")


class IsSomebody(BasePermission):
    """Reading needs an identity; the first POST of a browser creates one."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        viewer: Viewer = request.auth  # type: ignore[assignment]
        if viewer.is_nobody:
            raise NotAuthenticated
        viewer.require("read" if request.method in SAFE_METHODS else "analyze")
        return True


class OwnedView(APIView):
    """A view whose objects belong to a viewer."""

    authentication_classes = (ViewerAuthentication,)
    permission_classes = (IsSomebody,)

    @property
    def viewer(self) -> Viewer:
        return self.request.auth  # type: ignore[return-value]
