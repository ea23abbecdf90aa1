"""Text is one line, or paragraphs, and no sign in it is invisible: in every schema, in every column, by one rule."""

import json
import re
from typing import Any

import pytest
from marshmallow import fields
from sqlalchemy.exc import IntegrityError

from service.schemas.agreement import Services
from service.schemas.answers import ByQuestion, FormAnswers
from service.schemas.fields import Choice, Line, LongText, Password
from service.schemas.incident import ClientsCsv
from service.schemas.person import Credential
from tenants.lines import BREAKS, INVISIBLE, isolated, long_text, one_line
from tests.conftest import Database
from tests.house.answers import answers_in_words
from tests.house.schemas import schemas_to_fill_in
from workflows.law.ap_form.answers import READERS
from workflows.law.ap_form.model import the_form

NOT_A_LINE = (Choice, Password, ClientsCsv)
"""A word of a closed list, what is never shown, and files, which have rules of their own."""
OF_MACHINES = {
    *("alembic_version.version_num", "organisation.slug", "app_user.password_hash", "mail_batch.text_key"),
    *("mail_batch.locale", "mail_batch.message_id", "mail_batch.error", "recipient.purpose", "recipient.reason"),
    *("mail_event.sg_event_id", "mail_event.event", "mail_event.reason", "idempotent_answer.key", "step.name"),
    *("step.error", "step.outcome", "clock.name", "clock.error", "run.workflow", "register_counter.kind"),
    *("incident.reference", "breach.reference", "notice.check_code", "notice.locale", "engine_pulse.host"),
    *("engine_handler.workflow", "engine_handler.step", "human_step.workflow", "human_step.name"),
    *("human_step.other_than", "token_scope.act"),
    *("mail_state.name", "contact_standing.bounce_reason"),
    *("agreed_service.service", "broken_glass.step", "passkey.transports", "api_token.prefix"),
    *("identity_provider.sealed_secret", "linked_identity.issuer", "linked_identity.subject"),
    *("api_token.refused_act", "breach.decided_on", "breach.assessed_on", "breach.seen_on", "carried_head.statement"),
    *("news.what", "news.how", "signed_head.statement"),
    *("search_word.word", "search_vocabulary.word", "search_vocabulary.backwards"),
    *("processing_agreement.folded_name", "processing_agreement.folded_number"),
    *("processing_agreement.contact_words", "processing_agreement.contact_phones"),
    *("search_subject.kind", "search_pending.kind"),
    *("provider_errand.next", "provider_errand.issuer", "refusal.act", "refusal.route"),
}
"""Written by a machine: keys, ids, words of our own, hashes, what a provider's key signed."""
AS_IT_WAS = {"history": (), "history_pending": (), "history_person": (), "history_personal": ()}
"""History is never cleaned: it tells what was said."""
PICTURES = {
    "\U0001f468\u200d\U0001f469\u200d\U0001f467": True, "\u2764\ufe0f\u200d\U0001f525": True,
    "\U0001f9d1\U0001f3fd\u200d\u2696\ufe0f": True, "\U0001f468\u200d": False, "\u200d\U0001f467": False,
    "a\u200db": False, "\U0001f468\u200d\u200d\U0001f467": False, "\U0001f468\u200c\U0001f467": False,
}  # fmt: skip
"""Texts with joiners, and whether they may stay: within a picture of several signs alone."""
SEEN_BY_NOBODY = re.compile(f"[{INVISIBLE}{BREAKS}\t]")


def fields_of_schemas() -> dict[str, fields.Field[Any]]:
    """Every field that somebody can fill in, those within lists too."""
    by_name: dict[str, fields.Field[Any]] = {}
    for schema in schemas_to_fill_in():
        for name, field in schema._declared_fields.items():
            inner = field.inner if isinstance(field, fields.List) else field
            by_name[f"{schema.__name__}.{name}"] = inner
    return by_name


def test_every_text_that_somebody_fills_in_is_a_line_or_paragraphs():
    texts = {name: field for name, field in fields_of_schemas().items() if isinstance(field, fields.String)}
    strange = {name for name, field in texts.items() if not isinstance(field, (Line, *NOT_A_LINE))}
    assert len(texts) > 60 and strange == set()


def test_every_mapping_that_somebody_fills_in_cleans_its_texts_or_holds_none():
    mappings = {name: type(field) for name, field in fields_of_schemas().items() if isinstance(field, fields.Mapping)}
    bare = {name: kind for name, kind in mappings.items() if not issubclass(kind, ByQuestion)}
    assert bare == {
        "NewPasskeySchema.credential": Credential, "ProofSchema.credential": Credential,
        "CredentialSchema.credential": Credential, "ClientSchema.services": Services,
        "TermsSchema.services": Services, "ForAllSchema.services": Services,
        "ForClientsSchema.services": Services,
    }, "what a browser's key signed, and words of a closed list"  # fmt: skip
    assert len(mappings) > len(bare)


def test_every_text_of_an_answer_to_the_form_is_cleaned():
    """Every question of every type, in every place where a text of one's own may stand."""
    typed = "\u202eEen\u200b\u2028Twee\x85\u2066Drie"
    walked = 0
    for question in the_form().questions:
        for answer in answers_in_words(question, typed):
            kept = json.dumps(FormAnswers().deserialize({question.id: answer}), ensure_ascii=False)
            lines = "Een\\nTwee\\nDrie" if question.type == "textarea" else "Een Twee Drie"
            assert lines in kept and not SEEN_BY_NOBODY.search(kept), question.id
            walked += 1
    reading = {question.type for question in the_form().questions if answers_in_words(question, typed)}
    assert walked > 20 and set(READERS) - reading == {"bool", "integer", "date", "datetime"}
    assert FormAnswers().deserialize({"summary": "\u200b"}) == {"summary": ""}, "of invisible signs nothing is left"


def test_every_text_in_the_database_keeps_the_rule(database: Database):
    """By its check; or it is a word of a closed list or a pattern, a machine's own, or made of another column."""
    columns = database.outside("""
        select c.relname || '.' || a.attname as name, c.relname as table,
               coalesce(string_agg(pg_get_constraintdef(k.oid), ' '), '') as checks
          from pg_attribute a join pg_class c on c.oid = a.attrelid
          left join pg_constraint k on k.conrelid = c.oid and k.contype = 'c' and a.attnum = any (k.conkey)
         where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and a.attnum > 0
           and not a.attisdropped and a.attgenerated = '' and a.atttypid in ('text'::regtype, 'varchar'::regtype)
         group by 1, 2""")
    kept = re.compile(r"is_one_line|is_long_text|= ANY|~ '\^")
    bare = {row["name"] for row in columns if not kept.search(row["checks"]) and row["table"] not in AS_IT_WAS}
    assert bare - OF_MACHINES == set(), "a text without a rule"
    contacts = database.outside("""
        select conrelid::regclass::text as t from pg_constraint where conname like '%contacts_is_kept'""")
    assert {row["t"] for row in contacts} == {"processing_agreement", "breach", "escalation"}


def test_database_and_schemas_know_the_same_signs(database: Database):
    """Every sign that there is, one by one."""
    refused = database.outside("""
        select coalesce(array_agg(n), '{}') as signs from generate_series(1, 1114111) n
         where n not between 55296 and 57343 and not is_one_line(chr(n))""")[0]["signs"]
    ours = {n for n in range(1, 0x110000) if not 0xD800 <= n <= 0xDFFF and SEEN_BY_NOBODY.match(chr(n))}
    assert set(refused) == ours
    assert all(SEEN_BY_NOBODY.search(one_line(f"a{chr(n)}b")) is None for n in ours)
    for text, is_kept in PICTURES.items():
        [row] = database.outside("select is_one_line(:text) as so", text=text)
        assert (row["so"], one_line(text) == text) == (is_kept, is_kept), ascii(text)
    allowed = database.outside("select is_long_text(E'een\\n\\ttwee') and not is_long_text(E'een\\r\\ntwee') as so")
    assert allowed[0]["so"]


@pytest.mark.parametrize(
    ("typed", "line", "paragraphs"),
    [
        ("Rob\u2028Pol", "Rob Pol", "Rob\nPol"),
        ("Proef Holding\nt.a.v. administratie", "Proef Holding t.a.v. administratie", None),
        ("Lida Vos\u0085directie", "Lida Vos directie", "Lida Vos\ndirectie"),
        ("Uw gegevens zijn\u2029kwijtgeraakt", "Uw gegevens zijn kwijtgeraakt", "Uw gegevens zijn\nkwijtgeraakt"),
        ("\u200b\u2060", "", ""),
        ("Eerste alinea\x0btweede regel\x0cna een pagina", None, "Eerste alinea\ntweede regel\nna een pagina"),
        ("Stap een\u2028Stap twee\u2029Stap drie", None, "Stap een\nStap twee\nStap drie"),
        ("a\r\nb", "a b", "a\nb"),
        ("naam\u202etxt.exe", "naamtxt.exe", "naamtxt.exe"),
        ("002\u00a034\tx", "002 34 x", None),
        ("Bjo\u0308rn", "Björn", "Björn"),
        ("Gezin \U0001f468\u200d\U0001f469\u200d\U0001f467", *["Gezin \U0001f468\u200d\U0001f469\u200d\U0001f467"] * 2),
        ("\u2764\ufe0f\u200d\U0001f525", *["\u2764\ufe0f\u200d\U0001f525"] * 2),
        ("\U0001f468\u200d Jan\u200d\U0001f467", *["\U0001f468 Jan\U0001f467"] * 2),
    ],
)  # fmt: skip
def test_what_is_pasted_is_kept_as_it_was_meant(typed: str, line: str | None, paragraphs: str | None):
    if line is not None:
        assert (Line().deserialize(typed) or "", one_line(typed)) == (line, line)
    if paragraphs is not None:
        assert long_text(typed) == paragraphs
    assert Line().deserialize("\u200b\u2060") is None and LongText().deserialize("\u200b\n") is None


def test_a_name_from_right_to_left_does_not_turn_the_sentence_around():
    assert isolated("שרה כהן") == "\u2068שרה כהן\u2069" and isolated("Sara") == "Sara"


def test_who_writes_past_the_schemas_is_refused_by_the_database(database: Database):
    with pytest.raises(IntegrityError, match="organisation_name_is_kept"):
        database.outside("insert into organisation (slug, name) values ('kapot', E'Kapot\\nBV')")
