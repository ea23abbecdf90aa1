"""A breach is called ready only where nothing is due: its page, the register, the overview and the notice agree."""

from tenants.identity.users import APPROVER, HANDLER
from tenants.isolation import acting_for
from tenants.register.notices import notice_of_breach
from tests.factories import NOTICE_TEXT, a_member
from tests.pages.conftest import typed_assessment
from tests.pages.forms import visible
from tests.pages.worlds import READERS_CSV, SUBMITTED, WHY, Login, OneOwner
from workflows.mail.outbox import Outbox
from workflows.running import jobs

READY = "Klaar: "


def stands(shop: OneOwner) -> tuple[bool, bool, bool, str]:
    """Whether the breach is called ready, whether its page names what is due, whether the overview counts it or its
    notice as open, and how the register names it."""
    page, home = shop.wim.see(shop.page), shop.wim.see(f"{shop.base}/")
    register = visible(shop.wim.see(f"{shop.base}/register"))
    states = ("nog geen besluit", "wacht op goedkeuring", "goedgekeurd, nog versturen", "gemeld bij de AP",
              "besloten niet te melden", "niet melden")  # fmt: skip
    said = next((state for state in states if state in register), register)
    return READY in visible(page), 'id="due-' in page, 'id="own"' in home, said


def test_what_is_submitted_is_not_ready_while_its_notice_is_not_sent(reader: Login, outbox: Outbox) -> None:
    shop = OneOwner(reader)
    shop.do("assess", **typed_assessment("high"))
    assert stands(shop) == (False, False, True, "nog geen besluit")
    shop.do("draft", decision="notify", reason="Een hoog risico")
    assert stands(shop) == (False, False, True, "wacht op goedkeuring")
    shop.wim.done(f"{shop.page}/alone", SUBMITTED | {"alone_reason": WHY}, seen=shop.page)
    assert stands(shop) == (False, True, True, "gemeld bij de AP"), "the notice counts, before it has begun too"
    jobs.drain(str(shop.id))
    assert stands(shop) == (False, True, True, "gemeld bij de AP")
    with acting_for(shop.id):
        notice = notice_of_breach(shop.breach)
    assert notice is not None
    there = f"{shop.base}/notices/{notice.id}"
    assert "in voorbereiding" in visible(shop.wim.see(f"{shop.base}/notices")).lower()
    shop.wim.done(f"{there}/steps/recipients", {"recipients": READERS_CSV}, seen=there)
    shop.wim.done(f"{there}/steps/text", NOTICE_TEXT, seen=there)
    adam, hugo = (reader(a_member(shop.id, role, name)) for role, name in ((APPROVER, "Adam"), (HANDLER, "Hugo")))
    approve = visible(adam.see(there))
    assert "Een derde collega verstuurt het daarna: Hugo." in approve
    adam.done(f"{there}/steps/approve", {"agrees": "true"}, seen=there)
    page = hugo.done(f"{there}/steps/release", {}, seen=there)
    machine = visible(page[page.index('id="machine"') :])
    assert "Hierna is er geen stap meer van een collega" in machine and "data-renews" in page
    assert stands(shop)[:3] == (False, True, True)


def test_not_to_notify_is_open_nowhere_and_is_ready_or_says_what_is_due(reader: Login, outbox: Outbox) -> None:
    shop = OneOwner(reader)
    shop.do("assess", **typed_assessment("unlikely"))
    shop.do("draft", decision="do_not_notify", reason="Geen risico")
    adam = reader(a_member(shop.id, APPROVER, "Adam"))
    assert "derde collega" not in visible(adam.see(shop.page)), "nobody sends a decision not to notify"
    adam.done(f"{shop.page}/steps/approve", {"agrees": "true"}, seen=shop.page)
    jobs.drain(str(shop.id))
    ready, is_due, is_open, said = stands(shop)
    assert ready != is_due and not is_open, said
    page = visible(shop.wim.see(shop.page))
    assert "U beoordeelde het risico" not in page and "goedgekeurd door Adam (goedkeurder)" in page
