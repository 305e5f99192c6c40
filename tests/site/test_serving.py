"""The site as a process: how it starts, what each answer carries, how it ends."""

import json
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from deploy.processes import Process, free_port
from deploy.servers import Valkey
from deploy.site import MANAGE, ROOT, Web, environment, prepare
from tests.servers import scratch, servers


def command(var: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    env = environment(var, **settings)
    return subprocess.run(
        [*MANAGE, *words], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
    )


def test_a_taken_port_is_one_line_with_the_way_out(live_site: Web, tmp_path: Path) -> None:
    done = command(tmp_path, "serve", PORT=str(live_site.port))
    assert done.returncode == 2
    assert re.fullmatch(r"CommandError: Port \d+ of .* is taken .*PORT=\d+ make run\n", done.stderr)


def test_a_host_that_is_not_ours_is_one_line(tmp_path: Path) -> None:
    done = command(tmp_path, "serve", HOST="192.0.2.1")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "HOST" in done.stderr


def test_a_site_that_is_not_prepared_says_what_to_run(tmp_path: Path) -> None:
    done = command(tmp_path, "serve", PORT=str(free_port()))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "manage.py prepare" in done.stderr


@pytest.mark.parametrize("name", ["prepare", "serve"])
def test_a_database_that_cannot_be_used_is_one_line(name: str, tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/nowhere/db.sqlite3"
    done = command(tmp_path, name, DATABASE_URL=address, PORT=str(free_port()))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "DATABASE_URL" in done.stderr


def test_a_worker_without_a_broker_says_what_it_needs(tmp_path: Path) -> None:
    assert "REDIS_URL" in command(tmp_path, "worker").stderr


def test_a_worker_whose_port_of_metrics_is_taken_is_one_line(
    live_site: Web, tmp_path: Path
) -> None:
    settings = {"REDIS_URL": "redis://127.0.0.1:1/0", "METRICS_PORT": str(live_site.port)}
    done = command(tmp_path, "worker", **settings)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "METRICS_PORT" in done.stderr


def test_answers_carry_a_request_id_and_a_strict_policy(live_site: Web) -> None:
    headers = httpx.get(live_site.url, headers={"X-Request-ID": "from-a-proxy"}).headers
    assert headers["x-request-id"] == "from-a-proxy"
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]


def test_a_request_id_that_could_forge_a_log_line_is_replaced(live_site: Web) -> None:
    answer = httpx.get(live_site.url, headers={"X-Request-ID": "a b"})
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])


def test_scripts_are_kept_for_ever_under_hashed_names_in_all_imports(live_site: Web) -> None:
    page = httpx.get(live_site.url).text
    address = re.search(r'src="(/static/js/main\.[0-9a-f]{12}\.js)"', page)
    assert address
    script = httpx.get(live_site.url + address[1])
    assert "immutable" in script.headers["cache-control"]
    imported = re.findall(r'from\s+"([^"]+)"', script.text)
    assert imported and all(re.search(r"\.[0-9a-f]{12}\.js$", path) for path in imported)


def test_the_site_is_ready_when_everything_answers(live_site: Web) -> None:
    ready = httpx.get(f"{live_site.url}/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (200, "ok")


def test_a_redis_that_stands_still_holds_up_no_look_at_the_health(
    start_site: Callable[..., Web],
) -> None:
    with scratch() as directory:
        valkey = Valkey(directory)
        valkey.start()
        try:
            site = start_site(REDIS_URL=valkey.url)
            valkey.pause()
            # The layer's own patience is five seconds, which is as long as proxies wait.
            ready = httpx.get(f"{site.url}/health/ready", timeout=4.5)
        finally:
            valkey.kill()
    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
    assert ready.json()["checks"]["channel_layer"] == "TimeoutError"


def test_a_site_without_price_data_says_so_and_still_serves(
    start_site: Callable[..., Web], tmp_path: Path
) -> None:
    (tmp_path / "import-left-behind").mkdir()
    site = start_site(MARKET_DIR=str(tmp_path))
    ready = httpx.get(f"{site.url}/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
    assert ready.json()["checks"]["market"] == "MarketDataMissing"


def test_a_postgresql_that_stands_still_holds_up_no_look_at_the_health(tmp_path: Path) -> None:
    with servers() as (postgresql, valkey):
        env = environment(tmp_path, DATABASE_URL=postgresql.url, REDIS_URL=valkey.url)
        prepare(env)
        site = Web(env, tmp_path / "web.log")
        try:
            site.start()
            postgresql.pause()
            ready = httpx.get(f"{site.url}/health/ready", timeout=30)
        finally:
            site.kill()
    assert (ready.status_code, ready.json()["status"]) == (503, "unavailable")
    assert ready.json()["checks"]["database"] == "TimeoutError"


def test_commits_are_measured_before_anybody_looks(start_site: Callable[..., Web]) -> None:
    site = start_site()
    httpx.post(f"{site.url}/api/analyze", json={"question": "volatility of GE"})
    assert not re.search(r"progress_commit_seconds_count 0", httpx.get(f"{site.url}/metrics").text)


def test_a_socket_at_an_unknown_address_is_closed_with_a_code(live_site: Web) -> None:
    with connect(f"{live_site.url.replace('http', 'ws')}/ws/nothing") as socket:
        with pytest.raises(ConnectionClosed):
            socket.recv(30)
        assert socket.close_code == 4404


def test_an_unknown_host_is_refused(live_site: Web) -> None:
    assert httpx.get(live_site.url, headers={"Host": "evil.example"}).status_code == 400


def test_log_lines_are_json_with_the_request_id(start_site: Callable[..., Web]) -> None:
    site = start_site(LOG_FORMAT="json")
    question = {"question": "volatility of GE"}
    headers = {"X-Request-ID": "traced", "Prefer": "wait=20"}
    run = httpx.post(f"{site.url}/api/analyze", json=question, headers=headers, timeout=30).json()[
        "run"
    ]
    site.stop()
    lines = [json.loads(line) for line in site.new_log().splitlines() if line.startswith("{")]
    traced = [line for line in lines if line.get("request_id") == "traced"]
    assert any("/api/analyze" in line["message"] for line in traced)
    # From the request to its run, and from there to the work, which goes on without the request.
    assert [line["message"] for line in traced if line.get("run") == run] == ["Task enqueued"]
    assert any(line.get("run") == run and "ended" in line["message"] for line in lines)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_site_cleanly(start_site: Callable[..., Web], sign: int) -> None:
    site = start_site()
    with httpx.Client(base_url=site.url) as client:
        assert client.post("/api/analyze", json={"question": "volatility of GE"}).status_code == 202
    assert site.stop(15, signal.Signals(sign)) == 0
    greeting, *lines = site.new_log().splitlines()
    assert greeting.startswith("Tickertape is on http://")
    assert lines and all(re.match(r"\d{4}-\d\d-\d\dT.* \[info ", line) for line in lines)


def test_an_open_stream_does_not_hold_up_the_end(start_site: Callable[..., Web]) -> None:
    site = start_site()
    with httpx.Client(base_url=site.url) as client:
        session = client.post("/api/analyze", json={"question": "CAGR of KO"}).json()["session"]
        with client.stream("GET", f"/api/progress/{session}", timeout=20) as stream:
            lines = stream.iter_lines()
            assert next(lines).startswith("retry:")
            assert site.stop(10) == 0
    assert "Traceback" not in site.new_log()


def test_daphne_serves_as_well(site_template: Path, tmp_path: Path) -> None:
    server = Daphne(site_template, tmp_path / "daphne.log")
    server.start()
    try:
        answer = httpx.post(
            f"{server.url}/api/analyze",
            json={"question": "What stocks have highest volatility?"},
            headers={"Prefer": "wait=10"},
            timeout=20,
        ).json()
    finally:
        server.kill()
    assert answer["status"] == "succeeded"


class Daphne(Web):
    """`runserver`, which daphne provides."""

    def __init__(self, var: Path, log: Path):
        env = environment(var, DEBUG="true")
        super().__init__(env, log)
        self.command = [*MANAGE, "runserver", "--noreload", f"127.0.0.1:{self.port}"]


def test_processes_of_tests_are_gone_when_killed(tmp_path: Path) -> None:
    process = Process("sleeper", ["sleep", "60"], tmp_path / "log", lambda: True)
    process.start()
    process.kill()
    assert not process.is_running
