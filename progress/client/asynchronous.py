"""The client for coroutines; `synchronous` is a door on it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Self, cast

import httpx

from .errors import ApiError, ClientError
from .following import Follower
from .shapes import FINAL, Analysis, Event, Page

LONGEST_WAIT = 60
TRANSPORTS = ("websocket", "sse", "poll")


class AsyncClient:
    """One server and one identity: a token's owner, or an anonymous browser kept by a cookie.

    `async with AsyncClient(url) as client:` closes its connections at the end. Every call raises
    ApiError for what the server refuses and ClientError when it cannot be reached.
    """

    def __init__(
        self, url: str, token: str | None = None, *, transports: Sequence[str] = TRANSPORTS
    ) -> None:
        headers = {"Accept": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        self.transports = transports
        self.http = httpx.AsyncClient(base_url=url, headers=headers, timeout=LONGEST_WAIT + 15)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    # Asking

    async def analyze(
        self,
        question: str,
        *,
        session: str | None = None,
        assumptions: Mapping[str, str] | None = None,
        refresh: bool = False,
        wait: int = 0,
        idempotency_key: str | None = None,
    ) -> Analysis:
        """Ask a question; with `wait` seconds the answer may be there already."""
        body: dict[str, Any] = {"question": question, "refresh": refresh}
        body |= {"session": session} if session else {}
        body |= {"assumptions": dict(assumptions)} if assumptions else {}
        return await self._dispatch("/api/analyze", body, wait, idempotency_key)

    async def search(self, query: str, *, session: str | None = None, wait: int = 0) -> Analysis:
        """Search companies, sectors, metrics, episodes and past questions."""
        body = {"query": query} | ({"session": session} if session else {})
        return await self._dispatch("/api/search", body, wait)

    async def execute(self, sql: str, *, session: str | None = None, wait: int = 0) -> Analysis:
        """Run one SELECT over the market data."""
        body = {"sql": sql} | ({"session": session} if session else {})
        return await self._dispatch("/api/execute", body, wait)

    async def _dispatch(
        self, path: str, body: dict[str, Any], wait: int, key: str | None = None
    ) -> Analysis:
        headers = {"Prefer": f"wait={min(wait, LONGEST_WAIT)}"} if wait else {}
        headers |= {"Idempotency-Key": key} if key else {}
        return cast(Analysis, await self._call("POST", path, json=body, headers=headers))

    # One analysis

    async def analysis(self, analysis: str) -> Analysis:
        """As it is now, by its id."""
        return cast(Analysis, await self._call("GET", f"/api/analyses/{analysis}"))

    async def cancel(self, analysis: str) -> Analysis:
        """Stop it; harmless when that was done before."""
        return cast(Analysis, await self._call("POST", f"/api/analyses/{analysis}/cancel"))

    async def answer(
        self, analysis: str, ask: str, *, choice: str | None = None, text: str | None = None
    ) -> Analysis:
        """Answer its question by a choice's value or in words."""
        body = {"ask": ask} | ({"choice": choice} if choice is not None else {})
        body |= {"text": text} if text is not None else {}
        return cast(
            Analysis, await self._call("POST", f"/api/analyses/{analysis}/answer", json=body)
        )

    async def retry(self, analysis: str, *, wait: int = 0) -> Analysis:
        """The same again, as a new analysis."""
        return await self._dispatch(f"/api/analyses/{analysis}/retry", {}, wait)

    # Sessions and their events

    async def create_session(self, title: str = "") -> dict[str, Any]:
        return await self._call("POST", "/api/sessions", json={"title": title})

    async def events(
        self, session: str, *, after: int = 0, limit: int = 100, **filters: Any
    ) -> Page:
        """One page of the log. `filters`: level, kind, step, run, q, wait."""
        wanted = {"after": after, "limit": limit, **filters}
        return cast(Page, await self._call("GET", f"/api/progress/{session}/events", params=wanted))

    async def clear(self, session: str) -> None:
        """Remove the session's events."""
        await self._call("DELETE", f"/api/progress/{session}")

    async def follow(self, session: str, after: int = 0) -> AsyncGenerator[Event, None]:
        """Every event after `after`, once and in order, without end; live when it has caught up."""
        async with aclosing(self.follower(session, after).events()) as events:
            async for event in events:
                yield event

    def follower(self, session: str, after: int = 0) -> Follower:
        return Follower(self.http, session, after, self.transports)

    async def watch(self, analysis: Analysis, after: int = 0) -> AsyncGenerator[Event, None]:
        """The events of one analysis up to its end; answer in between what an `ask` event asks."""
        async with aclosing(self.follow(analysis["session"], after)) as events:
            async for event in events:
                if event["run"] != analysis["run"]:
                    continue
                yield event
                if event["kind"] == "state" and event["data"]["state"] in FINAL:
                    return

    # HTTP

    async def _call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        try:
            answer = await self.http.request(method, path, **options)
        except httpx.HTTPError as error:
            raise ClientError(f"the server cannot be reached: {error}") from error
        if answer.is_success:
            return answer.json() if answer.content else {}
        raise ApiError(answer.status_code, problem_of(answer))


def problem_of(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
