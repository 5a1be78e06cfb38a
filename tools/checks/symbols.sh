#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# symbols.sh LIBRARY.so…: a shared library exports symbols of namespace weft alone, some of them (and the one
# that profilers look for, whose name OTEP 4947 gives), and is never unloaded.
set -euo pipefail
export LC_ALL=C
if [[ $# -eq 0 ]]; then
  echo "usage: symbols.sh LIBRARY.so…" >&2
  exit 2
fi
about='(vtable|VTT|typeinfo|typeinfo name|guard variable|TLS wrapper function|TLS init function) for '
about="($about|non-virtual thunk to |virtual thunk to )?"
status=0
for library in "$@"; do
  symbols=$(nm -DC --defined-only "$library" | cut -d' ' -f3-)
  # Before the name of a function template comes what it returns, so ` weft::` is looked for too.
  strangers=$(grep -vE "^${about}weft::|^[^(]* weft::|^std::hash<weft::|^otel_thread_ctx_v1$" <<<"$symbols" || true)
  if [[ -n $strangers ]]; then
    printf '%s exports what is not weft:\n%s\n' "$library" "$strangers"
    status=1
  fi
  if [[ -z $symbols ]]; then
    echo "$library exports nothing: is WEFT_API missing?"
    status=1
  fi
  if ! readelf -dW "$library" | grep -q NODELETE; then
    echo "$library is not linked with -z nodelete"
    status=1
  fi
  echo "$(basename "$library"): $(grep -c . <<<"$symbols") symbols"
done
exit $status
