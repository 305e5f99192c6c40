"""Which addresses an endpoint may have: public ones, unless the operator allowed its host.

An attacker who may name a URL must not reach what only this machine can reach (SSRF). A name is
resolved once for each attempt, every address it has is checked, and the connection goes to the
address that was checked, so a name that changes its answer in between gains nothing.
"""

from __future__ import annotations

import asyncio
import functools
import ipaddress
import re
import socket

import httpx

from progress.conf import conf
from progress.errors import BadParameter, ProgressError
from progress.threads import pool

LONGEST_URL = 2_000
RESOLVERS = 32  # names looked up at a time
VISIBLE = re.compile(r"[!-~]+")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefused(ProgressError):
    """The endpoint's address is not a public one."""

    code = "address_refused"


def checked_url(text: object) -> httpx.URL:
    """The URL, if an endpoint may have it, whatever its name resolves to. Raises BadParameter."""
    if not isinstance(text, str) or len(text) > LONGEST_URL or not VISIBLE.fullmatch(text):
        raise BadParameter("url", f"an address of at most {LONGEST_URL} ASCII characters is wanted")
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        raise BadParameter("url", "not an address") from None
    if url.scheme not in ("http", "https") or not host_of(url) or port_of(url) > 65_535:
        raise BadParameter("url", "an https:// address is wanted")
    if url.userinfo or url.fragment:
        raise BadParameter("url", "neither a password nor a fragment may be part of it")
    if url.scheme == "http" and not is_allowed(host_of(url)):
        raise BadParameter("url", "only https is called, so that nobody in between reads along")
    return url


def host_of(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii").strip("[]").rstrip(".").lower()


def port_of(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def is_allowed(host: str) -> bool:
    """Whether the operator named this very host in PROGRESS["webhook_allowed_hosts"]."""
    return host in {allowed.strip("[]").lower() for allowed in conf().webhook_allowed_hosts}


async def resolve(url: httpx.URL) -> list[str]:
    """The addresses to connect to, checked. Raises AddressRefused, or OSError for unknown names."""
    host = host_of(url)
    ask = functools.partial(socket.getaddrinfo, host, port_of(url), type=socket.SOCK_STREAM)
    # Strangers' name servers may never answer: a thread of the loop's own pool, which jobs need,
    # would be held for half a minute, whoever stopped waiting.
    found = await asyncio.get_running_loop().run_in_executor(pool("resolver", RESOLVERS), ask)
    addresses = list(dict.fromkeys(str(item[4][0]) for item in found))
    if not is_allowed(host):
        for address in addresses:
            refuse_private(address)
    return addresses


def refuse_private(text: str) -> None:
    """One private address among public ones is enough to refuse: which one is called is luck."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        raise AddressRefused from None
    if not all(is_public(inner) for inner in (address, *embedded(address))):
        raise AddressRefused


def is_public(address: Address) -> bool:
    if any(address in network for network in NOT_PUBLIC):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


# What older Pythons count as global: IETF assignments, 6to4 relays, local NAT64, site-local.
NOT_PUBLIC = [
    ipaddress.ip_network(text)
    for text in ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "fec0::/10")
]


NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def embedded(address: Address) -> list[ipaddress.IPv4Address]:
    """The IPv4 addresses that an IPv6 address leads to: mapped, 6to4, Teredo, NAT64."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64:
        inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [found for found in inner if found is not None]
