"""One attempt against endpoints that behave, and against those that do not."""

import datetime as dt
import ssl
import subprocess
import time

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from progress.webhooks import sending
from progress.webhooks.models import new_secret
from tests.progress.webhooks import receiver as endpoints
from tests.progress.webhooks.receiver import Receiver, redirect_to


async def send(receiver: Receiver, *secrets: str, body: str = '{"a": "ä"}') -> sending.Attempt:
    return await sending.send(receiver.url, "msg_1", body, list(secrets))


async def test_a_receiver_can_verify_the_signature(receiver):
    secret = new_secret()
    assert (await send(receiver, secret)).succeeded
    [got] = receiver.received
    assert Verifier(secret).verify(got.body, got.headers) == {"a": "ä"}
    sent = dt.datetime.fromtimestamp(int(got.headers["webhook-timestamp"]), dt.UTC)
    assert abs((dt.datetime.now(dt.UTC) - sent).total_seconds()) < 5
    assert got.headers["content-type"] == "application/json"


async def test_a_changed_body_or_id_does_not_verify(receiver):
    secret = new_secret()
    await send(receiver, secret)
    [got] = receiver.received
    with pytest.raises(WebhookVerificationError):
        Verifier(secret).verify(got.body + " ", got.headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(secret).verify(got.body, {**got.headers, "webhook-id": "msg_2"})


async def test_two_secrets_sign_side_by_side(receiver):
    new, old = new_secret(), new_secret()
    await send(receiver, new, old)
    [got] = receiver.received
    for secret in (new, old):
        Verifier(secret).verify(got.body, got.headers)


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
async def test_a_refusal_is_told_by_its_status(receiver, status):
    receiver.answers = [status]
    attempt = await send(receiver)
    assert (attempt.succeeded, attempt.status_code) == (False, status)
    assert attempt.error == f"answered {status}"


async def test_a_redirect_is_not_followed(receiver):
    with Receiver() as secret_place:
        receiver.answers = [redirect_to(secret_place.url)]
        attempt = await send(receiver)
        assert attempt.error == "answered 307; redirects are not followed"
        assert not attempt.succeeded and not secret_place.received


@pytest.mark.parametrize("behaviour", [endpoints.hang, endpoints.drip])
async def test_an_endpoint_that_hangs_is_left_after_the_time_limit(receiver, configure, behaviour):
    configure(webhook_timeout=0.3)
    receiver.answers = [behaviour]
    started = time.monotonic()
    attempt = await send(receiver)
    assert time.monotonic() - started < 1.5
    assert attempt.status_code is None and attempt.error == "no answer within 0.3 s"


async def test_an_endless_body_is_not_read(receiver):
    receiver.answers = [endpoints.never_end]
    attempt = await send(receiver)
    assert attempt.succeeded and attempt.ms < 900


@pytest.mark.parametrize("behaviour", [endpoints.close_early, endpoints.lie])
async def test_a_broken_answer_is_a_failure(receiver, behaviour):
    receiver.answers = [behaviour]
    attempt = await send(receiver)
    assert attempt.status_code is None
    assert attempt.error == "connection failed: RemoteProtocolError"


async def test_a_closed_port_is_a_failure():
    with Receiver() as gone:
        url = gone.url
    attempt = await sending.send(url, "m", "{}", [])
    assert attempt.error == "connection failed: ConnectError"


async def test_what_the_endpoint_asks_for_is_understood_in_seconds(receiver):
    receiver.answers = [
        lambda handler: handler.status(503, retry_after="120"),
        lambda handler: handler.status(503, retry_after="Wed, 21 Oct 2026 07:28:00 GMT"),
    ]
    assert (await send(receiver)).retry_after == 120
    assert (await send(receiver)).retry_after == 0


@pytest.fixture
def certificate(tmp_path):
    """A certificate for `localhost`, its own authority, made by openssl for a day."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "1", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key


@pytest.fixture
def secure(receiver, certificate):
    """The receiver over TLS; `names` are those that clients asked for (SNI)."""
    cert, key = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    receiver.server.socket = context.wrap_socket(receiver.server.socket, server_side=True)
    return receiver, names


@pytest.fixture
def trusting(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    sending.tls.cache_clear()
    yield
    sending.tls.cache_clear()


async def test_tls_is_checked_against_the_name_although_the_address_is_called(secure, trusting):
    receiver, names = secure
    attempt = await sending.send(f"https://localhost:{receiver.port}/hook", "m", "{}", [])
    assert attempt.succeeded, attempt.error
    assert names == ["localhost"]
    assert receiver.received[0].headers["host"] == f"localhost:{receiver.port}"


async def test_a_certificate_for_another_name_is_refused(secure, trusting):
    receiver, _ = secure
    attempt = await sending.send(f"https://127.0.0.1:{receiver.port}/hook", "m", "{}", [])
    assert attempt.error.startswith("TLS failed:") and not receiver.received


async def test_a_certificate_of_an_unknown_authority_is_refused(secure):
    receiver, _ = secure
    attempt = await sending.send(f"https://localhost:{receiver.port}/hook", "m", "{}", [])
    assert "CERTIFICATE_VERIFY_FAILED" in attempt.error and not receiver.received
