"""An app that gives codes, as somebody of a trial has it: each code once, the next ones as soon as they are taken."""

import time

import pyotp

STEP_S, AHEAD = 30, 1
"""The service takes the code of the step before and after its own."""
PAUSE = 0.2


class CodeApp:
    """Holds one secret. A code that was given is not given again, whatever became of it."""

    def __init__(self, secret: str) -> None:
        self._totp, self._last = pyotp.TOTP(secret), 0

    def next_code(self) -> str:
        """A code that is taken now: that of this step or the next; only when both were given it waits."""
        wanted = max(self._last + 1, _step())
        while wanted > _step() + AHEAD:
            time.sleep(PAUSE)
        self._last = wanted
        return self._totp.generate_otp(wanted)


def _step() -> int:
    return int(time.time()) // STEP_S
