"""The operator of the installation that a trial drives, who owns its servers."""

import subprocess
import sys
from urllib.parse import urlsplit

from service.config import Config
from service.story.client import Api, TrialFailed

WITHIN = 120.0


def verify(config: Config, somebody: Api) -> None:
    """Record that the operator saw proof of this person's organisation, so that it may mail.

    Raises TrialFailed when the command fails.
    """
    if somebody.get("/verification")["verified_at"] is not None:
        return
    slug = urlsplit(somebody.prefix).path.rpartition("/")[2]
    command = [sys.executable, "-m", "service.cli", "organisation", "verify", slug, "--note", "A client of this trial"]
    settings = config.as_environment() | {"PATH": "/usr/bin:/bin"}
    ran = subprocess.run(command, env=settings, capture_output=True, text=True, timeout=WITHIN, check=False)
    if ran.returncode:
        raise TrialFailed(f"the operator could not verify {slug}: {ran.stderr.strip()}")
