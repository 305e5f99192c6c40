"""Everything that `progress` refuses, each with a stable code and an HTTP status.

An exception's docstring is its default message.
"""

from django.db import InterfaceError, OperationalError

# What Django raises when the database cannot be reached, or is too busy to answer.
DATABASE_AWAY = (OperationalError, InterfaceError)


class ProgressError(Exception):
    """Progress could not do this."""

    code = "progress_error"
    status = 400

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail or (self.__doc__ or "").strip())


class EventRejected(ProgressError):
    """The event cannot be stored: its message or data is not acceptable."""

    code = "event_rejected"


class QueueFull(ProgressError):
    """The event queue is full, and inside an event loop nobody can wait; use the async call."""

    code = "queue_full"
    status = 503


class SessionNotFound(ProgressError):
    """There is no such session."""

    code = "session_not_found"
    status = 404


class RunNotFound(ProgressError):
    """There is no such run."""

    code = "run_not_found"
    status = 404


class Conflict(ProgressError):
    """The run has moved on; this is no longer possible."""

    code = "conflict"
    status = 409


class LeaseLost(Conflict):
    """Another worker has taken over this run; nothing more is written for it."""

    code = "lease_lost"


class RunCancelled(ProgressError):
    """The run was cancelled."""

    code = "run_cancelled"
    status = 409


class StorageFailed(ProgressError):
    """The database did not answer in time; try again."""

    code = "storage_failed"
    status = 503


class InTransaction(ProgressError):
    """SQLite lets one write at a time: begin, end and change runs outside of `atomic()`."""

    code = "in_transaction"
    status = 500


class TooManyStreams(ProgressError):
    """Too many open streams; close one or try again later."""

    code = "too_many_streams"
    status = 429


class NotAuthenticated(ProgressError):
    """Sign in, send a valid token, or open the site in a browser that accepts cookies."""

    code = "not_authenticated"
    status = 401


class PermissionDenied(ProgressError):
    """This token does not allow that."""

    code = "permission_denied"
    status = 403


class CrossSite(PermissionDenied):
    """Requests from other sites are refused; add the origin to CSRF_TRUSTED_ORIGINS to allow it."""

    code = "cross_site"


class BadParameter(ProgressError):
    """A parameter is not valid."""

    code = "bad_parameter"

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(f"{name}: {detail}")
        self.errors = [{"field": name, "message": detail}]
