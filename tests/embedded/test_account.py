"""Root lends the database an account without any of root's rights; in a closed folder with one, and no other."""

import os
import pwd
import subprocess
from pathlib import Path

import pytest

from service.embedded.account import database_account, run_as

STATUS = ["cat", "/proc/self/status"]
PASS_FOLDERS = 1 << 1
"""CAP_DAC_OVERRIDE, as the kernel shows it."""


@pytest.mark.parametrize(("mode", "rights"), [(0o755, 0), (0o700, PASS_FOLDERS)])
def test_the_database_has_no_right_of_root_but_to_pass_closed_folders(mode: int, rights: int) -> None:
    account = pwd.getpwnam("nobody")
    folder = Path("/tmp") / f"meldketen-account-{os.getpid()}-{mode:o}"
    folder.mkdir(mode=mode)
    folder.chmod(mode)
    try:
        command = run_as(account if os.geteuid() == 0 else None, STATUS, [folder])
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    finally:
        folder.rmdir()
    columns = dict(line.split(":", 1) for line in said.splitlines() if ":" in line)
    if os.geteuid() != 0:  # no account is lent, and nothing with it
        assert command == STATUS
        return
    assert columns["NoNewPrivs"].strip() == "1" and int(columns["Uid"].split()[0]) == account.pw_uid
    assert {int(columns[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {rights}


def test_when_no_account_can_be_made_it_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    account = database_account(name="not/a name")
    said = capsys.readouterr().err
    if os.geteuid() != 0:  # no other account is needed
        assert account is None and said == ""
        return
    assert account == pwd.getpwnam("nobody") and said.count("\n") == 1
    assert "not/a name" in said and "runs as nobody" in said
