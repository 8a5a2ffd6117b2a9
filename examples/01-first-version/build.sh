#!/usr/bin/env bash
# The build of the example's Worker: an ES module and a text module, as a bundler leaves them.
# usage: build.sh OUTDIR GREETING
set -euo pipefail
mkdir -p "$1"
cat >"$1/index.js" <<JS
import terms from "./terms.txt";
export default {
  async fetch(request) {
    const path = new URL(request.url).pathname;
    return new Response(path === "/terms" ? terms : "$2");
  },
};
JS
echo "Be kind." >"$1/terms.txt"
