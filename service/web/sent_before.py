"""A form that was sent before: a page that was sent again leads to what it made, or asks whether another one is meant.
"""

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from service.admission.admission import NOTHING_KNOWN, admission
from service.admission.sent_forms import MEANT, OF_ONE_PAGE, SentBefore, new_key
from service.web.kept_forms import what_was_sent
from service.words.moments import local_moment
from service.words.texts import t

blueprint = Blueprint("sent_before", __name__)


@blueprint.app_errorhandler(SentBefore)
def lead_there(sent: SentBefore) -> ResponseReturnValue:
    """Lead to what the form made, or ask its sender: what they filled in goes along, with a key of its own."""
    moment = local_moment(sent.form.at)
    if not sent.asks:
        flash(t("sent_before.led", moment=moment))
        return redirect(sent.form.led_to, 303)
    known = admission()
    known.form_key, known.standing = new_key(), known.standing or NOTHING_KNOWN
    kept = what_was_sent()
    if kept is not None:
        typed = (pair for pair in kept.typed if pair[0] not in OF_ONE_PAGE)
        kept = replace(kept, typed=(*typed, (MEANT, "1")))
    return render_template("sent_before.html", led_to=sent.form.led_to, moment=moment, kept=kept), 409
