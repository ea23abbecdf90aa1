"""What the environment must say, and what is said when it does not."""

import base64
import subprocess
import sys

import pytest

from service.config import Config, ConfigError

COMPLETE = {
    "DATABASE_URL": "postgres://app:secret@db.example/meldketen",
    "REDIS_URL": "rediss://:secret@redis.example:6379/0",
    "SECRET_KEY": "a-secret",
    "MASTER_KEY": base64.b64encode(bytes(32)).decode(),
    "BASE_URL": "https://meldketen.example/",
    "SENDGRID_API_KEY": "SG.key",
    "SENDGRID_HOST": "https://api.eu.sendgrid.com",
    "SENDGRID_WEBHOOK_PUBLIC_KEYS": "first, second",
    "MAIL_FROM": "meldketen@example.nl",
}


def test_a_complete_environment_is_read_and_given_on_unchanged() -> None:
    config = Config.from_environment(COMPLETE)
    assert config.database_url == "postgresql+psycopg://app:secret@db.example/meldketen"
    assert config.base_url == "https://meldketen.example"
    assert config.sendgrid_webhook_public_keys == ("first", "second")
    assert Config.from_environment(config.as_environment()) == config


def test_all_that_is_missing_is_named_in_one_line() -> None:
    with pytest.raises(ConfigError, match=r"^Not set in the environment: SECRET_KEY, MAIL_FROM\.") as refused:
        Config.from_environment(COMPLETE | {"SECRET_KEY": " ", "MAIL_FROM": ""})
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "sqlite:///here.db"),
        ("REDIS_URL", "localhost:6379"),
        ("MASTER_KEY", base64.b64encode(bytes(31)).decode()),
        ("MASTER_KEY", "not base64!"),
        ("PREVIOUS_MASTER_KEYS", f"{base64.b64encode(bytes(32)).decode()}, short"),
        ("BASE_URL", "meldketen.example"),
        ("MAIL_FROM", "nobody"),
        ("TRUSTED_PROXIES", "many"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        Config.from_environment(COMPLETE | {name: value})


def test_only_a_release_needs_the_owner() -> None:
    with pytest.raises(ConfigError, match="OWNER_DATABASE_URL"):
        Config.from_environment(COMPLETE).owner_url()


def test_secrets_are_not_shown() -> None:
    shown = repr(Config.from_environment(COMPLETE))
    assert not [value for value in ("secret", "SG.key", COMPLETE["MASTER_KEY"]) if value in shown]


@pytest.mark.parametrize("words", [["nonsense"], ["release"]])
def test_the_command_refuses_in_one_line(words: list[str]) -> None:
    command = [sys.executable, "-m", "service.cli", *words]
    done = subprocess.run(command, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("meldketen: ")
    assert done.stderr.count("\n") == 1
