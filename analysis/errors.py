"""Everything that can go wrong in `analysis`; a docstring is the default message."""

from __future__ import annotations

import inspect
import math


class AnalysisError(Exception):
    """The analysis could not be completed."""

    code = "analysis_failed"
    status = 500

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or inspect.getdoc(type(self)) or "")


class MarketDataMissing(AnalysisError):
    """No market data is loaded; run `python manage.py load_prices FILE`."""

    code = "market_data_missing"
    status = 503


class MarketDataBroken(AnalysisError):
    """The market data file cannot be read; load the prices again."""

    code = "market_data_broken"
    status = 503


class PricesRejected(AnalysisError):
    """The price file has errors; nothing was loaded."""

    code = "prices_rejected"
    status = 422


class UnplannableIntent(AnalysisError):
    """This question cannot be computed as it stands."""

    code = "cannot_plan"
    status = 422


class QueryFailed(AnalysisError):
    """The computation failed."""

    code = "query_failed"
    status = 500


class QueryCancelled(AnalysisError):
    """The computation was cancelled."""

    code = "cancelled"
    status = 409


class SqlRejected(AnalysisError):
    """The SQL was not accepted: exactly one SELECT statement is allowed."""

    code = "sql_rejected"
    status = 400


class SqlFailed(AnalysisError):
    """The SQL has an error."""

    code = "sql_failed"
    status = 400


class SqlTooLong(AnalysisError):
    """The SQL ran longer than allowed and was stopped."""

    code = "sql_timeout"
    status = 422


class SqlTooMuchMemory(AnalysisError):
    """The SQL needed more memory than allowed and was stopped."""

    code = "sql_memory"
    status = 422


class SqlCancelled(AnalysisError):
    """The SQL was cancelled."""

    code = "cancelled"
    status = 409


class QuestionRejected(AnalysisError):
    """What was sent is not a question."""

    code = "invalid"
    status = 400

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(f"{field}: {detail}")
        self.errors = [{"field": field, "message": detail}]


class AnalysisNotFound(AnalysisError):
    """There is no such analysis."""

    code = "analysis_not_found"
    status = 404


class TokenNotFound(AnalysisError):
    """There is no such token."""

    code = "token_not_found"
    status = 404


class TooManyTokens(AnalysisError):
    """You have too many tokens; revoke one that is not used any more."""

    code = "too_many_tokens"
    status = 409


class TooManyRequests(AnalysisError):
    """Too many requests."""

    code = "throttled"
    status = 429

    def __init__(self, seconds: float) -> None:
        self.retry_after = max(1, math.ceil(seconds))
        super().__init__(f"Too many requests; try again in {self.retry_after} s.")


class KeyRejected(AnalysisError):
    """An Idempotency-Key has 1 to 255 visible ASCII characters; a UUID is a good one."""

    code = "bad_idempotency_key"
    status = 400

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message)
        self.errors = [{"field": "Idempotency-Key", "message": str(self)}]


class KeyReused(AnalysisError):
    """This Idempotency-Key was used for a different request; take a new key."""

    code = "idempotency_key_reused"
    status = 422
