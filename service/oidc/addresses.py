"""Which addresses belong to the internet, and which lead to a machine inside a network.

The registries of IANA (special-purpose addresses for IPv4 and IPv6, RFC 6890) decide, because Python's `is_global`
differs between versions. Of IPv6 only allocated addresses pass (2000::/3), and the gateway for IPv4 (64:ff9b::/96, RFC
6052) when the IPv4 address inside it passes.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

INSIDE_4 = tuple(map(ip_network, (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
    "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    # Of Microsoft's cloud: a public address in form, answered by the machine on which a server runs.
    "168.63.129.16/32",
)))  # fmt: skip
HANDED_OUT_6 = ip_network("2000::/3")
INSIDE_6 = tuple(map(ip_network, (
    "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
)))  # fmt: skip
GATEWAY_TO_4 = ip_network("64:ff9b::/96")


def is_of_the_internet(address: str) -> bool:
    """Return whether this address, as the resolver wrote it, belongs to the internet.

    Raises ValueError for no address.
    """
    number = ip_address(address)
    if isinstance(number, IPv6Address):
        return _is_of_the_internet_6(number)
    return not any(number in network for network in INSIDE_4)


def is_this_machine(address: str) -> bool:
    """Return whether this is the loopback."""
    return ip_address(address).is_loopback


def _is_of_the_internet_6(number: IPv6Address) -> bool:
    if number in GATEWAY_TO_4:
        return is_of_the_internet(str(IPv4Address(number.packed[-4:])))
    return number in HANDED_OUT_6 and not any(number in network for network in INSIDE_6)
