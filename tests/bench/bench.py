#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs every benchmark, prints a table and writes the same as JSON. Nothing here asserts a time.

usage: bench.py BUILD_DIR [--quick] [--peers]
"""

import argparse
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import jobs  # noqa: E402
from peers import NoPeers, Peers  # noqa: E402
from scene import Site  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
JUDGE_TARGETS = {100_000: 40, 1_000_000: 400}


def say(text):
    print(f"  {text}", file=sys.stderr, flush=True)


def inside(build, quick):
    """The functions, by Google Benchmark."""
    rows = []
    for binary in sorted((build / "tests/bench").glob("*_bench")):
        say(binary.name)
        out = build / f"bench/{binary.name}.json"
        subprocess.run([binary, f"--benchmark_out={out}", "--benchmark_out_format=json",
                        f"--benchmark_min_time={0.05 if quick else 0.5}"],
                       check=True, stdout=subprocess.DEVNULL)
        for entry in json.loads(out.read_text())["benchmarks"]:
            if entry.get("run_type") == "aggregate":
                continue
            name = entry["name"].removeprefix("BM_")
            target = None
            if name.startswith("Judge/"):
                target = JUDGE_TARGETS.get(int(name.split("/")[1]))
            rows.append(jobs.row(name, "CPU", entry["cpu_time"], entry["time_unit"], target))
            if "bytes_per_version" in entry:
                rows.append(jobs.row(name, "held, for each version", entry["bytes_per_version"], "B"))
            if "bytes_per_second" in entry:
                rows.append(jobs.row(name, "throughput", entry["bytes_per_second"] / 2**20, "MiB/s"))
    return rows


def outside(build, quick, peers):
    """The programs, as whole processes."""
    rounds = 3 if quick else 9
    steps = {
        "one-shot creates": lambda site: jobs.create_once(site, rounds, peers),
        "creates by the daemon": lambda site: jobs.create_by_daemon(site, rounds),
        "pruning": lambda site: jobs.prune(site, peers),
        "a pass with nothing to do": jobs.nothing_to_do,
        "retention as a process": lambda site: jobs.forget(
            site, (100, 10_000) if quick else (100, 10_000, 100_000), 3, peers),
        "idle": lambda site: jobs.idle(site, 5 if quick else 30),
        "watching": lambda site: jobs.watch(site, 100 if quick else 1000, peers),
    }
    rows = []
    for name, step in steps.items():
        say(name)
        with Site(build) as site:
            rows += step(site)
    return rows


def verdict(row):
    if row["target"] is None:
        return ""
    return "ok" if row["value"] <= row["target"] else "MISSED"


def table(rows):
    last = None
    for row in rows:
        job = row["job"] if row["job"] != last else ""
        last = row["job"]
        target = "" if row["target"] is None else f"{row['target']:g}"
        value = "-" if row["value"] is None else f"{row['value']:,.2f}"
        print(f"{job:40} {row['figure']:34} {value:>12} {row['unit']:6} "
              f"{target:>8} {verdict(row)}".rstrip())


def main():
    parser = argparse.ArgumentParser(prog="./dev bench")
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: a look, no evidence")
    parser.add_argument("--peers", action="store_true", help="beside what a user would run instead")
    options = parser.parse_args()
    (options.build / "bench").mkdir(exist_ok=True)
    peers = Peers(ROOT, options.build) if options.peers else NoPeers()
    rows = inside(options.build, options.quick)
    for count in JUDGE_TARGETS:
        rows += [jobs.row(f"retention in Python, {count:,}", figure, millis, "ms")
                 for figure, millis in peers.retention(count).items()]
    rows += outside(options.build, options.quick, peers)
    report = options.build / "bench/report.json"
    report.write_text(json.dumps({"quick": options.quick, "rows": rows}, indent=1) + "\n")
    print(f"{'what':40} {'figure':34} {'measured':>12} {'':6} {'target':>8}")
    table(rows)
    print(f"\nalso as JSON: {report}")


main()
