#!/usr/bin/env bash
# Writes what the real Deno prints for each script here next to it: standard output, then standard error.
# GoldenTest (ext-web) compares ours with it. Usage: DENO=/path/to/deno js/web/test/golden/golden.sh [script...]
set -euo pipefail
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- *.ts
for script in "$@"; do
  TZ=UTC LANG=en_US.UTF-8 NO_COLOR=1 "${DENO:-deno}" run -A --no-check "$script" >"$script.out" 2>"$script.err"
  cat "$script.err" >>"$script.out"
  rm "$script.err"
done
