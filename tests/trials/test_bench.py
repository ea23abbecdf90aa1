"""``meldketen bench``: when it gives a ratio and when it gives none, and one small bench from end to end."""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from service.embedded.servers import Embedded
from tests.trials.bench.bench_env import BenchEnv
from tests.trials.bench.people import written
from tests.trials.bench.plot import as_svg
from tests.trials.bench.statistics import at_least, at_most, compared, limited, middle_half

WITHIN = 180.0


def test_a_ratio_is_the_median_of_the_rounds_with_their_middle_half() -> None:
    figure = compared("x", "steps/s", "peer", [10, 20, 30, 40, 50], [10, 10, 10, 10, 10], at_least(1.5))
    assert (figure.ratio, figure.spread, figure.met) == (3, (2, 4), True)
    assert (figure.value, figure.peer, figure.rounds) == (30, 10, 5)
    assert figure.fine


def test_a_goal_that_is_clearly_missed_keeps_its_ratio() -> None:
    figure = compared("x", "s", "peer", [4, 4, 4], [1, 1, 1], at_most(2))
    assert (figure.ratio, figure.met, figure.fine) == (4, False, False)


def test_where_the_rounds_do_not_agree_on_the_goal_there_is_no_ratio() -> None:
    figure = compared("x", "s", "peer", [1, 1, 3, 3], [1, 1, 1, 1], at_most(2))
    assert (figure.ratio, figure.met, figure.fine) == (None, False, False)
    assert figure.as_json()["stable"] is False
    assert "not stable" in str(figure)


def test_without_a_goal_a_ratio_is_told_unless_it_spreads_too_far() -> None:
    near = compared("x", "s", "peer", [10, 11, 12], [1, 1, 1])
    far = compared("x", "s", "peer", [1, 5, 25], [1, 1, 1])
    assert (near.ratio, near.met, near.fine) == (11, None, True)
    assert (far.ratio, far.fine) == (None, False)


def test_a_limit_is_used_up_to_one() -> None:
    assert limited("x", "ms", 5, [4, 4, 4]).met is True
    assert limited("x", "ms", 5, [6, 6, 6]).met is False


def test_one_round_is_its_own_spread() -> None:
    assert middle_half([3.0]) == (3.0, 3.0)


def test_a_plot_is_one_line_with_a_point_for_each_size() -> None:
    picture = ElementTree.fromstring(as_svg("A & B", "rows", {"ours": [(10, 0.01), (100, 0.1), (1000, 1.0)]}))
    assert len(list(picture.iter("{http://www.w3.org/2000/svg}circle"))) == 3


def test_a_small_fan_out_is_measured_and_drawn() -> None:
    with TemporaryDirectory() as folder:
        words = ["bench", "fanout", "--quick", "--json", "--plots", f"{folder}/plots"]
        env = {"PATH": "/usr/bin:/bin", "TMPDIR": folder}
        command = [sys.executable, "-m", "service.cli", *words]
        ran = subprocess.run(command, env=env, capture_output=True, text=True, timeout=WITHIN, check=False)
        assert ran.returncode in (0, 1), ran.stderr
        assert ran.stdout.count("\n") == 1
        report = json.loads(ran.stdout)
        (figure,) = report["figures"]
        assert figure["value"] > 0 and figure["rounds"] == 3
        assert report["ok"] is (figure["stable"] and figure["met"])
        assert (Path(report["plots"]) / "fanout.svg").exists()
        assert sorted(path.name for path in Path(folder).iterdir()) == ["plots"]


def test_a_notice_of_the_bench_is_prepared_and_released(servers: Embedded) -> None:
    bench_env = BenchEnv(servers, True, Path("nowhere"), print)
    bench_env.prepare()
    with bench_env.database("bench_one_notice") as place:
        notice = written(place, 1, 3)
        notice.release()
        assert place.one("select count(*) from recipient where about_id = %s", notice.notice) == 3
        assert place.one("select count(*) from step where name = 'release' and state = 'done'") == 1
