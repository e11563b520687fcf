"""From where somebody knocks: addresses as a proxy or a socket tells them."""

from ipaddress import IPv6Address, ip_address
from typing import Final

UNKNOWN_ADDRESS: Final = "unknown"
_LONGEST: Final = 100
_NETWORK_BITS: Final = 64  # what one house or office gets of IPv6


def checked_address(text: str) -> str:
    """Return an address in its plain form; what is none, as a client of a unix socket has, is unknown."""
    try:
        found = ip_address(text[:_LONGEST].strip())
    except ValueError:
        return UNKNOWN_ADDRESS
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found).partition("%")[0]


def network_of(text: str) -> str:
    """Return what tries are counted by: an IPv4 address, or the network of an IPv6 address, which has many."""
    address = checked_address(text)
    if address == UNKNOWN_ADDRESS or ":" not in address:
        return address
    return str(IPv6Address(int(IPv6Address(address)) >> _NETWORK_BITS << _NETWORK_BITS))
