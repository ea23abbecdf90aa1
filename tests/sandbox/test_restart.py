"""kill -9 at any moment: what got 202 is kept, what was told is not told anew under another name."""

import subprocess
import sys
from threading import Event, Thread

from service.sandbox.journal import Journal
from tests.sandbox.public_key import public_key_base64


def test_every_accepted_mail_survives_kill_9(sandbox, mail_to, wait_until):
    """Eight senders at work while the process is killed, three times over."""
    accepted: list[str] = []
    for round_ in range(3):
        stopped, enough = Event(), len(accepted) + 40

        def send_until_killed(sender, round_=round_, stopped=stopped):
            place = 0
            while not stopped.is_set():
                place += 1
                try:
                    answer = sandbox.send(mail_to(f"r{round_}s{sender}p{place}@example.nl"))
                except OSError:
                    return
                assert answer.status == 202
                accepted.append(f"r{round_}s{sender}p{place}@example.nl")

        senders = [Thread(target=send_until_killed, args=(sender,)) for sender in range(8)]
        for sender in senders:
            sender.start()
        wait_until(lambda enough=enough: len(accepted) >= enough)
        sandbox.kill()
        stopped.set()
        for sender in senders:
            sender.join()
        sandbox.start()
    kept = sandbox.ask("GET", "/sandbox/messages?limit=1000").json
    last = kept[-1]["id"]
    while page := sandbox.ask("GET", f"/sandbox/messages?limit=1000&after={last}").json:
        kept, last = kept + page, page[-1]["id"]
    assert set(accepted) <= {message["to"] for message in kept}
    assert [message["id"] for message in kept] == list(range(1, len(kept) + 1))


def test_events_not_yet_taken_survive_and_keep_their_ids(sandbox, receiver, mail_to, wait_until):
    sandbox.send(mail_to("eerst@example.nl", "bounce@example.nl"))
    wait_until(lambda: sandbox.log()["events"]["posted"] == 4)
    receiver.status = 503
    sandbox.send(mail_to("daarna@example.nl"))
    wait_until(lambda: receiver.posts[-1][2] == 503)
    refused = receiver.posts[-1][1]
    sandbox.kill()
    receiver.status = 204
    sandbox.start()
    wait_until(lambda: sandbox.log()["events"] == {"made": 6, "posted": 6, "lost": 0, "pending": 0})
    assert receiver.posts[-1][1] == refused
    assert len(receiver.events()) == 6
    sandbox.send(mail_to("bounce@example.nl"))
    wait_until(lambda: receiver.of("bounce@example.nl")[-1] == "dropped")


def test_the_sums_and_the_key_are_the_same_after_a_restart(sandbox, mail_to, wait_until):
    sandbox.send(mail_to("jan@example.nl", "bounce@example.nl", "drop@example.nl"))
    sandbox.send(mail_to("jan@example.nl"))
    wait_until(lambda: sandbox.log()["events"]["pending"] == 0)
    before, mails = sandbox.log(), sandbox.ask("GET", "/sandbox/messages").json
    key = public_key_base64(sandbox.folder / "webhook-key.pem")
    sandbox.kill()
    sandbox.start()
    assert sandbox.log() == before
    assert sandbox.ask("GET", "/sandbox/messages").json == mails
    assert public_key_base64(sandbox.folder / "webhook-key.pem") == key


def test_a_torn_last_line_is_cut_off(sandbox, mail_to):
    sandbox.send(mail_to("heel@example.nl"))
    sandbox.kill()
    with open(sandbox.folder / "mail.jsonl", "ab") as log:
        log.write(b'{"id": "torn", "at": 1, "mail": {"personal')
    sandbox.start()
    assert sandbox.log()["messages"] == 1
    assert sandbox.send(mail_to("nieuw@example.nl")).status == 202
    assert [m["to"] for m in sandbox.ask("GET", "/sandbox/messages").json] == [
        "heel@example.nl",
        "nieuw@example.nl",
    ]


def test_a_long_torn_line_is_cut_off_too(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"one\n" + b"x" * 3_000_000)
    journal = Journal(path)
    assert journal.append(b"two") == 4
    assert [line for _, line in journal.lines()] == [b"one\n", b"two\n"]


HOLD = """
import sys
from pathlib import Path
from service.sandbox.folder import claim
claim(Path(sys.argv[1]), float(sys.argv[2]))
print("mine", flush=True)
input()
"""


def test_a_second_sandbox_on_the_same_folder_does_not_start(tmp_path):
    first = subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path, "0"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert first.stdout.readline() == b"mine\n"
    second = subprocess.run([sys.executable, "-c", HOLD, tmp_path, "0"], capture_output=True, check=False)
    first.communicate(b"\n")
    assert second.returncode != 0
    assert b"Another SendGrid sandbox is using" in second.stderr
