"""A provider's address must not become a way to look around inside."""

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest

from service.oidc.addresses import is_of_the_internet
from service.oidc.fetching import Asker, ProviderFault

SPECIAL = (
    # IANA IPv4 Special-Purpose Address Registry, and multicast
    "0.0.0.0/8", "0.0.0.0/32", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
    "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    "255.255.255.255/32",
    # IANA IPv6 Special-Purpose Address Registry, multicast, site-local, and what is not handed out
    "::1/128", "::/128", "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64",
    "2001::/23", "2001::/32", "2001:1::1/128", "2001:2::/48", "2001:3::/32", "2001:4:112::/48", "2001:10::/28",
    "2001:20::/28", "2001:30::/28", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20", "5f00::/16",
    "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "4000::/3",
)  # fmt: skip
INSIDE = ("127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "100.64.0.1", "168.63.129.16")
OUTSIDE = ("8.8.8.8", "145.53.1.1", "2a01:1b0::1", "2606:4700::6810:1", "64:ff9b::8.8.8.8")


@pytest.mark.parametrize("network", SPECIAL)
def test_no_special_address_is_of_the_internet(network: str) -> None:
    """The first, the last, and one in the middle of each."""
    addresses = ip_network(network)
    places = {0, addresses.num_addresses - 1, addresses.num_addresses // 2}
    assert not [str(addresses[place]) for place in places if is_of_the_internet(str(addresses[place]))]


@pytest.mark.parametrize("inside", INSIDE)
def test_no_address_inside_hides_in_another(inside: str) -> None:
    """Each form in which IPv6 carries an IPv4 address: mapped, compatible, translated, NAT64, 6to4, Teredo, ISATAP."""
    number = int(IPv4Address(inside))
    carried = {
        "plain": IPv4Address(number), "mapped": IPv6Address(0xFFFF << 32 | number), "compatible": IPv6Address(number),
        "translated": IPv6Address(0xFFFF << 48 | number), "nat64": IPv6Address((0x64FF9B << 96) | number),
        "local nat64": IPv6Address((0x64FF9B0001 << 80) | number), "6to4": IPv6Address(0x2002 << 112 | number << 80),
        "teredo": IPv6Address(0x20010000 << 96 | (number ^ 0xFFFFFFFF)),
        "isatap": IPv6Address(0xFE80 << 112 | 0x5EFE << 32 | number),
    }  # fmt: skip
    assert not [form for form, address in carried.items() if is_of_the_internet(str(address))]


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_of_the_internet_is_asked(address: str) -> None:
    assert is_of_the_internet(address)


@pytest.mark.parametrize("host", [
    "127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "[::1]", "[fe80::1]",
    "[::ffff:127.0.0.1]", "[fd00::1]", "[64:ff9b::169.254.169.254]", "[2002:a9fe:a9fe::1]", "[::127.0.0.1]",
    "localhost", "224.0.0.1", "2130706433", "127.1",
])  # fmt: skip
def test_a_private_address_is_never_asked(host: str) -> None:
    with pytest.raises(ProviderFault) as fault:
        Asker(on_loopback=False).get(f"https://{host}/.well-known/openid-configuration")
    assert fault.value.what == "private_address"


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "[fd00::1]"])
def test_an_installation_on_loopback_may_ask_itself_and_nothing_else_inside(host: str) -> None:
    with pytest.raises(ProviderFault) as fault:
        Asker(on_loopback=True).get(f"https://{host}/")
    assert fault.value.what == "private_address"


@pytest.mark.parametrize(("url", "what"), [
    ("http://127.0.0.1/", "not_https"), ("http://login.example/", "not_https"), ("file:///etc/passwd", "address"),
    ("gopher://login.example/", "not_https"), ("https://", "address"), ("https://u:p@login.example/", "address"),
    ("https://login.example/#x", "address"), ("https://login.example/\r\nHost: x", "address"),
    ("https://[login.example/", "address"), ("https://login.example:x/", "address"),
])  # fmt: skip
def test_only_https_and_nothing_odd(url: str, what: str) -> None:
    with pytest.raises(ProviderFault) as fault:
        Asker(on_loopback=False).get(url)
    assert fault.value.what == what


def test_a_provider_that_does_not_listen_is_unreachable() -> None:
    with pytest.raises(ProviderFault) as fault:
        Asker(on_loopback=True).get("http://127.0.0.1:1/")
    assert fault.value.what == "unreachable"
