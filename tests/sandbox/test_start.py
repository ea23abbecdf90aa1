"""What the sandbox needs to start."""

import stat
from pathlib import Path

import pytest

from service.sandbox.keys import ensure_private_key
from service.sandbox.outcomes import by_address
from service.sandbox.rules import is_address
from service.sandbox.settings import SandboxSettings
from service.sandbox.texts import TEXTS
from tests.sandbox.public_key import public_key_base64


def test_settings_from_a_mapping():
    values = {
        "SENDGRID_API_KEY": "k",
        "SANDBOX_DIR": "box",
        "WEBHOOK_URL": "",
        "SANDBOX_PRIVATE_KEY": " key.pem ",
    }
    assert SandboxSettings.from_mapping(values) == SandboxSettings(Path("box"), "k", None, Path("key.pem"))
    assert SandboxSettings.from_mapping(
        {"SENDGRID_API_KEY": "k", "SANDBOX_DIR": "box"}
    ).private_key_path == Path("box/webhook-key.pem")


def test_a_missing_setting_is_named():
    with pytest.raises(ValueError, match="SENDGRID_API_KEY, SANDBOX_DIR not set"):
        SandboxSettings.from_mapping({"SANDBOX_DIR": " "})


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path):
    path = tmp_path / "new" / "key.pem"
    public = public_key_base64(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert public_key_base64(path) == public
    assert ensure_private_key(path).curve.name == "secp256r1"
    assert [entry.name for entry in path.parent.iterdir()] == ["key.pem"]


@pytest.mark.parametrize(
    "address", ["a@b.nl", "jan+x@sub.example.test", "o'neil@xn--bcher-kva.example", "a@b.xn--p1ai"]
)
def test_valid_addresses_are_accepted(address):
    assert is_address(address)


@pytest.mark.parametrize(
    "address",
    ["", "a", "@b.nl", "a@", "a@b", "a@-b.nl", "a@b..nl", ".a@b.nl", "a.@b.nl", "a@b@c.nl", "a@b.nl ",
     "a@é.nl", "x" * 65 + "@b.nl", "a@" + "b." * 130 + "nl", "a@1.2.3.4", "a b@c.nl", "a@b.nl\n", "<a@b.nl>"],
)  # fmt: skip
def test_invalid_addresses_are_refused(address):
    assert not is_address(address)


def test_a_fault_is_chosen_by_a_word_that_begins_after_a_plus():
    assert by_address("jan.drop@example.nl").name == "delivered"
    assert by_address("jan+x+defer@example.nl").name == "deferred"
    assert by_address("jan+drop+spam@example.nl").name == "dropped"
    assert by_address("Spam+drop@example.nl").name == "spamreport"
    assert by_address("jan@bounce.example.nl").name == "delivered"


def test_english_is_a_full_twin():
    assert TEXTS["nl"].keys() == TEXTS["en"].keys()
