"""How the people of a trial log in: those of the demo with their password, others by a mailed link; then with codes."""

from dataclasses import dataclass, field

from service.config import Config
from service.demo.logins import AT_CLIENTS, DEMO_PASSWORD, Login, app_secret
from service.story.client import WRONG_CODE, Api, Refused, TrialFailed
from service.story.codes import CodeApp

STORY_PASSWORD = "een-wachtwoord-uit-het-verhaal"
TRIES = 2


@dataclass(frozen=True)
class Demo:
    """An installation with the demo: its address, and the key from which its people have their codes."""

    api: Api
    secret_key: str = field(repr=False)

    def log_in(self, login: Login) -> Api:
        """Log in a person of the demo. The app is ready for when a code is demanded."""
        session = self.api.post("/session", {"email": login.email, "password": DEMO_PASSWORD})
        return self.api.logged_in(session, CodeApp(app_secret(self.secret_key, login.email)))

    def at_client(self, number: int) -> tuple[Api, Api, Api]:
        """Return who prepares, approves and sends at a client that has a register already."""
        preparer, approver, sender = AT_CLIENTS[number]
        return self.log_in(preparer), self.log_in(approver), self.log_in(sender)


def demo_of(config: Config, patience: float = 0.0) -> Demo:
    """Return the demo that was loaded in this installation."""
    return Demo(Api(config.base_url, patience=patience), config.secret_key)


def join(api: Api, token: str, name: str, address: str) -> Api:
    """Make an account by a mailed link and set up an app, because whoever decides or sends must have one."""
    try:
        session = api.post(f"/invitations/{token}", {"name": name, "password": STORY_PASSWORD})
    except Refused as refusal:
        if not api.patience or "invitation.used" not in refusal.keys:
            raise
        # The link was used, because the first answer got lost: the account exists.
        session = api.post("/session", {"email": address, "password": STORY_PASSWORD})
    joined = api.logged_in(session)
    joined.app = set_up_app(joined)
    return joined


def set_up_app(joined: Api) -> CodeApp:
    """Set up a new app; its first code counts as proof. Raises TrialFailed when no code is accepted."""
    me = joined.of_oneself()
    app = CodeApp(me.post("/me/totp")["secret"])
    for path in ("/me/totp/confirmation", "/session/proof") * TRIES:
        try:
            me.post(path, {"code": app.next_code()})
        except Refused as refusal:
            # The app was confirmed, because the first answer got lost: its next code is a proof.
            if not joined.patience or WRONG_CODE not in refusal.keys:
                raise
        else:
            return app
    raise TrialFailed("no code of a new app was taken")
