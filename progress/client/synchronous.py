"""The client for ordinary code: the same calls, made on an event loop in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Coroutine, Iterator, Sequence
from types import AsyncGeneratorType
from typing import Any, Self, TypeVar, cast

from .asynchronous import TRANSPORTS, AsyncClient
from .shapes import Analysis, Event, Page

T = TypeVar("T")


class Client:
    """`with Client(url, token) as client:`; see AsyncClient for what the calls do."""

    def __init__(
        self, url: str, token: str | None = None, *, transports: Sequence[str] = TRANSPORTS
    ) -> None:
        self.inner = AsyncClient(url, token, transports=transports)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._run(self.inner.__aexit__())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        running = asyncio.run_coroutine_threadsafe(work, self.loop)
        try:
            return running.result()
        except BaseException:
            running.cancel()  # Ctrl-C stops the waiting here, and the work over there
            raise

    def _each(self, events: AsyncGenerator[Event, None]) -> Iterator[Event]:
        """Pulled one at a time; whoever stops early ends the stream with it."""
        try:
            while True:
                try:
                    yield self._run(events.__anext__())
                except StopAsyncIteration:
                    return
        finally:
            self._run(close(events))

    def analyze(self, question: str, **options: Any) -> Analysis:
        return self._run(self.inner.analyze(question, **options))

    def search(self, query: str, **options: Any) -> Analysis:
        return self._run(self.inner.search(query, **options))

    def execute(self, sql: str, **options: Any) -> Analysis:
        return self._run(self.inner.execute(sql, **options))

    def analysis(self, analysis: str) -> Analysis:
        return self._run(self.inner.analysis(analysis))

    def cancel(self, analysis: str) -> Analysis:
        return self._run(self.inner.cancel(analysis))

    def answer(self, analysis: str, ask: str, **given: str) -> Analysis:
        return self._run(self.inner.answer(analysis, ask, **given))

    def retry(self, analysis: str, *, wait: int = 0) -> Analysis:
        return self._run(self.inner.retry(analysis, wait=wait))

    def create_session(self, title: str = "") -> dict[str, Any]:
        return self._run(self.inner.create_session(title))

    def events(self, session: str, **options: Any) -> Page:
        return self._run(self.inner.events(session, **options))

    def clear(self, session: str) -> None:
        self._run(self.inner.clear(session))

    def follow(self, session: str, after: int = 0) -> Iterator[Event]:
        return self._each(self.inner.follow(session, after))

    def watch(self, analysis: Analysis, after: int = 0) -> Iterator[Event]:
        return self._each(self.inner.watch(analysis, after))


async def close(events: AsyncGenerator[Event, None]) -> None:
    """End a stream, also one that was interrupted a moment ago and is still coming to its end."""
    while cast("AsyncGeneratorType[Event, None]", events).ag_running:
        await asyncio.sleep(0)
    await events.aclose()
