#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# static_objects.sh FILE…: object files or static archives have no static constructor and no exit-time destructor.
# A span may end in a static destructor of the program, or start in a static constructor: what it needs must be there.
set -euo pipefail
export LC_ALL=C

# Objects that may have one, each with its reason: "name.cpp.o". There are none.
allowed=()

if [[ $# -eq 0 ]]; then
  echo "usage: static_objects.sh OBJECT-OR-ARCHIVE…" >&2
  exit 2
fi
for file in "$@"; do
  [[ -r $file ]] || {
    echo "static_objects.sh: $file is missing: build the libraries first" >&2
    exit 2
  }
done

# "path: what" for each start-up or exit section, and for each reference that registers an exit handler.
found=$(
  for file in "$@"; do
    readelf -SW "$file" | grep -oE ' \.(init_array|fini_array|ctors|dtors)[^ ]*' |
      sed "s#^ #$file: section #" || true
    nm -A "$file" | sed -nE 's#^([^ ]*): +U (__cxa_atexit|atexit|on_exit|at_quick_exit)(@.*)?$#\1: calls \2#p'
  done | sort -u
)
for name in "${allowed[@]}"; do
  found=$(grep -vF "$name:" <<<"$found" || true)
done
if [[ -n $found ]]; then
  echo "$found"
  echo "Static constructors or exit-time destructors. Make the object constinit and trivially destructible,"
  echo "or leak it on purpose (docs/conventions.md, \"Life and threads\")."
  exit 1
fi
echo "$# files: no static constructor, no exit-time destructor"
