"""An app that gives codes, for a person of a trial. It gives each code once, as early as the service accepts it."""

import time

import pyotp

STEP_S, AHEAD = 30, 1
"""The steps that the service accepts: the one before its own, its own, and the one after it."""
PAUSE = 0.2


class CodeApp:
    """The app of one secret. It never gives the same code twice."""

    def __init__(self, secret: str) -> None:
        self._totp, self._last = pyotp.TOTP(secret), 0

    def next_code(self) -> str:
        """Return a code that is accepted now: that of this step or of the next. When both were given, it waits."""
        wanted = max(self._last + 1, _step())
        while wanted > _step() + AHEAD:
            time.sleep(PAUSE)
        self._last = wanted
        return self._totp.generate_otp(wanted)


def _step() -> int:
    return int(time.time()) // STEP_S
