"""The pages. The server renders them, Dutch first, and their forms work without JavaScript. One module per resource.

May import http, steps, typed, schemas, downloads, evidence, letters, oidc, csv, admission and words; never api or
webhooks. Its words: page, form, layout, act (what a person does alone on a page).
"""

from flask import Flask
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined

from service.admission.access import is_api
from service.web import (
    account,
    agreements,
    ap_form,
    asked_contacts,
    assessment,
    board,
    breaches,
    broken_glass,
    client_forms,
    clients,
    contacts,
    conversations,
    deputies,
    entry_details,
    escalation_tests,
    exports,
    facts_and_term,
    failed_steps,
    figures,
    file_columns,
    file_proposals,
    file_words,
    files,
    form_drafts,
    home,
    incident_ending,
    incidents,
    joining,
    layout,
    leaving,
    left_out,
    login,
    lost_factor,
    moment_words,
    not_sent,
    notices,
    oidc,
    open_decisions,
    password_reset,
    people,
    processors,
    proof,
    provider,
    public,
    reply_address,
    search,
    sent_before,
    sent_mails,
    session_end,
    set_up,
    settings,
    tokens,
    verification,
)
from service.web.field_labels import labelled, shows_faults
from service.words.printed import FILTERS, in_its_place

PARTS = (
    login, session_end, not_sent, proof, lost_factor, account, leaving, password_reset, home, open_decisions,
    moment_words, failed_steps, incidents, incident_ending, board, conversations, sent_mails,
    breaches, assessment, figures, exports,
    ap_form, facts_and_term, notices, agreements, contacts, clients, client_forms, people,
    deputies, broken_glass, public, asked_contacts, tokens, provider, processors, joining, oidc, verification, set_up,
    escalation_tests, form_drafts, settings, reply_address,
    search, sent_before, files, file_columns, file_proposals,
)  # fmt: skip
for part in PARTS:
    layout.blueprint.register_blueprint(part.blueprint)


def register(app: Flask) -> None:
    """Register every page, its templates and assets, and the CSRF token of its forms."""
    # A form may stay open for hours on somebody's worst day, so its token is valid as long as the browser's session.
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None)
    csrf = CSRFProtect(app)

    @app.before_request
    def refuse_forged_forms() -> None:
        if not is_api():
            csrf.protect()

    app.register_blueprint(layout.blueprint)
    left_out.register(app)
    # Browsers ask for this address whatever icon a page names. Its endpoint ends as those of all fixed files do.
    app.add_url_rule("/favicon.ico", "icon.static", lambda: layout.blueprint.send_static_file("mark.svg"))
    app.jinja_env.globals.update(layout.GLOBALS, entry_sentences=entry_details.entry_sentences)
    app.jinja_env.globals.update(can_bring=file_words.can_bring)
    app.jinja_env.filters.update(FILTERS, labelled=labelled, shows_faults=shows_faults)
    app.jinja_env.finalize = in_its_place
    # A name that nobody passed is a fault. Printed as a blank, it would take parts of a page away without a word.
    app.jinja_env.undefined = StrictUndefined
