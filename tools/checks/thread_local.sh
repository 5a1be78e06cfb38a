#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# thread_local.sh FILE…: the object files of one library keep at most 64 bytes a thread.
# A library that reaches its thread-local data in one load (initial-exec) gets all of it from a small room that the
# loader sets aside; one that is loaded late finds little left there.
set -euo pipefail
export LC_ALL=C
most=64

if [[ $# -eq 0 ]]; then
  echo "usage: thread_local.sh OBJECT-OR-ARCHIVE…" >&2
  exit 2
fi
for file in "$@"; do
  [[ -r $file ]] || {
    echo "thread_local.sh: $file is missing: build the libraries first" >&2
    exit 2
  }
done

# "bytes path" for each file that has any; the size is the fifth column from .tbss or .tdata on.
sizes=$(
  for file in "$@"; do
    readelf -SW "$file" |
      sed -nE "s#^.* \.(tbss|tdata)[^ ]* +[A-Z]+ +[0-9a-f]+ +[0-9a-f]+ +([0-9a-f]+) .*#\2 $file#p"
  done | while read -r hex file; do echo "$((16#$hex)) $file"; done
)
total=$(awk '{ sum += $1 } END { print sum + 0 }' <<<"$sizes")
if ((total > most)); then
  echo "$sizes"
  echo "$total bytes of thread-local data, more than $most. Keep it in ThreadData (sdk/src/platform/thread_data.hpp)."
  exit 1
fi
echo "$# files: $total bytes of thread-local data"
