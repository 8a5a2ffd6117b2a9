#!/usr/bin/env bash
# Runs every benchmark and prints a table; the numbers also go to BUILD_DIR/bench/*.json.
# usage: run.sh BUILD_DIR
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
build=$1
mkdir -p "$build/bench"
for bench in "$build"/tests/bench/*_bench; do
  name=$(basename "$bench")
  "$bench" --benchmark_out="$build/bench/$name.json" --benchmark_out_format=json
done
echo "also as JSON in $build/bench"
