"""What the environment must say, and what is said when it does not."""

import base64
import subprocess
import sys

import pytest
from redis import Redis

from service.config import Config, ConfigError
from service.possible_settings import REDIS_NUMBERS, REDIS_OPTIONS
from tests.settings import COMPLETE, PROVIDER

PLAIN_DATABASES = (
    "postgresql://app:secret@db.example/meldketen", "postgresql://app@db.example/m?sslmode=prefer",
    "postgresql://app@db.example/m?sslmode=disable", "postgresql://app@/m?host=db.example",
    "postgresql://app@localhost,db.example/m", "postgresql://app@localhost/m?hostaddr=192.0.2.7",
    "postgresql://app@[2001:db8::1]:5432/m",
)  # fmt: skip
SAFE_DATABASES = (
    "postgresql://app@localhost/m", "postgresql://app@127.0.0.1:5432/m", "postgresql://app@[::1]:5432/m",
    "postgresql://app@/m?host=%2Fvar%2Frun", "postgresql://app@/m", "postgresql://app@db.example/m?sslmode=require",
    "postgresql://app@a.example,b.example:5433/m?sslmode=verify-full",
)  # fmt: skip
ADDRESSES = ("BASE_URL", "SENDGRID_HOST", "WEBHOOK_URL", "TIMESTAMP_URL")


def test_a_complete_environment_is_read_and_given_on_unchanged() -> None:
    config = Config.from_environment(COMPLETE)
    assert config.database_url == "postgresql+psycopg://app:secret@db.example/meldketen?sslmode=verify-full"
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
        ("OPERATOR_CONTACT", "bel ons\nof mail"), ("OPERATOR_CONTACT", "x" * 201),
        ("SECRET_KEY", "x"), ("SECRET_KEY", "x" * 64), ("SECRET_KEY", "a-secret-of-31-signs-0123456789"),
        ("MASTER_KEY", base64.b64encode(bytes(32)).decode()),
        ("MASTER_KEY", base64.b64encode(b"geheim!!" * 4).decode()),
        *((name, "http://meldketen.example") for name in ADDRESSES),
        *((name, url) for name in ("DATABASE_URL", "OWNER_DATABASE_URL") for url in PLAIN_DATABASES),
        ("REDIS_URL", "redis://:secret@redis.example:6379/0"), ("REDIS_URL", "redis://10.0.0.7"),
        ("ORGANISATION_PROVIDER_ISSUER", "http://broker.example"), ("ORGANISATION_PROVIDER_ISSUER", "broker"),
        ("ORGANISATION_PROVIDER_ISSUER", "https://b.example?x=1"),
        ("ORGANISATION_PROVIDER_CLIENT_ID", ""), ("ORGANISATION_PROVIDER_CLIENT_SECRET", ""),
        ("ORGANISATION_PROVIDER_CLAIM", ""), ("ORGANISATION_PROVIDER_ISSUER", ""),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        Config.from_environment(COMPLETE | (PROVIDER if "PROVIDER" in name else {}) | {name: value})


def test_all_that_is_missing_or_wrong_is_told_at_once_in_one_line() -> None:
    wrong = {"SECRET_KEY": "x", "MASTER_KEY": "short", "MAIL_FROM": "nobody", "DATABASE_URL": "", "LOG_LEVEL": "loud"}
    with pytest.raises(ConfigError) as refused:
        Config.from_environment(COMPLETE | wrong)
    assert len(refused.value.faults) == len(wrong) and "\n" not in str(refused.value)
    assert all(name in str(refused.value) for name in wrong)


def test_an_address_without_its_scheme_is_not_repeated() -> None:
    with pytest.raises(ConfigError) as refused:
        Config.from_environment(COMPLETE | {"DATABASE_URL": "app:geheim@db.example/meldketen"})
    assert "geheim" not in str(refused.value)


def test_a_provider_for_organisations_is_set_whole_or_not_at_all() -> None:
    config = Config.from_environment(COMPLETE | PROVIDER)
    assert config.organisation_provider_issuer == "https://broker.example/"
    assert config.organisation_provider_acr == ("urn:loa3", "urn:loa4")
    assert Config.from_environment(config.as_environment()) == config
    with pytest.raises(ConfigError, match="CLIENT_SECRET"):
        Config.from_environment(COMPLETE | {"ORGANISATION_PROVIDER_ACR": "urn:loa3"})
    with pytest.raises(ConfigError, match="CLIENT_SECRET"):
        Config.from_environment(COMPLETE | {"ORGANISATION_PROVIDER_NAME_CLAIM": "name"})


@pytest.mark.parametrize(("name", "value"), [
    *((name, url) for name in ADDRESSES
      for url in ("http://127.0.0.1:8000", "http://localhost", "http://[::1]:8025", "https://meldketen.example")),
    *(("DATABASE_URL", url) for url in SAFE_DATABASES),
    *(("REDIS_URL", url) for url in ("redis://localhost", "redis://127.0.0.1:6379/0", "unix:///run/redis.sock")),
])  # fmt: skip
def test_what_stays_on_this_machine_or_is_encrypted_is_taken(name: str, value: str) -> None:
    assert Config.from_environment(COMPLETE | {name: value})


@pytest.mark.parametrize("option", sorted(REDIS_OPTIONS))
def test_each_option_of_redis_is_one_that_redis_py_takes(option: str) -> None:
    url = f"rediss://redis.example/0?{option}={2 if option in REDIS_NUMBERS else 'none'}"
    assert Config.from_environment(COMPLETE | {"REDIS_URL": url})
    assert Redis.from_url(url).connection_pool.make_connection()


@pytest.mark.parametrize("option", ["decode_responses=true", "socket_timeout=soon", "db=x", "nothing=1"])
def test_another_option_of_redis_is_named_without_its_value(option: str) -> None:
    with pytest.raises(ConfigError, match="REDIS_URL has an option"):
        Config.from_environment(COMPLETE | {"REDIS_URL": f"redis://127.0.0.1/0?{option}"})


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
