"""What names people has an end: every column that can is listed with it, and the clock process deletes what lapsed."""

from threading import Event
from typing import Any
from uuid import UUID, uuid4

import pytest

from tenants.files.uploaded import FAULTS_KEPT
from tenants.retention import end_lapsed
from tests.conftest import Database, until
from tests.factories import a_user, an_organisation
from tests.tenants.tables import LAPSING
from workflows.running.processes import keep_time

BY_AGE = "deleted by the clock process, by its age"
ERASED = "forget_person or forget_personal"
SEALED = "gone with the organisation's key"
ACCOUNT = "as long as the account, which its holder or organisation ends"
REGISTER = "as long as the register of Art. 33(5); a person in it is erased on request, by hand"
CONTRACT = "as long as the agreement and the escalations under it, which Art. 28(3) and 33(2) ask to show"
STANDS = "deleted when the address stands in no agreement of the office any more; half a year later where it failed"
FOUND = "as long as the text that a search finds by it (test_words_of_searches.py)"
HASHED = "a hash or a key: nobody can be read from it"
FITTED = "addresses and control characters are taken out before it is kept (fit_to_keep)"
FAULT = "the sort of fault, and its key"
PROVIDER = "when the provider is removed or unlinked"
ENDS = {
    "admission.note": REGISTER, "operator_act.note": REGISTER,
    "form_draft.sealed": BY_AGE,
    "uploaded_file.sealed": BY_AGE, "uploaded_part.sealed": "with its file",
    "chosen_columns.headings_hash": HASHED,
    "api_token.name": "a year after it was made it is worth nothing; names a program",
    "app_user.function": ACCOUNT, "app_user.phone": ACCOUNT,
    **dict.fromkeys((
        "organisation.trade_names", *(f"organisation.{kind}_{part}" for kind in ("visiting", "postal")
                                      for part in ("street", "postcode", "town", "country")),
        "organisation.sector", "organisation.fg_phone", "organisation.sender_name", "organisation.reply_address",
        "organisation.reply_in_use",
    ), ACCOUNT), "organisation.reply_link_hash": HASHED,
    "app_user.browsers": ACCOUNT, "app_user.email": ACCOUNT, "app_user.name": ACCOUNT, "app_user.password_hash": HASHED,
    "breach.contacts": CONTRACT, "breach.processor_name": CONTRACT, "breach.draft": REGISTER, "breach.facts": REGISTER,
    "broken_glass.by_name": REGISTER, "broken_glass.reason": REGISTER, "broken_glass.reviewed_by_name": REGISTER,
    "broken_glass.review": REGISTER, "deputy.reason": REGISTER,
    "contact_standing.address": STANDS, "contact_standing.successor": STANDS,
    "contact_standing.bounce_reason": FITTED,
    "escalation.contacts": CONTRACT, "escalation.controller_name": CONTRACT, "escalation.acknowledged_by": CONTRACT,
    "escalation.acknowledged_link": CONTRACT, "consent.receipts": CONTRACT, "organisation.as_registered": CONTRACT,
    "breach.stated_by": CONTRACT, "breach.taken_over": REGISTER, "breach.taken_over_key": REGISTER,
    "history.actor": HASHED, "history.personal": HASHED, "history.details": "ids, moments and words of our own",
    "history_person.name": ERASED, "history_person.salt": ERASED, "history_personal.salt": ERASED,
    "history_personal.plain": ERASED, "history_personal.sealed": SEALED,
    "idempotent_answer.key": BY_AGE, "idempotent_answer.request_hash": BY_AGE, "idempotent_answer.body": BY_AGE,
    "identity_provider.name": PROVIDER, "identity_provider.sealed_secret": SEALED,
    "incident.facts": REGISTER, "incident_end.reason": REGISTER,
    "identity_provider.issuer": PROVIDER,
    "incident.contact_name": REGISTER, "incident.contact_email": REGISTER, "incident.contact_phone": REGISTER,
    "invitation.email": BY_AGE, "linked_identity.issuer": PROVIDER, "linked_identity.subject": PROVIDER,
    "login_session.browser": BY_AGE, "login_session.browser_mark": BY_AGE,
    "mail_batch.common": "what the mail says to all; names go with each recipient",
    "mail_batch.error": FITTED, "mail_event.reason": FITTED, "recipient.reason": FITTED,
    "news.name": BY_AGE, "news.before": BY_AGE,
    "notice.contact": REGISTER, "organisation.name": CONTRACT, "organisation.fg_name": ACCOUNT,
    "organisation.fg_email": ACCOUNT, "organisation.fg_number": ACCOUNT, "organisation.verified_note": REGISTER,
    "passkey.name": ACCOUNT, "passkey.credential_id": ACCOUNT, "processing_agreement.contacts": CONTRACT,
    "processing_agreement.controller_name": CONTRACT, "processing_agreement.folded_name": CONTRACT,
    "processing_agreement.contact_words": CONTRACT, "processing_agreement.contact_phones": CONTRACT,
    "processing_agreement.folded_number": CONTRACT, "processing_agreement.client_number": CONTRACT,
    "processing_agreement.kvk_number_stated": CONTRACT,
    "provider_errand.next": BY_AGE, "recipient.sealed": SEALED, "recipient.address_hash": HASHED,
    "search_word.word": FOUND, "search_subject.words": FOUND, "search_vocabulary.word": FOUND,
    "search_vocabulary.backwards": FOUND,
    "step.done_by_name": REGISTER, "step.reason": REGISTER, "step.error": FAULT, "clock.error": FAULT,
    "user_totp.sealed": ACCOUNT, "user_totp.next_sealed": ACCOUNT,
}  # fmt: skip
TELLS_WHAT_HAPPENED = {
    "title", "description", "cause", "consequences", "measures", "risk_reason", "people_reason", "decision_reason",
    "late_reason", "departure_reason", "own_aware_reason", "severity_answers", "enisa", "advice", "moved_term",
    "subject", "nature", "later_aware_reason",
}  # fmt: skip
"""Texts of a register about an event, kept as long as it is: who writes them is told to leave people out."""
OUR_OWN_WORDS = {
    "organisation.mail_limits", "organisation.web_domains", "mail_batch.held_for", "organisation.size",
    "organisation.closed_periods",
    "uploaded_file.result", "chosen_columns.columns",
    "state", "kind", "role", "locale", "form", "purpose", "reference", "origin", "event", "act", "what", "workflow",
    "other",
    "service", "services", "scopes", "refused_act", "how", "aware_how", "stated_aware_how", "informed_how",
    "verified_how", "outcome",
    "risk", "people_exception", "decision", "assessed_on", "decided_on", "seen_on", "authority_severity",
    "edpb_severity", "authority_number", "terms", "text_key", "check_code", "slug", "kvk_number", "subject_kind",
    "host", "step", "prefix", "sg_event_id", "message_id", "statement", "client_id", "proof_acr",
    "clock.name", "step.name", "history_checked.name", "factor_request.ended_how", "step.alike", "mail_state.name",
    "human_step.name", "human_step.other_than",
}  # fmt: skip
KEYS_AND_HASHES = {
    "hash", "head", "signature", "public_key", "wrapped_key", "token_hash", "code_hash", "account_hash",
    "earlier_token_hash", "browser_hash", "address_hash", "challenge_hash", "invitation_hash", "signing_key.id",
    "signed_head.key_id", "signed_head.stamp", "history_seal.secret", "approved_on", "sent_as",
}  # fmt: skip
COLUMNS = """
    select c.table_name as "table", c.column_name as "column" from information_schema.columns c
     where c.table_schema = 'public' and c.table_name <> 'alembic_version'
       and c.udt_name in ('text', 'varchar', 'jsonb', 'json', 'bytea', '_text', '_jsonb', '_bytea', 'inet')"""
MADE = {
    "chosen_columns": """insert into chosen_columns (organisation_id, purpose, headings_hash, columns, chosen_at)
                         values (:organisation, 'hits', :token, '{}', now() - cast(:age as interval))""",
    "uploaded_file": """insert into uploaded_file (organisation_id, purpose, uploaded_by, hash, sealed, created_at)
                        values (:organisation, 'hits', :user, sha256('a'), '', now() - cast(:age as interval))""",
    "form_draft": """with seat as (
                       insert into membership (organisation_id, user_id, role) values (:organisation, :user, 'auditor')
                       on conflict do nothing)
                     insert into form_draft (organisation_id, user_id, id, form, sealed, saved_at)
                     values (:organisation, :user, gen_random_uuid(), 'incident', '',
                             now() - cast(:age as interval))""",
    "idempotent_answer": """insert into idempotent_answer (organisation_id, key, request_hash, created_at)
                            values (:organisation, :key, '', now() - cast(:age as interval))""",
    "invitation": """insert into invitation (token_hash, organisation_id, email, role, expires_at)
                     values (:token, :organisation, 'a@example.nl', 'auditor', now() - cast(:age as interval))""",
    "password_reset": """insert into password_reset (token_hash, user_id, expires_at)
                         values (:token, :user, now() - cast(:age as interval))""",
    "passkey_challenge": """insert into passkey_challenge (challenge_hash, purpose, expires_at)
                            values (:token, 'login', now() - cast(:age as interval))""",
    "provider_errand": """insert into provider_errand (token_hash, organisation_id, purpose, expires_at)
                          values (:token, :organisation, 'login', now() - cast(:age as interval))""",
    "login_session": """insert into login_session (token_hash, user_id, expires_at)
                        values (:token, :user, now() - cast(:age as interval))""",
    "mail_count": """insert into mail_count (organisation_id, purpose, day, mails)
                     values (:organisation, 'notice', (now() - cast(:age as interval))::date, 1)""",
    "turn_mail": """with r as (insert into run (organisation_id, workflow, version, subject_id)
                      values (:organisation, 'escalation', 1, uuidv7()) returning *),
                    s as (insert into step (organisation_id, run_id, name, kind, state)
                      select organisation_id, id, 'inform', 'job', 'done' from r returning *)
                    insert into turn_mail (organisation_id, step_id, user_id, occasion, created_at)
                      select organisation_id, id, :user, 0, now() - cast(:age as interval) from s""",
    "contact_standing": """insert into contact_standing (organisation_id, address, bounced_at, next_at, left_at)
                           values (:organisation, :address, now(), null, now() - cast(:age as interval))""",
    "news": """insert into news (organisation_id, what, about_id, created_at)
               values (:organisation, 'verified', :organisation, now() - cast(:age as interval))""",
    "login_attempt": """insert into login_attempt (kind, account_hash, browser_hash, address_hash, at, good)
                        values ('password', :token, '', '', now() - cast(:age as interval), true)""",
}

KEPT_FOR = {
    "chosen_columns": "180 days", "uploaded_file": "1 day", "form_draft": "30 days",
    "idempotent_answer": "1 day", "invitation": "30 days", "password_reset": "1 day", "passkey_challenge": "0 days",
    "provider_errand": "1 day", "login_session": "30 days", "login_attempt": "30 days", "news": "30 days",
    "turn_mail": "30 days", "contact_standing": "180 days",
}  # fmt: skip
"""How long each row stays after what MADE counts its age from."""


def test_every_column_that_can_name_somebody_has_its_end(database: Database):
    without = {
        f"{row['table']}.{row['column']}" for row in database.outside(COLUMNS)
        if row["column"] not in OUR_OWN_WORDS | KEYS_AND_HASHES | TELLS_WHAT_HAPPENED
    } - set(ENDS) - OUR_OWN_WORDS - KEYS_AND_HASHES  # fmt: skip
    assert without == set()


def test_every_listed_end_belongs_to_a_table_that_exists(database: Database):
    there = {f"{row['table']}.{row['column']}" for row in database.outside(COLUMNS)}
    assert set(ENDS) - there == set()


def test_what_ends_by_age_is_what_the_clock_deletes():
    by_age = {name.partition(".")[0] for name, end in ENDS.items() if end == BY_AGE}
    assert by_age <= set(LAPSING) == set(MADE)


def made(database: Database, table: str, age: str, organisation: UUID, user: UUID) -> None:
    values: dict[str, Any] = {
        "organisation": organisation, "user": user, "key": uuid4().hex, "token": uuid4().bytes, "age": age,
        "address": f"{uuid4().hex}@client.example",
    }  # fmt: skip
    used = {name: value for name, value in values.items() if f":{name}" in MADE[table]}
    database.outside(MADE[table], **used)


def left(database: Database, table: str) -> int:
    return int(database.outside(f"select count(*) as rows from {table}")[0]["rows"])


@pytest.fixture
def rows(own_database: Database) -> Database:
    """Of each kind two that lapsed long ago, and one that is still good."""
    organisation, user = an_organisation(), a_user()
    for table in LAPSING:
        for age in ("400 days", "200 days", "-1 hour"):
            made(own_database, table, age, organisation, user.id)
    return own_database


def test_the_clock_process_deletes_what_lapsed_and_nothing_else(rows: Database):
    assert {table: left(rows, table) for table in LAPSING} == dict.fromkeys(LAPSING, 3)
    stopping = Event()
    clock = rows.elsewhere(keep_time, rows.app.app_context, stopping)
    try:
        until(lambda: all(left(rows, table) == 1 for table in LAPSING))
    finally:
        stopping.set()
        clock.result(20)
    assert {table: left(rows, table) for table in LAPSING} == dict.fromkeys(LAPSING, 1)


@pytest.mark.parametrize("table", LAPSING)
def test_a_row_is_deleted_only_after_its_time(own_database: Database, table: str):
    """Whoever shortens a time, or leaves it out, deletes what somebody still needs."""
    organisation, user = an_organisation(), a_user().id
    of_a_day = table == "mail_count"
    kept, over = ("1 day", "2 days") if of_a_day else (f"{KEPT_FOR[table]} -1 minute", f"{KEPT_FOR[table]} 1 minute")
    made(own_database, table, kept, organisation, user)
    assert (end_lapsed(100)[table], left(own_database, table)) == (0, 1)
    made(own_database, table, over, organisation, user)
    assert (end_lapsed(100)[table], left(own_database, table)) == (1, 1)


def test_a_failed_login_counts_for_a_day_alone(own_database: Database):
    for age in ("1 day -1 minute", "1 day 1 minute", "30 days -1 minute"):
        made(own_database, "login_attempt", age, an_organisation(), a_user().id)
    own_database.outside("update login_attempt set good = at < now() - interval '10 days'")
    assert (end_lapsed(100)["login_attempt"], left(own_database, "login_attempt")) == (1, 2)


def test_where_the_form_of_a_page_led_is_kept_for_as_long_as_a_draft(own_database: Database):
    for age in ("2 days", "30 days -1 minute", "30 days 1 minute"):
        made(own_database, "idempotent_answer", age, an_organisation(), a_user().id)
    own_database.outside("update idempotent_answer set status = 303")
    assert (end_lapsed(100)["idempotent_answer"], left(own_database, "idempotent_answer")) == (1, 2)


def test_an_invitation_stays_while_its_holder_is_at_a_provider(own_database: Database):
    made(own_database, "invitation", "61 days", an_organisation(), a_user().id)
    own_database.outside("""
        insert into provider_errand (token_hash, organisation_id, purpose, expires_at, invitation_hash)
        select 'x', organisation_id, 'invitation', now() + interval '1 minute', token_hash from invitation""")
    assert end_lapsed(100)["invitation"] == 0
    own_database.outside("delete from provider_errand")
    assert end_lapsed(100)["invitation"] == 1


def test_they_go_in_small_sets_the_oldest_first(rows: Database):
    assert end_lapsed(1) == dict.fromkeys(end_lapsed(1), 1)
    assert set(end_lapsed(1).values()) == {0}
    assert {table: left(rows, table) for table in LAPSING} == dict.fromkeys(LAPSING, 1)


def test_one_that_is_in_use_waits_for_the_next_minute(rows: Database):
    with rows.superuser.begin() as other:
        other.exec_driver_sql("select from passkey_challenge for update")
        assert end_lapsed(100)["passkey_challenge"] == 0
    assert end_lapsed(100)["passkey_challenge"] == 2


def test_news_stays_while_its_mail_is_not_planned(own_database: Database):
    made(own_database, "news", "61 days", an_organisation(), a_user().id)
    own_database.outside("""insert into run (organisation_id, workflow, version, subject_id)
                            select organisation_id, 'news', 1, id from news""")
    assert end_lapsed(100)["news"] == 0
    own_database.outside("update run set state = 'done', finished_at = now() where workflow = 'news'")
    assert end_lapsed(100)["news"] == 1


FILES = """
    with f as (insert into uploaded_file (organisation_id, purpose, uploaded_by, hash, sealed, state, ended_at,
                                          created_at)
               values (:organisation, 'hits', :user, sha256('a'), '', :state,
                       case when :state <> 'waiting' then now() end, now() - cast(:age as interval))
               returning *)
    insert into uploaded_part (organisation_id, file_id, kind, nth, sealed)
    select organisation_id, id, kind, 0, '' from f, unnest(array['content', 'items', 'faults', 'before']) kind"""


@pytest.mark.parametrize("state", ["taken", "undone"])
def test_what_did_not_fit_of_a_file_ends_a_day_after_the_rest_was_taken(own_database: Database, state: str):
    organisation, user = an_organisation(), a_user().id
    own_database.outside(FILES, organisation=organisation, user=user, state=state, age="2 days")
    age = "update uploaded_file set ended_at = now() - cast(:kept as interval) + cast(:more as interval)"
    for more, gone in (("1 minute", 0), ("-1 minute", 1)):
        own_database.outside(age, kept=FAULTS_KEPT, more=more)
        assert (end_lapsed(100)["uploaded_file"], left(own_database, "uploaded_part")) == (0, 4 - gone)


@pytest.mark.parametrize(("state", "days"), [("waiting", 1), ("taken", 30), ("undone", 30)])
def test_a_file_ends_with_all_its_parts(own_database: Database, state: str, days: int):
    organisation, user = an_organisation(), a_user().id
    for minutes in (-1, 1):
        age = f"{days} days {minutes} minutes"
        own_database.outside(FILES, organisation=organisation, user=user, state=state, age=age)
    assert (left(own_database, "uploaded_part"), end_lapsed(100)["uploaded_file"]) == (8, 1)
    assert (left(own_database, "uploaded_file"), left(own_database, "uploaded_part")) == (1, 4)
