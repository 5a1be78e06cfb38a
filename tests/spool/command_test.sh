#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# weft-spool on a folder that a killed process left: command_test.sh WEFT_SPOOL KILLED_PROGRAM
set -euo pipefail
spool=$1 killed=$2
folder=$(mktemp -d "${TMPDIR:-/tmp}/weft-spool.XXXXXX")
trap 'rm -rf "$folder"' EXIT
fail() {
  echo "FAILED: $*" >&2
  exit 1
}
leave() { "$killed" "$folder" || [[ $? -eq 137 ]] || fail "the program was not killed"; }

"$spool" --help | grep -q 'usage: weft-spool' || fail "--help says nothing"
status=0
"$spool" explode "$folder" 2>/dev/null || status=$?
[[ $status -eq 2 ]] || fail "an unknown command is status $status, not 2"

"$spool" list --help | grep -q 'usage: weft-spool' || fail "--help after a command says nothing"
status=0
"$spool" list --all "$folder" 2>/dev/null || status=$?
[[ $status -eq 2 ]] || fail "an unknown option is status $status, not 2"

leave
"$spool" list "$folder" | grep -q '2 spans, 1 unfinished' || fail "list does not count the spans"
"$spool" show "$folder" | grep -q 'weft.unfinished = true' || fail "show does not show the unfinished span"
WEFT_SPOOL_DIR=$folder "$spool" list | grep -q '2 spans' || fail "WEFT_SPOOL_DIR is not read"
status=0
OTEL_TRACES_EXPORTER=none "$spool" send "$folder" >"$folder/said" || status=$?
[[ $status -eq 1 ]] || fail "what was not sent is status $status, not 1"
grep -q 'dead .* 2 spans' "$folder/said" || fail "send does not name the file that it did not send"
rm "$folder/said"

# Nobody listens at port 1.
export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1
status=0 begin=$SECONDS
"$spool" send --timeout 2 "$folder" >"$folder/said" 2>"$folder/told" || status=$?
((SECONDS - begin < 10)) || fail "send to a backend that is away took $((SECONDS - begin)) s"
[[ $status -eq 1 ]] || fail "sending to a backend that is away is status $status, not 1"
grep -q 'nothing was sent for 2 s: giving up' "$folder/told" || fail "send does not say why it gave up"
grep -q '0 spans sent; 1 files before, 1 now' "$folder/said" || fail "send does not say what is left"
unset OTEL_EXPORTER_OTLP_ENDPOINT
rm "$folder/said" "$folder/told"
for value in 0 -1 2x '' 86401; do
  status=0
  "$spool" send "--timeout=$value" "$folder" 2>/dev/null || status=$?
  [[ $status -eq 2 ]] || fail "--timeout=$value is status $status, not 2"
done
OTEL_TRACES_EXPORTER=console "$spool" send "$folder" | grep -q '2 spans sent; 1 files before, 0 now' ||
  fail "send does not send"
leave
"$spool" clear "$folder" | grep -q '1 files removed' || fail "clear does not clear"
[[ -z $(ls -A "$folder") ]] || fail "the folder is not empty"
