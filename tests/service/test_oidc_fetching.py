"""A provider's address must not become a way to look around inside."""

import pytest

from service.oidc.fetching import Asker, ProviderFault


@pytest.mark.parametrize("host", [
    "127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "[::1]", "[fe80::1]",
    "[::ffff:127.0.0.1]", "[fd00::1]", "localhost", "224.0.0.1", "2130706433", "127.1",
])  # fmt: skip
def test_nothing_private_is_asked(host: str) -> None:
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


def test_nobody_at_home() -> None:
    with pytest.raises(ProviderFault) as fault:
        Asker(on_loopback=True).get("http://127.0.0.1:1/")
    assert fault.value.what == "unreachable"
