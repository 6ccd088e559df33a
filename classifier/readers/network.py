"""Which network addresses are public. Refuses the local machine and network, whatever disguise their address wears."""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from classifier.errors import InputError

Address = IPv4Address | IPv6Address

# Prefixes whose addresses carry an IPv4 address in their last 32 bits.
_CARRIERS = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("::/96"))


def addresses_of(host: str, port: int, *, allow_local: bool) -> list[str]:
    """Return the network addresses of a host; raise `InputError` if it has none, or if any is local and that isn't allowed."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise InputError(f"no such host: {host[:100]} ({getattr(error, 'strerror', None) or error}).") from None
    addresses = list(dict.fromkeys(str(where[0]) for *_, where in found))
    if not allow_local and not all(is_public(address) for address in addresses):
        raise InputError(f"{host[:100]} is on the local network; if you mean it, use --local-network.")
    return addresses


def is_public(address: str) -> bool:
    """Return whether an address belongs to the public internet.

    >>> [is_public(a) for a in ("151.101.0.144", "127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "64:ff9b::a00:1")]
    [True, False, False, False, False]
    """
    parsed = ip_address(address.split("%")[0])
    return all(a.is_global and not a.is_multicast and not a.is_reserved for a in _meant(parsed))


def _meant(address: Address) -> list[Address]:
    """Return an address and the IPv4 addresses that it carries inside."""
    if isinstance(address, IPv4Address):
        return [address]
    carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in _CARRIERS):
        carried.append(IPv4Address(int(address) & 0xFFFFFFFF))
    inner: list[Address] = [a for a in carried if a is not None]
    # A mapped address is its IPv4 address; others must be public in themselves too.
    return inner if address.ipv4_mapped or any(address in n for n in _CARRIERS) else [address, *inner]
