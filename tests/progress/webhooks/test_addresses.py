"""Which addresses an endpoint may have, and that the checked one is the one that is called."""

import asyncio
import socket
import threading

import httpx
import pytest

from progress.errors import BadParameter
from progress.webhooks import addresses, sending
from tests.progress.webhooks.receiver import close_early

PRIVATE = (
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.8", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::", "2002:0a00:1::", "2001:db8::1",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_refused(address):
    with pytest.raises(addresses.AddressRefused):
        addresses.refuse_private(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111"])
def test_a_public_address_is_not_refused(address):
    addresses.refuse_private(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://[::1]/", "https://2130706433/", "https://0x7f.1/",
        "https://0177.0.0.1/", "https://127.1/", "https://localhost/", "https://LOCALHOST./",
        "https://[::ffff:127.0.0.1]/", "https://169.254.169.254/latest/meta-data/",
    ],
)  # fmt: skip
async def test_no_way_of_writing_a_private_address_gets_through(url, configure):
    configure(webhook_allowed_hosts=())
    attempt = await sending.send(url, "m", "{}", [])
    assert attempt.status_code is None
    refusals = ("not reachable: gaierror", "not reachable: InvalidURL")
    assert attempt.error in (str(addresses.AddressRefused()), *refusals)


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/",
        "//example.com", "http://example.com/", "https://user:secret@example.com/", "https://example.com/#part",
        "https://exämple.com/", "https://" + "a" * 2000, 5, None, ["https://example.com"],
        "https://example.com:99999/", "https://exa mple.com/", "https:///path",
        "https://.../",
    ],
)  # fmt: skip
def test_an_url_that_cannot_be_an_endpoint_is_refused(url):
    with pytest.raises(BadParameter):
        addresses.checked_url(url)


def test_a_name_in_broken_punycode_is_a_name_that_will_not_resolve():
    assert addresses.host_of(addresses.checked_url("https://xn--a.org/")) == "xn--a.org"


def test_plain_http_is_for_allowed_hosts_only(configure):
    configure(webhook_allowed_hosts=("receiver.test",))
    assert addresses.checked_url("http://Receiver.test:9000/x").port == 9000
    for other in ("other.test", "nearlyreceiver.test", "below.receiver.test"):
        with pytest.raises(BadParameter):
            addresses.checked_url(f"http://{other}/x")


def answers(monkeypatch, *each_time):
    """The machine's resolver gives these lists of addresses, one after the other."""
    asked = []

    def resolve(host, port, *rest, **more):
        asked.append(host)
        found = each_time[min(len(asked), len(each_time)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


async def test_a_name_is_refused_for_one_private_address_among_public_ones(monkeypatch, configure):
    configure(webhook_allowed_hosts=())
    answers(monkeypatch, ["93.184.216.34", "10.0.0.1"])
    with pytest.raises(addresses.AddressRefused):
        await addresses.resolve(httpx.URL("https://rebind.test/"))


async def test_the_connection_goes_to_the_address_that_was_checked(
    monkeypatch, receiver, configure
):
    """A name that would answer differently the second time (DNS rebinding) is asked once."""
    configure(webhook_allowed_hosts=("rebind.test",))
    asked = answers(monkeypatch, ["127.0.0.1"], ["127.0.0.2"])
    attempt = await sending.send(f"http://rebind.test:{receiver.port}/hook", "m", "{}", [])
    assert attempt.succeeded and asked.count("rebind.test") == 1
    assert receiver.received[0].headers["host"] == f"rebind.test:{receiver.port}"


async def test_the_next_address_is_tried_when_one_takes_no_connection(
    monkeypatch, receiver, configure
):
    configure(webhook_allowed_hosts=("two.test",))
    answers(monkeypatch, ["127.0.0.9", "127.0.0.1"])
    attempt = await sending.send(f"http://two.test:{receiver.port}/hook", "m", "{}", [])
    assert attempt.succeeded and len(receiver.received) == 1


async def test_no_other_address_is_tried_once_one_has_got_the_request(
    monkeypatch, receiver, configure
):
    configure(webhook_allowed_hosts=("two.test",))
    answers(monkeypatch, ["127.0.0.1", "127.0.0.9"])
    receiver.answers = [close_early]
    attempt = await sending.send(f"http://two.test:{receiver.port}/hook", "m", "{}", [])
    assert attempt.error == "connection failed: RemoteProtocolError"


async def test_a_proxy_of_the_environment_is_not_asked(monkeypatch, receiver):
    """It would resolve the name once more, and may reach what we must not."""
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert (await sending.send(receiver.url, "m", "{}", [])).succeeded


async def test_names_whose_servers_never_answer_hold_no_thread_that_jobs_need(
    monkeypatch, configure
):
    gate = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: gate.wait(60) and [])
    url = httpx.URL("https://silent.test/")
    asking = [asyncio.create_task(addresses.resolve(url)) for _ in range(50)]
    try:
        await asyncio.sleep(0)
        async with asyncio.timeout(30):
            assert await asyncio.to_thread(int) == 0
    finally:
        gate.set()
        await asyncio.gather(*asking)
