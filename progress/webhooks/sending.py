"""One attempt: sign, connect to the checked address, send, read the status line and no more."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import ssl
import time
from typing import NamedTuple

import httpx
from standardwebhooks import Webhook as Signer

from progress.conf import conf
from progress.errors import ProgressError
from progress.webhooks.addresses import checked_url, host_of, resolve

LONGEST_ERROR = 300
tls = functools.cache(httpx.create_ssl_context)  # with SSL_CERT_FILE, if that is set
FAILURES = (httpx.HTTPError, httpx.InvalidURL, OSError, ProgressError, ValueError)


class Attempt(NamedTuple):
    """What came of it. `retry_after` is what the endpoint asked for, in seconds."""

    status_code: int | None
    error: str
    ms: float
    retry_after: float = 0.0

    @property
    def succeeded(self) -> bool:
        return self.status_code is not None and 200 <= self.status_code < 300

    @property
    def is_gone(self) -> bool:
        return self.status_code == 410


async def send(url: str, message: str, payload: str, secrets: list[str]) -> Attempt:
    """POST a payload; every failure comes back as an Attempt, none is raised."""
    started = time.perf_counter()
    answer = None
    try:
        async with asyncio.timeout(conf().webhook_timeout):
            answer = await post(
                httpx.URL(url), payload.encode(), headers(message, payload, secrets)
            )
        error = "" if answer.is_success else told(answer.status_code)
    except TimeoutError:
        error = f"no answer within {conf().webhook_timeout:g} s"
    except FAILURES as failure:
        error = reason(failure)
    ms = (time.perf_counter() - started) * 1000
    if answer is None:
        return Attempt(None, error, ms)
    return Attempt(answer.status_code, error, ms, retry_after(answer))


def headers(message: str, payload: str, secrets: list[str]) -> dict[str, str]:
    """Standard Webhooks: id, time and a signature for each secret that is valid now."""
    now = dt.datetime.now(dt.UTC)
    signatures = (Signer(secret).sign(message, now, payload) for secret in secrets)
    return {
        "content-type": "application/json",
        "user-agent": "tickertape-webhooks/1",
        "webhook-id": message,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


async def post(url: httpx.URL, body: bytes, fields: dict[str, str]) -> httpx.Response:
    """The answer's head, from the first of the name's addresses that takes the connection."""
    checked_url(str(url))  # again: what is allowed may have changed since it was stored
    addresses = await resolve(url)
    for last, address in enumerate(addresses, 1 - len(addresses)):
        try:
            return await post_to(address, url, body, fields)
        except httpx.ConnectError:
            if last == 0:
                raise
    raise OSError("the name has no address")


async def post_to(
    address: str, url: httpx.URL, body: bytes, fields: dict[str, str]
) -> httpx.Response:
    """Connects to the address itself; the name stays in Host, in TLS (SNI) and in its check."""
    pinned = url.copy_with(host=address)
    fields = {**fields, "host": url.netloc.decode("ascii")}
    # No proxies and certificates from the environment, no redirects, no cookies kept.
    async with (
        httpx.AsyncClient(
            verify=tls(),
            trust_env=False,
            follow_redirects=False,
            timeout=conf().webhook_timeout,
        ) as client,
        client.stream(
            "POST", pinned, content=body, headers=fields, extensions={"sni_hostname": host_of(url)}
        ) as answer,
    ):
        return answer  # the body is never read: it could be endless


def told(status: int) -> str:
    if 300 <= status < 400:
        return f"answered {status}; redirects are not followed"
    return f"answered {status}"


def reason(error: Exception) -> str:
    """For the owner of the endpoint: what went wrong, without addresses inside our network."""
    if isinstance(error, ProgressError):
        return str(error)
    if isinstance(error, httpx.ConnectError) and isinstance(root(error), ssl.SSLError):
        return f"TLS failed: {root(error)}"[:LONGEST_ERROR]
    if isinstance(error, httpx.HTTPError):
        return f"connection failed: {type(error).__name__}"
    return f"not reachable: {type(error).__name__}"


def root(error: BaseException) -> BaseException:
    """The error under the layers of the client."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    return error


def retry_after(answer: httpx.Response) -> float:
    """Only the form in seconds; bounded by the caller."""
    value = answer.headers.get("retry-after", "")
    return float(value) if value.isascii() and value.isdigit() and len(value) < 7 else 0.0
