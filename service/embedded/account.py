"""The machine's account under which the database runs. PostgreSQL refuses root, so root runs it as another account."""

import os
import pwd
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

NAME = "meldketen"
NOBODY = "nobody"
NO_RIGHTS = ["--inh-caps=-all", "--ambient-caps=-all", "--bounding-set=-all"]
PASS_CLOSED_FOLDERS = [
    "--inh-caps=-all,+dac_override", "--ambient-caps=+dac_override", "--bounding-set=-all,+dac_override",
]  # fmt: skip
ACCESS_TOO = "--securebits=+no_setuid_fixup"  # Without this, access(2) answers as if the right were not lent.


def database_account(name: str = NAME) -> pwd.struct_passwd | None:
    """Return the account to run PostgreSQL as; None for our own. What is done to get one is printed in a line."""
    if os.geteuid() != 0:
        return None
    return _find(name) or _made(name) or _of_nobody(name)


def run_as(account: pwd.struct_passwd | None, command: list[str], needs: list[Path]) -> list[str]:
    """Return the command that runs as that account, which must be able to reach the paths it needs."""
    if account is None:
        return command
    options = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", "--no-new-privs"]
    if all(_within_reach(path, account.pw_uid) for path in needs):
        return ["setpriv", *options, *NO_RIGHTS, "--", *command]
    # A folder above may be closed, such as root's own. Lending this one right leaves no trace there, while opening the
    # folders would let everybody in. The started program and its children can get no other right of root.
    return ["setpriv", *options, *PASS_CLOSED_FOLDERS, ACCESS_TOO, "--", *command]


def hand_over(path: Path, account: pwd.struct_passwd | None) -> None:
    """Make the account the owner of a file or folder."""
    if account is not None:
        os.chown(path, account.pw_uid, account.pw_gid)


def _find(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _made(name: str) -> pwd.struct_passwd | None:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "--", name]
    with suppress(FileNotFoundError):  # Some machines have no useradd.
        subprocess.run(command, check=False, capture_output=True)
    made = _find(name)
    if made is not None:
        _say(f"the system account {name} was made for it.")
    return made


def _of_nobody(name: str) -> pwd.struct_passwd:
    _say(f"no system account {name} can be made, so it runs as {NOBODY}, as other programs may do.")
    return pwd.getpwnam(NOBODY)


def _say(what: str) -> None:
    print(f"PostgreSQL refuses root: {what}", file=sys.stderr)


def _within_reach(path: Path, uid: int) -> bool:
    real = path.resolve()
    return all(_may_pass(step, uid) for step in (real, *real.parents))


def _may_pass(path: Path, uid: int) -> bool:
    status = path.stat()
    needed = stat.S_IXUSR if status.st_uid == uid else stat.S_IXOTH
    return bool(status.st_mode & needed)
