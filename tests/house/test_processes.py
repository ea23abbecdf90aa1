"""What runs: each process is a command of ours, and the queue in code is the one that workers follow."""

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
from redis import Redis

from service.cli import COMMANDS, PROCESSES, TRIALS, module_of
from tests.house.reading import ROOT, name_of, nodes
from workflows.catalogue import CATALOGUE
from workflows.escalation.escalation import ESCALATION
from workflows.running import jobs
from workflows.running.rq_hints import DRAIN, QUEUE, hint_queue

PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines() if line)


def test_the_procfile_has_the_four_processes():
    assert set(PROCFILE) == {"release", "web", "worker", "clock"}


@pytest.mark.parametrize("name", ["release", "worker", "clock"])
def test_a_process_is_a_command_of_ours(name: str):
    program, command = PROCFILE[name].split()
    assert program == "meldketen" and command in COMMANDS
    assert callable(module_of(command).run)


def test_the_web_is_gunicorn_on_our_app():
    assert re.match(r"gunicorn wsgi:app .*\$\{PORT", PROCFILE["web"])
    wsgi = ast.parse((ROOT / "wsgi.py").read_text())
    names = [name_of(target) for node in wsgi.body if isinstance(node, ast.Assign) for target in node.targets]
    assert names == ["app"]


def test_workers_and_clocks_need_no_arguments():
    assert set(PROCESSES) == {"worker", "clock"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_there(command: str):
    assert callable(module_of(command).run)


def test_there_is_one_queue_and_the_worker_follows_it():
    made = {(str(file), name_of(node.func)) for file, node in nodes("service", "workflows", "tenants")
            if isinstance(node, ast.Call) and name_of(node.func) in ("Queue", "SimpleWorker", "Worker", "HintWorker")}
    assert made == {("workflows/running/rq_hints.py", "Queue"), ("workflows/running/processes.py", "HintWorker")}
    followed = [
        node for file, node in nodes("workflows")
        if str(file) == "workflows/running/processes.py"
        and isinstance(node, ast.Call) and name_of(node.func) == "hint_queue"
    ]  # fmt: skip
    assert len(followed) == 1 and hint_queue(Redis()).name == QUEUE


def test_the_one_function_that_a_hint_names_exists_and_takes_an_organisation_only():
    module, _, function = DRAIN.rpartition(".")
    assert getattr(importlib.import_module(module), function) is jobs.drain
    assert list(jobs.drain.__annotations__) == ["organisation_id", "return"]


def test_no_forking_worker_and_no_scheduler():
    banned = {"SpawnWorker", "enqueue_at", "enqueue_in", "with_scheduler", "Repeat", "Retry"}
    used = {name_of(node) for _, node in nodes("workflows", "service") if isinstance(node, ast.Name | ast.Attribute)}
    assert used & banned <= {"Retry"}


def test_the_steps_that_sql_opens_first_are_the_first_of_their_workflows():
    """open_escalations makes a machine's step for the office and a person's for the controller."""
    assert [ESCALATION.steps[0].kind, CATALOGUE["ap_notification"].steps[0].kind] == ["job", "human"]


def test_every_workflow_that_sql_or_code_names_is_in_the_catalogue():
    named = {
        node.args[0].value for _, node in nodes("service", "workflows")
        if isinstance(node, ast.Call) and name_of(node.func) in ("run_about", "runs_about") and node.args
        and isinstance(node.args[0], ast.Constant)
    }  # fmt: skip
    assert named <= set(CATALOGUE)
    assert all(name == workflow.name for name, workflow in CATALOGUE.items())


@pytest.mark.parametrize("command", sorted(TRIALS))
def test_a_trial_says_in_one_line_that_it_needs_a_checkout(command: str, tmp_path: Path):
    for package in ("service", "workflows", "tenants", "migrations"):
        (tmp_path / package).symlink_to(ROOT / package)
    line = [sys.executable, "-m", "service.cli", command]
    ended = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert "needs a checkout" in ended.stderr
