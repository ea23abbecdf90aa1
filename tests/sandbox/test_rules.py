"""What SendGrid refuses, and how it names the field."""

import time
from typing import Any

import pytest
from python_http_client.exceptions import BadRequestsError, UnauthorizedError
from sendgrid import SendGridAPIClient
from sendgrid.helpers.mail import Content, CustomArg, Mail, Personalization, Substitution, To

JAN = "jan@example.nl"


def people(*given: dict[str, Any]) -> dict[str, Any]:
    return {"personalizations": list(given)}


def to(*addresses: str, **more: Any) -> dict[str, Any]:
    return {"to": [{"email": address} for address in addresses], **more}


REFUSED = [
    ("no subject", {"subject": None}, "subject"),
    ("empty subject", {"subject": ""}, "subject"),
    ("no content", {"content": None}, "content"),
    ("empty content", {"content": []}, "content"),
    ("empty text", {"content": [{"type": "text/plain", "value": ""}]}, "content.0.value"),
    (
        "html before text",
        {"content": [{"type": "text/html", "value": "a"}, {"type": "text/plain", "value": "a"}]},
        "content",
    ),
    ("no sender", {"from": None}, "from.email"),
    ("sender is no address", {"from": {"email": "meldketen"}}, "from.email"),
    ("sender with an accent", {"from": {"email": "andré@example.nl"}}, "from.email"),
    ("nobody", {"personalizations": []}, "personalizations"),
    ("personalizations missing", {"personalizations": None}, "personalizations"),
    ("no to", people({"cc": [{"email": JAN}]}), "personalizations.0.to"),
    ("empty to", people({"to": []}), "personalizations.0.to"),
    ("address is a number", people({"to": [{"email": 7}]}), "personalizations.0.to.0.email"),
    ("address without host", people(to(JAN), to("piet@", "x@example.nl")), "personalizations.1.to.0.email"),
    ("address without a dot", people(to("piet@localhost")), "personalizations.0.to.0.email"),
    ("address with a space", people(to("pi et@example.nl")), "personalizations.0.to.0.email"),
    ("address with two dots", people(to("pi..et@example.nl")), "personalizations.0.to.0.email"),
    ("address with a line end", people(to("piet@example.nl\n")), "personalizations.0.to.0.email"),
    ("invalid cc", people(to(JAN, cc=[{"email": "x"}])), "personalizations.0.cc.0.email"),
    ("comma in a name", people({"to": [{"email": JAN, "name": "Jong, de"}]}), "personalizations.0.to.0.name"),
    ("an address in a name", people({"to": [{"email": JAN, "name": "Kim <kim@elders.example>"}]}),
     "personalizations.0.to.0.name"),
    ("semicolon in a name", people({"to": [{"email": JAN, "name": "a;b"}]}), "personalizations.0.to.0.name"),
    ("same address twice", people(to(JAN), to("JAN@example.nl")), "personalizations.1.to.0"),
    ("same address in bcc", people(to(JAN, bcc=[{"email": JAN}])), "personalizations.0.bcc.0"),
    ("custom arg is a number", people(to(JAN, custom_args={"n": 1})), "personalizations.0.custom_args"),
    (
        "custom args too large",
        people(to(JAN, custom_args={"n": "x" * 10_000})),
        "personalizations.0.custom_args",
    ),
    ("custom args as a string", {"custom_args": "n"}, "custom_args"),
    (
        "substitution is a number",
        people(to(JAN, substitutions={"-a-": 1})),
        "personalizations.0.substitutions.-a-",
    ),
    (
        "substitutions too large",
        people(to(JAN, substitutions={"-a-": "x" * 10_001})),
        "personalizations.0.substitutions",
    ),
    ("eleven categories", {"categories": [str(n) for n in range(11)]}, "categories"),
    ("a category twice", {"categories": ["a", "a"]}, "categories"),
    (
        "two kinds of reply address",
        {"reply_to": {"email": JAN}, "reply_to_list": [{"email": "piet@example.nl"}]},
        "reply_to_list",
    ),
    ("reply to no address", {"reply_to": {"email": "nobody"}}, "reply_to.email"),
    ("a header of its own", {"headers": {"Reply-To": JAN}}, "headers.Reply-To"),
    ("too far ahead", {"send_at": int(time.time()) + 73 * 3600}, "send_at"),
    ("an unknown template", {"template_id": "d-1"}, "template_id"),
    ("an unknown batch", {"batch_id": "b"}, "batch_id"),
]


@pytest.mark.parametrize(
    ("changes", "field"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_a_bad_request_names_its_field(shared, mail_to, changes, field):
    before = shared.log()["messages"]
    answer = shared.send(mail_to(JAN, **changes))
    assert answer.status == 400
    assert answer.fields == [field]
    assert shared.log()["messages"] == before


def test_every_bad_address_is_named_in_sendgrids_words(shared, mail_to):
    answer = shared.send(mail_to("goed@example.nl", "fout1", "ook.goed@example.nl", "fout2@x"))
    assert answer.fields == ["personalizations.1.to.0.email", "personalizations.3.to.0.email"]
    assert {error["message"] for error in answer.json["errors"]} == {"Does not contain a valid address."}
    assert answer.json["errors"][0]["help"].endswith("#message.personalizations.1.to.0.email")


def test_a_thousand_readers_are_accepted_one_more_is_not(shared, mail_to):
    addresses = [f"lezer{place}@many.example.nl" for place in range(1001)]
    assert shared.send(mail_to(*addresses)).fields == ["personalizations"]
    in_one = {"personalizations": [to(*addresses)]}
    assert shared.send(mail_to(**in_one)).fields == ["personalizations"]
    assert shared.send(mail_to(*addresses[:1000])).status == 202


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"7", b'"mail"', b'{"subject": "\xff"}', b"{} {}"]
)
def test_what_is_no_mail_is_a_bad_request(shared, body):
    assert shared.send(body).status == 400


def test_wrong_content_types_methods_and_paths_are_refused(shared, mail_to):
    assert shared.ask("POST", "/v3/mail/send", mail_to(JAN), **{"Content-Type": "text/plain"}).status == 415
    assert shared.ask("GET", "/v3/mail/send").status == 405
    assert shared.ask("GET", "/v3/nothing").json["errors"][0]["message"] == "not found"


def test_thirty_megabytes_is_the_limit(shared, mail_to):
    def with_attachment(size):
        return mail_to(JAN, attachments=[{"content": "A" * size, "filename": "brief.pdf"}])

    answer = shared.send(with_attachment(30 * 1024 * 1024))
    assert answer.status == 413
    assert answer.json["errors"][0]["message"] == "content too large"
    assert shared.send(with_attachment(1024 * 1024)).status == 202


@pytest.mark.parametrize("key", ["", "Bearer wrong", "Basic SG.for-tests", "Bearer é"])
def test_the_key_is_asked_for(shared, mail_to, key):
    answer = shared.ask("POST", "/v3/mail/send", mail_to(JAN), Authorization=key.encode().decode("latin-1"))
    assert answer.status == 401
    assert list(answer.json["errors"][0]) == ["message", "field", "help"]


def test_the_library_is_answered_as_by_sendgrid(shared):
    """A mail with the contract's custom args and a name in text, HTML and subject, by the real library."""
    mail = Mail(from_email="meldketen@example.nl", subject="Beste -naam-")
    mail.add_content(Content("text/plain", "Dag -naam-, -datum-"))
    mail.add_content(Content("text/html", "<p>Dag -naam-</p>"))
    for name in ("Anna", "Bram"):
        person = Personalization()
        person.add_to(To(f"{name.lower()}@library.example.nl", name))
        person.add_substitution(Substitution("-naam-", name))
        person.add_substitution(Substitution("-datum-", "21 november, -naam-"))
        for key in ("n", "m", "b"):
            person.add_custom_arg(CustomArg(key, f"{key}-{name}"))
        mail.add_personalization(person)
    answer = shared.client().send(mail)
    assert (answer.status_code, answer.body) == (202, b"")
    [read] = shared.ask("GET", "/sandbox/messages?to=Bram@library.example.nl").json
    assert read["message_id"] == answer.headers["X-Message-Id"]
    assert (read["to"], read["name"], read["subject"]) == ("bram@library.example.nl", "Bram", "Beste Bram")
    assert (read["text"], read["html"]) == ("Dag Bram, 21 november, -naam-", "<p>Dag Bram</p>")
    assert read["custom_args"] == {"n": "n-Bram", "m": "m-Bram", "b": "b-Bram"}


def test_the_library_raises_as_by_sendgrid(shared, mail_to):
    with pytest.raises(BadRequestsError) as refused:
        shared.client().client.mail.send.post(request_body=mail_to("fout"))
    assert refused.value.to_dict["errors"][0]["field"] == "personalizations.0.to.0.email"
    with pytest.raises(UnauthorizedError):
        SendGridAPIClient("SG.other", host=shared.url).client.mail.send.post(request_body=mail_to(JAN))


def test_sendgrids_own_sandbox_mode_keeps_nothing(shared, mail_to):
    before = shared.log()["messages"]
    mail = mail_to(JAN, mail_settings={"sandbox_mode": {"enable": True}})
    assert shared.send(mail).status == 200
    assert shared.log()["messages"] == before


def test_every_missing_field_is_named_and_so_is_the_wrong_one_among_many(shared, mail_to):
    answer = shared.send(mail_to(JAN, content=[{}], **{"from": None}))
    assert sorted(answer.fields) == ["content.0.type", "content.0.value", "from.email"]
    wrong = people(*(to(f"lezer{place}@example.nl") for place in range(499)), {"to": [{"email": None}]})
    answer = shared.send(mail_to(**wrong))
    assert answer.fields == ["personalizations.499.to.0.email"]
    assert answer.json["errors"][0]["message"] == "Invalid type. Expected: string, given: null."
