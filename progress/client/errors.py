"""What a client's call may raise. An exception's docstring is its default message."""

from __future__ import annotations

from typing import Any


class ClientError(Exception):
    """The server could not be used."""

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail or (self.__doc__ or "").strip())


class ApiError(ClientError):
    """The server refused a request; `code` is stable, `errors` names fields (RFC 9457)."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(problem.get("detail") or f"the server answered {status}")
        self.status = status
        self.code = str(problem.get("code", ""))
        self.errors: list[dict[str, str]] = problem.get("errors") or []
        self.request_id = problem.get("request_id")


class ConnectionRefused(ClientError):
    """The stream is not for us: sign in, somebody else's session, no such session."""

    def __init__(self, code: int) -> None:
        super().__init__(REFUSALS[code])
        self.code = code


REFUSALS = {
    4400: "The server did not understand a frame; this client may be too old.",
    4401: "Sign in, or send a valid token.",
    4403: "This session belongs to somebody else.",
    4404: "There is no such session.",
}


class Broken(Exception):
    """A transport ended; the follower tries again after `pause` seconds, if that is given."""

    def __init__(self, pause: float | None = None) -> None:
        super().__init__()
        self.pause = pause
