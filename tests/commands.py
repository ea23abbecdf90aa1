"""The command line, each command in a process of its own, forked from one that has loaded it.

Loading it takes a second of processor time, which hundreds of commands need not spend one after the other.
"""

import json
import select
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
WITHIN_S = 60.0
LOADED = """
import importlib, json, os, sys, traceback
from service.cli import main
for name in ("organisation", "organisation_found", "office", "mail", "keys", "history", "evidence"):
    importlib.import_module(f"service.commands.{name}")

def carry_out(asked):
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["env"])
    for number, path in enumerate((os.devnull, asked["out"], asked["err"])):
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT), number)
    try:
        return main(asked["words"])
    except SystemExit as ended:
        return ended.code or 0
    except BaseException:
        traceback.print_exc()
        return 1

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        status = carry_out(json.loads(line))
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def run_command(
    *words: str, settings: dict[str, str], folder: Path = ROOT
) -> subprocess.CompletedProcess[str]:  # fmt: skip
    """What `meldketen` with these words ended with and wrote, in this folder, with these settings and no others."""
    parent = _loaded()
    assert parent.stdin and parent.stdout
    with TemporaryDirectory() as kept:
        out, err = Path(kept, "out"), Path(kept, "err")
        env = {"PATH": "/usr/bin:/bin"} | settings
        asked = {"words": words, "env": env, "folder": str(folder), "out": str(out), "err": str(err)}
        print(json.dumps(asked), file=parent.stdin, flush=True)
        if not select.select([parent.stdout], [], [], WITHIN_S)[0]:
            parent.kill()
            raise subprocess.TimeoutExpired(words, WITHIN_S)
        status = int(parent.stdout.readline())
        return subprocess.CompletedProcess(words, status, out.read_text("utf-8"), err.read_text("utf-8"))


@cache
def _loaded() -> "subprocess.Popen[str]":
    """It ends when this process does: then there is nothing more to read."""
    return subprocess.Popen(
        [sys.executable, "-c", LOADED], cwd=ROOT, env={"PATH": "/usr/bin:/bin"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
