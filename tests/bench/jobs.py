# SPDX-License-Identifier: Apache-2.0
"""The jobs that a user waits for, as whole processes. Each gives rows for the table."""

import json
import os
import subprocess
import time

from scene import Door, build_directory, history, median, wait_until

KIB, MIB = 1 << 10, 1 << 20
SIX_RULES = {"retention": "six", "keep": {
    "last": 10, "hourly": 24, "daily": 7, "weekly": 4, "monthly": 12, "yearly": 5, "within": "2d",
    "tagged": "prod"}}


def size_name(size):
    return f"{size // MIB} MiB" if size >= MIB else f"{size // KIB} KiB"


def row(job, figure, value, unit, target=None):
    """A value of None: it was not measured, and the unit says why."""
    return {"job": job, "figure": figure, "value": None if value is None else round(value, 2),
            "unit": unit, "target": target}


def create_once(site, rounds, peers):
    """One-shot creates, in turn with the peers, round by round."""
    site.configure([{"name": "bench", "account": "main"}])
    empty = [site.measure(site.ctl("version")) for _ in range(rounds)]
    rows = [row("process start", "CPU", median(empty)["cpu_ms"], "ms")]
    for size in (KIB, MIB, 8 * MIB):
        costs, requests = {}, {}
        for number in range(rounds):
            folder = site.folder / f"once-{size}-{number}"
            build_directory(folder, size)
            subprocess.run(site.ctl("mark", folder), check=True, capture_output=True)
            runs = {"rolloutctl": (site.ctl("versions", "create", "--worker", "bench", "--yes",
                                            folder), None)}
            runs.update(peers.creates(site, folder / "index.js"))
            for who, (argv, stdin) in runs.items():
                before = len(site.requests())
                with open(stdin or os.devnull, "rb") as given:
                    costs.setdefault(who, []).append(
                        site.measure(argv, peers.environment(site), given))
                requests[who] = len(site.requests()) - before
            site.control("POST", "reset")
        job = f"create, {size_name(size)}"
        ours = median(costs["rolloutctl"])
        start = median(empty)["cpu_ms"]
        floor = median(costs["floor"])["cpu_ms"] if "floor" in costs else None
        rows += [
            row(job, "wall", ours["wall_ms"], "ms"),
            row(job, "CPU", ours["cpu_ms"], "ms", 2 * floor + start if floor else None),
            row(job, "peak memory", ours["peak_mib"], "MiB", 10),
            row(job, "requests", requests["rolloutctl"], "", 1)]
        for who, cost in costs.items():
            if who != "rolloutctl":
                rows.append(row(job, f"{who}, CPU against ours",
                                median(cost)["cpu_ms"] / ours["cpu_ms"], "times"))
                rows.append(row(job, f"{who}, memory against ours",
                                median(cost)["peak_mib"] / ours["peak_mib"], "times"))
    return rows


def create_by_daemon(site, rounds):
    """From the rename of the marker to the POST's arrival, and what the daemon spends on it."""
    door = Door(site.port)
    staged = site.folder / "staged"
    rows = []
    for size, most_cpu in ((KIB, 3), (8 * MIB, 20)):
        watched = site.folder / f"watched-{size}"
        watched.mkdir()
        site.configure([{"name": "bench", "account": "main", "tagging": "bench",
                         "build": {"path": str(watched)}}],
                       {"bench": {"tagging": "bench", "rules": [{"tag": "{build.digest:12}"}]}},
                       mode="enforce", port=door.port)
        delays, cpu = [], []
        with site.daemon() as daemon:
            wait_until(lambda: len(site.requests()) >= 2, "the first look")
            for number in range(rounds):
                build_directory(staged, size)
                subprocess.run(site.ctl("mark", staged), check=True, capture_output=True)
                os.replace(staged / "index.js", watched / "index.js")
                time.sleep(0.3)  # Until what the new bytes stirred has settled.
                posts, spent = len(door.posts), daemon.cpu_ms()
                renamed = time.monotonic()
                os.replace(staged / ".rollout.json", watched / ".rollout.json")
                wait_until(lambda: daemon.told("version.created") == number + 1, "a version")
                wait_until(lambda: not daemon.busy(), "rest")
                delays.append((door.posts[posts] - renamed) * 1e3)
                cpu.append(daemon.cpu_ms() - spent)
        job = f"create by the daemon, {size_name(size)}"
        rows.append(row(job, "marker to POST", sorted(delays)[len(delays) // 2], "ms", 5))
        rows.append(row(job, "CPU", sorted(cpu)[len(cpu) // 2], "ms", most_cpu))
        site.control("POST", "reset")
    door.close()
    return rows


def prune(site, peers):
    """List, judge, delete fifty."""
    rows = []
    site.configure([])
    with site.daemon() as daemon:
        time.sleep(0.2)
        start = daemon.cpu_ms()
    for count in (100, 1000, 10000):
        seed, policy = history(count, count - 50)
        floor = peers.prune_floor(site, seed)
        site.control("POST", "reset")
        site.control("POST", "seed", seed)
        site.configure([{"name": "bench", "account": "main", "retention": "bench"}],
                       {"bench": policy}, mode="enforce")
        before = len(site.requests())
        with site.daemon() as daemon:
            wait_until(lambda: daemon.told("prune.deleted") == 50, "fifty deletes")
            wait_until(lambda: not daemon.busy(), "rest")
            cpu = daemon.cpu_ms() - start
            requests = len(site.requests()) - before
        job = f"list {count:,}, judge, delete 50"
        pages = -(-count // 100)
        rows += [row(job, "CPU", cpu, "ms", 5 * floor if floor else None),
                 row(job, "requests", requests, "", 2 * pages + 1 + 100)]
    (site.etc / "policies/bench.yaml").unlink()
    site.control("POST", "reset")
    return rows


def recorded_list(count):
    """Of five years and a half, as `versions list -o json` has it."""
    end = 1795489200
    versions = [{
        "id": f"{number * 2654435761 % 2**32:08x}-0000-4000-8000-{number:012}", "number": number,
        "created_on": time.strftime("%Y-%m-%dT%H:%M:%SZ",
                                    time.gmtime(end - 173448000 * (count - number) // count)),
        "urls": [], "annotations": {
            "workers/tag": "prod" if number % 5000 == 0 else f"v1.{number}",
            "workers/message": f"{number}\nrolloutd: build=sha256:{number:064x} policy=bench"}}
        for number in range(count, 0, -1)]
    return {"result": versions, "deployments": [], "pins": []}


def forget(site, counts, rounds, peers):
    """What nothing keeps, of so many that are written down: whole processes, in turn."""
    restic = peers.restic(site.folder / "snapshots")
    if restic is None:
        return []
    policy, recorded = site.etc / "policies/six.yaml", site.folder / "list.json"
    policy.write_text(json.dumps(SIX_RULES))
    preview = site.ctl("policy", "preview", policy, "--versions", recorded, "--at",
                       "2026-11-24T03:00:00Z", "-o", "json")
    rows, starts = [], {}
    for count in (1, *counts):
        recorded.write_text(json.dumps(recorded_list(count)))
        restic.grow(count)
        costs = {}
        for _ in range(rounds):
            for who, argv in (("ours", preview), ("load", restic.load()),
                              ("forget", restic.forget())):
                costs.setdefault(who, []).append(site.measure(argv, restic.environment))
        cpu = {who: median(cost)["cpu_ms"] for who, cost in costs.items()}
        if count == 1:
            starts = cpu
            continue
        job = f"retention of {count:,}, as a process"
        rows += [
            row(job, "policy preview, CPU above its start", cpu["ours"] - starts["ours"], "ms"),
            row(job, "restic forget, CPU above its start", cpu["forget"] - starts["forget"], "ms"),
            row(job, "of that, judging", max(0, cpu["forget"] - cpu["load"]), "ms")]
    policy.unlink()
    return [*rows, row("retention of 1,000,000, as a process", "restic forget", None,
                       "not driven: a file for each, 4 GiB of them")]


def idle(site, seconds):
    """A hundred Workers at rest."""
    names = [f"idle-{number}" for number in range(100)]
    site.control("POST", "seed", {"workers": [{"name": name, "versions": []} for name in names]})
    site.configure([{"name": name, "account": "main"} for name in names])
    with site.daemon() as daemon:
        wait_until(lambda: len(site.requests()) >= 200, "a look at each Worker")
        wait_until(lambda: not daemon.busy(), "rest")
        spent = daemon.cpu_ms()
        time.sleep(seconds)
        rows = [row("idle, 100 Workers", "resident", daemon.resident_mib(), "MiB", 15),
                row("idle, 100 Workers", "of that, its own", daemon.resident_mib("RssAnon"), "MiB"),
                row("idle, 100 Workers", f"CPU in {seconds} s", daemon.cpu_ms() - spent, "ms", 5)]
    site.control("POST", "reset")
    return rows


def watch(site, directories, peers):
    """Directories of fifty files, each a Worker's; no build is finished in any."""
    workers = []
    for number in range(directories):
        folder = site.folder / f"tree/{number}"
        folder.mkdir(parents=True)
        for file in range(50):
            (folder / f"chunk-{file}.js").write_text("//\n")
        workers.append({"name": f"watch-{number}", "account": "main",
                        "build": {"path": str(folder)}})
    site.control("POST", "seed",
                 {"workers": [{"name": worker["name"], "versions": []} for worker in workers]})
    bare = [{key: worker[key] for key in ("name", "account")} for worker in workers]
    resident = []
    for configured in (bare, workers):
        site.configure(configured)
        seen = len(site.requests())
        with site.daemon() as daemon:
            if configured is workers:
                wait_until(lambda: daemon.watches() >= directories, "a watch on each directory")
                ready = (time.monotonic() - daemon.started) * 1e3
            wait_until(lambda: len(site.requests()) - seen >= min(2 * directories, 9000),
                       "a look at each Worker")
            wait_until(lambda: not daemon.busy(), "rest")
            resident.append(daemon.resident_mib())
            watches = daemon.watches()
    job = f"watch {directories:,} directories of 50 files"
    site.control("POST", "reset")
    rows = [row(job, "start to the last watch", ready, "ms", 100),
            row(job, "resident more than unwatched", resident[1] - resident[0], "MiB", 12),
            row(job, "watches, less their parent's", watches - 1, "", directories)]
    theirs = peers.watching(site.folder / "tree", 5)
    if theirs:
        rows += [row(job, "chokidar, start to ready", theirs["ready_ms"], "ms"),
                 row(job, "chokidar, resident", theirs["rss_mib"], "MiB"),
                 row(job, "chokidar, watches", theirs["inotify_watches"], "")]
    return rows


def nothing_to_do(site):
    """A pass over a Worker of a hundred versions that changes nothing."""
    seed, policy = history(100, 100)
    site.control("POST", "seed", seed)
    site.configure([{"name": "bench", "account": "main", "retention": "bench"}],
                   {"bench": policy}, mode="enforce")
    with site.daemon():
        wait_until(lambda: len(site.requests()) >= 2, "the first look")
        subprocess.run(site.ctl("reconcile", "bench", "--wait"), check=True, capture_output=True)
        before = len(site.requests())
        subprocess.run(site.ctl("reconcile", "bench", "--wait"), check=True, capture_output=True)
        count = len(site.requests()) - before
    (site.etc / "policies/bench.yaml").unlink()
    site.control("POST", "reset")
    return [row("no-op pass, 100 versions", "requests", count, "", 2)]
