# SPDX-License-Identifier: Apache-2.0
"""A place to measure in: the local Versions API, a configuration, the programs, a daemon."""

import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading
import time

ACCOUNT = "0123456789abcdef0123456789abcdef"
TOKEN = "bench-token"


def wait_until(condition, what, seconds=120.0):
    """Polls, and fails with a sentence."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.002)


class Process:
    """A program that goes on running; costs are what the kernel tells."""

    def __init__(self, argv, log):
        self.log = log
        self.started = time.monotonic()
        self.popen = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=open(log, "wb"))
        self.proc = pathlib.Path(f"/proc/{self.popen.pid}")

    def cpu_ms(self):
        """Of all its threads, also of those that have ended: its clock (clock_getcpuclockid)."""
        return time.clock_gettime(~self.popen.pid << 3 | 2) * 1e3

    def busy(self):
        """Whether it spent anything in the last 50 ms."""
        before = self.cpu_ms()
        time.sleep(0.05)
        return self.cpu_ms() - before > 0.2

    def resident_mib(self, kind="VmRSS"):
        """`RssAnon` is what is its own; the rest are mapped files, which processes share."""
        return int(re.search(kind + r":\s+(\d+)", (self.proc / "status").read_text())[1]) / 1024

    def watches(self):
        count = 0
        for file in (self.proc / "fdinfo").iterdir():
            with contextlib.suppress(FileNotFoundError):
                count += file.read_text().count("inotify wd:")
        return count

    def told(self, event):
        return self.log.read_text().count(f'"event":"{event}"')

    def stop(self):
        self.popen.terminate()
        self.popen.wait(30)


class Site:
    def __init__(self, programs):
        self.programs = pathlib.Path(programs)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="rolloutd-bench."))
        self.token = self.folder / "token"
        self.token.write_text(TOKEN + "\n")
        self.token.chmod(0o600)
        port_file = self.folder / "port"
        self.cloud = Process(
            [self.programs / "daemon/rollout-emulator", "--listen", "127.0.0.1:0", "--port-file",
             port_file, "--token", TOKEN, "--account", ACCOUNT, "--rate-limit", "off",
             "--worker", "bench"], self.folder / "cloud.log")
        wait_until(lambda: port_file.exists() and port_file.read_text().strip(), "the emulator")
        self.port = int(port_file.read_text())
        self.etc = self.folder / "etc"
        (self.etc / "policies").mkdir(parents=True)
        (self.folder / "state").mkdir(mode=0o700)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.cloud.stop()
        shutil.rmtree(self.folder)

    def control(self, method, call, body=None):
        link = http.client.HTTPConnection("127.0.0.1", self.port)
        link.request(method, "/__emulator/" + call, None if body is None else json.dumps(body))
        answer = link.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{call}: {answer.status} {text[:200]}")
        return json.loads(text)

    def requests(self):
        return self.control("GET", "requests")["requests"]

    def configure(self, workers, policies=(), mode="observe", port=None):
        head = {
            "version": 1, "mode": mode,
            "service": {"state_dir": str(self.folder / "state"),
                        "socket": str(self.folder / "control.sock"), "listen": ""},
            "accounts": {"main": {
                "account_id": ACCOUNT, "token": {"file": str(self.token)},
                "api": f"http://127.0.0.1:{port or self.port}/client/v4",
                "budget": {"rate": "1000/s", "burst": 9999}}},
            "workers": workers}
        (self.etc / "rolloutd.yaml").write_text(json.dumps(head, indent=1))
        for name, policy in dict(policies).items():
            (self.etc / f"policies/{name}.yaml").write_text(json.dumps(policy))

    def ctl(self, *words):
        return [str(self.programs / "daemon/rolloutctl"), "-c", str(self.etc / "rolloutd.yaml"),
                "--socket", str(self.folder / "control.sock"), *map(str, words)]

    def measure(self, argv, environment=None, stdin=None):
        result = self.folder / "measured.json"
        done = subprocess.run(
            [str(self.programs / "tests/bench/measure"), str(result), *map(str, argv)],
            env={**os.environ, **(environment or {})}, stdin=stdin or subprocess.DEVNULL,
            capture_output=True)
        cost = json.loads(result.read_text())
        if cost["exit"] != 0:
            raise RuntimeError(f"{argv[0]} ended with {cost['exit']}: {done.stderr.decode()[-400:]}")
        return cost

    @contextlib.contextmanager
    def daemon(self):
        process = Process([str(self.programs / "daemon/rolloutd"), "-c",
                           str(self.etc / "rolloutd.yaml")], self.folder / "daemon.log")
        try:
            wait_until(lambda: process.told("daemon.started") or process.popen.poll() is not None,
                       "the daemon")
            if process.popen.poll() is not None:
                raise RuntimeError("rolloutd: " + process.log.read_text())
            yield process
        finally:
            process.stop()
            shutil.rmtree(self.folder / "state")
            (self.folder / "state").mkdir(mode=0o700)


class Door:
    """Passes bytes on to the Versions API and notes when a POST begins to arrive."""

    def __init__(self, port):
        self.behind = port
        self.posts = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.behind))
                for link in (near, far):
                    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pass, args=(near, far, True), daemon=True).start()
                threading.Thread(target=self._pass, args=(far, near, False), daemon=True).start()

    def _pass(self, source, sink, inward):
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                if inward and data.startswith(b"POST"):
                    self.posts.append(time.monotonic())
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    def close(self):
        self.listener.close()


def median(costs):
    """Of each figure of several runs."""
    return {key: statistics.median(cost[key] for cost in costs) for key in costs[0]}


def build_directory(folder, size):
    """A Worker of one module; the bytes differ from build to build."""
    folder.mkdir(parents=True, exist_ok=True)
    line = b"// " + os.urandom(30).hex().encode() + b"\n"
    (folder / "index.js").write_bytes((line * (size // len(line) + 1))[:size])


def history(count, keep):
    """A seed of `count` versions that rolloutd made, the newest deployed."""
    versions = [{
        "number": number,
        "created_on": time.strftime("%Y-%m-%dT%H:%M:%SZ",
                                    time.gmtime(time.time() - 86400 - 600 * (count - number))),
        "annotations": {
            "workers/tag": f"v1.{number}",
            "workers/message": f"build {number}\nrolloutd: build=sha256:{number:064x} policy=bench"}}
        for number in range(1, count + 1)]
    deployment = {"created_on": versions[-1]["created_on"],
                  "versions": [{"number": count, "percentage": 100}]}
    policy = {"retention": "bench", "keep": {"last": keep},
              "protect": {"min_age": "0s", "rollback": 1},
              "limits": {"max_deletes": 100, "max_percent": "100%", "grace": "0s"}}
    return {"workers": [{"name": "bench", "versions": versions, "deployments": [deployment]}]}, policy
