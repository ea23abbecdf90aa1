"""The tables, as the migrations make them: which family each belongs to."""

from migrations.schema import TABLES

ALL = sorted(file.stem for file in TABLES.iterdir())
IDENTITY = (
    "app_user", "factor_agreement", "factor_request", "invitation", "login_attempt", "login_session", "membership",
    "passkey", "passkey_challenge", "password_reset", "provider_errand", "recovery_code", "user_totp",
)  # fmt: skip
SHARED = ("agreed_service", "consent", "escalation", "processing_agreement")
BY_DOORS_ALONE = ("agreed_service", "consent")
"""Of two parties, and no statement of the app changes a row."""
ENGINE = (
    "engine_handler", "engine_pulse", "human_step", "mail_state", "mail_to_address", "set_up_link", "token_scope",
)  # fmt: skip
"""About processes and the installation: no organisation, no person."""
PASSING = ("history_pending",)
"""Empty between two transactions."""
WALLED = [name for name in ALL if name not in (*IDENTITY, *ENGINE, *PASSING)]
OWNED = [name for name in WALLED if name not in (*SHARED, "organisation")]
FOR_GOOD = (
    "history", "history_head", "history_person", "history_personal", "incident", "incident_client", "incident_end",
    "mail_event",
    "linked_identity", "carried_head", "admission", "history_seal", "signed_head",
    "verification_letter", "operator_act", "mail_count", "news", "turn_mail",
    "search_word", "search_subject", "search_vocabulary", "search_pending",
)  # fmt: skip
"""Written once, or by the operator; the app changes nothing."""
CHANGED = {
    "organisation": "locale", "escalation": "contacts", "processing_agreement": "contacts",
    "contact_standing": "asked_at",
    "organisation_key": "wrapped_key", "run": "state", "step": "error", "deputy": "ended_by",
    "broken_glass": "review", "api_token": "refused_act",
    "refusal": "minutes", "identity_provider": "name", "signing_key": "wrapped_key",
}  # fmt: skip
"""Where only some columns may be changed: one of those."""
LAPSING = (
    "chosen_columns", "contact_standing", "form_draft", "idempotent_answer", "invitation", "login_attempt",
    "login_session", "mail_count", "news", "passkey_challenge", "password_reset", "provider_errand", "turn_mail",
    "uploaded_file",
)  # fmt: skip
"""Rows that end by age: the clock process deletes them, through end_lapsed."""
OWN_MAY_GO = (
    "chosen_columns", "form_draft", "identity_provider", "linked_identity", "recipient", "uploaded_file",
    "uploaded_part",
)  # fmt: skip
"""Rows of an organisation that it may delete: a list before it is approved, a provider that it left, a draft, a file.
"""
WRITES = "INSERT OR DELETE OR UPDATE"
REFUSED_TO_WAITING_SEATS = {
    "membership": WRITES, "factor_request": WRITES, "factor_agreement": WRITES, "deputy": WRITES, "api_token": WRITES,
    "identity_provider": WRITES, "user_totp": WRITES, "recovery_code": WRITES, "passkey": WRITES,
    "login_session": WRITES, "linked_identity": WRITES, "app_user": WRITES,
    "invitation": "INSERT OR UPDATE", "consent": "INSERT OR UPDATE",
    "organisation": "UPDATE OF joined_into, verified_at, name_checked",
    "verification_letter": "UPDATE",
}  # fmt: skip
"""By table, which changes of a waiting seat the database refuses."""
