"""``meldketen demo``: loads the demo office with its clients. What is there already is left as it is.

``meldketen demo code ADDRESS`` prints the six digits of a person of the demo, beside a running ``meldketen up``.
"""

import sys
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

import pyotp

from service.config import Config, ConfigError
from service.demo.logins import DEMO_PASSWORD, LOGINS, app_secret, as_table
from service.embedded.folder import DataFolder
from service.embedded.keys import load_keys
from service.story.demo_office import CONTROLLERS, load_demo
from service.words.one_line import refuse
from tenants.identity.totp import STEP_S

LOAD, CODE = "load", "code"


def add_arguments(parser: ArgumentParser) -> None:
    """Add how large the office is, or whose code is asked for."""
    parser.add_argument("what", nargs="?", choices=(LOAD, CODE), default=LOAD, help="load it (default), or tell a code")
    parser.add_argument("address", nargs="*", help="whose code (default: everybody's)")
    parser.add_argument("--controllers", type=int, default=CONTROLLERS, help="how many clients (default: 300)")
    parser.add_argument("--data", type=Path, default=Path(".data"), help="the data folder of `up` (default: .data)")


def run(arguments: Namespace) -> int:
    """Load the demo into the database that the environment names, and print who can log in; or print codes."""
    if arguments.what == CODE:
        return _tell_codes(arguments.address, arguments.data)
    load_demo(Config.from_environment(), arguments.controllers)
    print(f"Password: {DEMO_PASSWORD}. A code: meldketen demo code ADDRESS", *as_table(), sep="\n")
    return 0


def _tell_codes(addresses: list[str], data: Path) -> int:
    asked = tuple(login for login in LOGINS if not addresses or login.email in addresses)
    unknown = set(addresses) - {login.email for login in asked}
    if unknown:
        there_are = ", ".join(login.email for login in LOGINS)
        return refuse("meldketen demo", f"nobody of the demo is {', '.join(sorted(unknown))}; there are: {there_are}.")
    try:
        secret_key = _secret_key(data)
    except ConfigError:
        return refuse("meldketen demo", f"no installation in {data}; name the data folder of `up` with --data.")
    now = int(time.time())
    for line, login in zip(as_table(asked), asked, strict=True):
        # The code of the next step is accepted already, lasts longest, and was not used by a story that just ended.
        code = pyotp.TOTP(app_secret(secret_key, login.email)).generate_otp(now // STEP_S + 1)
        print(code if addresses else f"{code}  {line}")
    print(f"It works once; the next one comes in {STEP_S - now % STEP_S} seconds.", file=sys.stderr)
    return 0


def _secret_key(data: Path) -> str:
    """Return the secret key of the installation in this folder, or else of the one that the environment names."""
    keys = DataFolder(data).keys
    return load_keys(keys).secret_key if keys.exists() else Config.from_environment().secret_key
