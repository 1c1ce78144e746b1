"""Which addresses may be connected to: the public ones, and those that the operator allows."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import Executor
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from voxhall.errors import AddressRefused, UpstreamFailed

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the addresses of a host, as text."""

UNICAST = IPv6Network("2000::/3")
"""All IPv6 addresses that are handed out; whatever lies elsewhere leads to this or a neighbouring network."""
REFUSED = tuple(
    ip_network(text)
    for text in (
        "168.63.129.16/32",  # a cloud's own services under a public address
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # relays into IPv6
        "2001::/23",  # protocol assignments, Teredo among them: an IPv4 address inside
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address inside
        "3fff::/20",  # documentation
    )
)
"""What older versions of `ipaddress` take for public, or is public only in form."""


class Gate:
    """Decides which addresses may be connected to."""

    def __init__(self, allow: Iterable[str]) -> None:
        """`allow` are networks that are let through although they are not public."""
        self._allow = tuple(ip_network(each) for each in allow)

    def check(self, host: str, found: Iterable[str]) -> tuple[Address, ...]:
        """Give the addresses that were found for a host; raises AddressRefused if one of them may not be used."""
        addresses = tuple(_unwrapped(ip_address(text)) for text in found)
        if not all(self._admits(each) for each in addresses):
            # the address itself stays unsaid: a caller shall not learn the names of a private network
            raise AddressRefused(
                f"{host!r} does not lead to a public address; the operator can allow networks by VOXHALL_NET_ALLOW"
            )
        return addresses

    def _admits(self, address: Address) -> bool:
        return any(address in network for network in self._allow) or is_public(address)


def is_public(address: Address) -> bool:
    """Tell whether an address belongs to the public internet and is not another address in disguise."""
    if isinstance(address, IPv6Address) and address not in UNICAST:
        return False
    if any(address in network for network in REFUSED):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _unwrapped(address: Address) -> Address:
    """Give the IPv4 address that an IPv6 address stands for, if it does."""
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


def system_resolver(executor: Executor) -> Resolver:
    """Ask the system as any program does, in threads of its own: names may be slow."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(executor, _look_up, host, port)
        except (OSError, UnicodeError):
            raise UpstreamFailed(f"there is no host {host!r}") from None

    return resolve


def _look_up(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))
