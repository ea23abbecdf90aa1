"""The inbox page, the lists for programs and the sums."""

import re
from html import unescape

import pytest

from service.sandbox.texts import TEXTS

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


def page(sandbox, path):
    answer = sandbox.ask("GET", path)
    return answer, answer.body.decode()


def test_the_newest_mail_stands_first_and_pages_follow_by_key(sandbox, mail_to):
    sandbox.send(mail_to(*(f"lezer{place}@example.nl" for place in range(120))))
    seen, path = [], "/"
    while path:
        _, text = page(sandbox, path)
        seen += re.findall(r"lezer\d+@example\.nl", text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        path = unescape(following[1]) if following else None
        if len(seen) == 50:
            sandbox.send(mail_to("onderweg@example.nl"))
    assert seen == [f"lezer{place}@example.nl" for place in reversed(range(120))]


def test_search_finds_a_part_of_an_address(sandbox, mail_to):
    sandbox.send(mail_to("anna@example.nl", "bram@example.nl"))
    _, text = page(sandbox, "/?to=ANN")
    assert "anna@example.nl" in text and "bram@example.nl" not in text
    for language, words in (("nl", "Alles tonen"), ("en", "Show all")):
        _, text = page(sandbox, f"/?to=ANN&lang={language}")
        assert words in text and "built-in" not in text
    _, text = page(sandbox, "/?to=%3Cscript%3E")
    assert "Geen mail gevonden" in text and "<script>" not in text


def test_a_mail_is_shown_as_its_reader_sees_it(sandbox, mail_to):
    mail = mail_to(
        subject="Dag -naam-",
        personalizations=[
            {"to": [{"email": "jan@example.nl", "name": "Jan"}], "substitutions": {"-naam-": "Jan"}}
        ],
        content=[
            {"type": "text/plain", "value": "Dag -naam-, lees http://127.0.0.1/echt"},
            {"type": "text/html", "value": '<p style="color:red">Dag "-naam-"</p>'},
        ],
    )
    sandbox.send(mail)
    answer, text = page(sandbox, "/mail/1")
    frame = re.search(r'<iframe sandbox="([^"]*)"[^>]* srcdoc="([^"]*)"', text)
    assert "allow-scripts" not in frame[1] and "allow-same-origin" not in frame[1]
    assert unescape(frame[2]).endswith('<p style="color:red">Dag "Jan"</p>')
    assert "<h1>Dag Jan</h1>" in text
    assert 'href="http://127.0.0.1/echt"' in text
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy


def test_a_single_address_is_told_in_the_singular(sandbox, mail_to):
    def sums(language):
        return re.sub(r"<[^>]+>|\s+", " ", page(sandbox, f"/?lang={language}")[1].partition("legend")[0])

    sandbox.send(mail_to("jan@example.nl"))
    assert "aan 1 adres, 0 adressen kregen" in sums("nl") and "to 1 address, 0 addresses got" in sums("en")
    sandbox.send(mail_to("jan@example.nl"))
    sandbox.send(mail_to("piet@example.nl"))
    assert "aan 2 adressen, 1 adres kreeg" in sums("nl") and "to 2 addresses, 1 address got" in sums("en")


def test_a_hostile_mail_stays_text(sandbox, mail_to):
    content = [{"type": "text/plain", "value": HOSTILE}, {"type": "text/html", "value": HOSTILE}]
    sandbox.send(mail_to("jan@example.nl", subject=HOSTILE, content=content))
    for path in ("/", "/mail/1"):
        _, text = page(sandbox, path)
        assert "<script>" not in text and "<img" not in text


def test_dutch_first_and_english_as_its_twin(sandbox, mail_to):
    assert "Er is nog geen mail" in page(sandbox, "/")[1]
    assert "There is no mail yet" in page(sandbox, "/?lang=en")[1]
    assert '<html lang="nl">' in page(sandbox, "/?lang=xx")[1]
    sandbox.send(mail_to("jan@example.nl"))
    _, text = page(sandbox, "/?lang=en")
    assert 'href="/mail/1?lang=en"' in text
    assert "lang=nl" in text


def test_a_page_that_is_not_there_tells_what_to_do(sandbox):
    for path in ("/mail/1", "/mail/0", "/elsewhere"):
        answer, text = page(sandbox, path)
        assert answer.status == 404
        assert "Ga terug naar het postvak" in text
    assert page(sandbox, "/mail/1?lang=en")[0].status == 404


def test_messages_are_filtered_and_paged_for_programs(sandbox, mail_to):
    sandbox.send(mail_to("jan@example.nl", "piet@example.nl", subject="Een"))
    sandbox.send(mail_to("jan@example.nl", subject="Twee"))

    def ids(query):
        return [message["id"] for message in sandbox.ask("GET", f"/sandbox/messages?{query}").json]

    assert ids("") == [1, 2, 3]
    assert ids("to=JAN@example.nl") == [1, 3]
    assert ids("to=jan@example") == []
    assert ids("subject=Een") == [1, 2]
    assert ids("to=jan@example.nl&subject=Twee") == [3]
    assert ids("after=1&limit=1") == [2]
    assert ids("after=3") == []


def test_a_mail_counts_as_doubled_when_notice_subject_and_address_are_the_same(sandbox, mail_to):
    def send(address, notice, subject="Uw gegevens"):
        arguments = {"n": notice, "m": "m", "b": "b"} if notice else {}
        people = [{"to": [{"email": address}], "custom_args": arguments}]
        assert sandbox.send(mail_to(personalizations=people, subject=subject)).status == 202

    send("jan@example.nl", "notice-1")
    send("jan@example.nl", "notice-2")
    send("jan@example.nl", None)
    send("piet@example.nl", "notice-1")
    send("jan@example.nl", "notice-1", subject="Anders")
    assert sandbox.log()["addresses_twice"] == 0
    send("Jan@example.nl", "notice-1")
    send("jan@example.nl", None)
    send("jan@example.nl", None)
    log = sandbox.log()
    assert (log["requests"], log["messages"], log["addresses"], log["addresses_twice"]) == (8, 8, 2, 2)
    assert sum(log["by_outcome"].values()) == sum(log["by_end"].values()) == 8


def test_no_role_can_erase_the_log(sandbox):
    assert sandbox.ask("DELETE", "/sandbox/log").status == 405


@pytest.mark.parametrize("language", list(TEXTS))
def test_no_key_of_a_text_is_the_name_of_a_method_of_dict(language):
    assert set(TEXTS[language]).isdisjoint(dir(dict)), "a template would print the method in place of the text"
