#!/usr/bin/env bash
# Writes what the real Deno prints for the scripts here: files.ts with everything allowed, permissions.ts under each line
# of flags.txt. GoldenTest (ext-os) compares ours with it. Usage: DENO=/path/to/deno js/os/test/golden/golden.sh
set -euo pipefail
cd "$(dirname "$0")"
export TZ=UTC LANG=en_US.UTF-8 NO_COLOR=1 FOO=1 FOO2=2 BAR_X=3 IGN=4
fresh() {
  dir=$(mktemp -d /tmp/carillon-golden-XXXXXX)
  mkdir "$dir/a" "$dir/secret"
  echo hello >"$dir/a/x"
  echo hello >"$dir/secret/x"
}
fresh
"${DENO:-deno}" run -A --no-prompt --no-check files.ts "$dir" 2>&1 | sed "s|$dir|DIR|g" >files.ts.out
rm -r "$dir"
while read -r name flags; do
  fresh
  script=$PWD/permissions.ts
  # shellcheck disable=SC2086
  (cd "$dir" && "${DENO:-deno}" run --no-prompt --no-check ${flags//DIR/$dir} "$script" "$dir" 2>&1) | sed "s|$dir|DIR|g" >"permissions.$name.out"
  rm -r "$dir"
done <flags.txt
