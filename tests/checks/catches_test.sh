#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# catches_test.sh CHECKS-FOLDER COMPILER PYTHON: each check fails on the smallest thing that it is there to catch.
set -euo pipefail
checks=$1 compiler=$2 python=$3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0 count=0

refuses() { # refuses WHAT COMMAND…
  local what=$1
  shift
  count=$((count + 1))
  if "$@" >"$scratch/out" 2>&1; then
    echo "not caught: $what"
    failures=$((failures + 1))
  fi
}

accepts() { # accepts WHAT COMMAND…
  local what=$1
  shift
  count=$((count + 1))
  if ! "$@" >"$scratch/out" 2>&1; then
    echo "refused without reason: $what: $(cat "$scratch/out")"
    failures=$((failures + 1))
  fi
}

object() { # object SOURCE: its object file, looked at by static_objects.sh
  "$compiler" -std=c++20 -O2 -c -x c++ - -o "$scratch/a.o" <<<"$1"
  "$checks/static_objects.sh" "$scratch/a.o"
}

thread_local_data() { # thread_local_data SOURCE: its object file, looked at by thread_local.sh
  "$compiler" -std=c++20 -O2 -c -x c++ - -o "$scratch/a.o" <<<"$1"
  "$checks/thread_local.sh" "$scratch/a.o"
}

library() { # library SOURCE [flags]: its shared library, looked at by symbols.sh
  local source=$1
  shift
  "$compiler" -std=c++20 -shared -fPIC "$@" -x c++ - -o "$scratch/lib.so" <<<"$source"
  "$checks/symbols.sh" "$scratch/lib.so"
}

tree() { # tree CHECK FILE TEXT: a repository of that one file (and a list of it), looked at by CHECK
  rm -rf "$scratch/tree"
  mkdir -p "$scratch/tree/$(dirname "$2")" "$scratch/tree/sdk"
  printf '%s\n' "$3" >"$scratch/tree/$2"
  printf '# SPDX-License-Identifier: Apache-2.0\n# list:\n%s\n' "${4:-}" >"$scratch/tree/sdk/CMakeLists.txt"
  touch "$scratch/tree/CMakeLists.txt"
  "$python" "$checks/$1" "$scratch/tree"
}

header() { # header TEXT: a header of that text, looked at by headers.sh
  echo "$1" >"$scratch/header.hpp"
  "$checks/headers.sh" header.hpp "$scratch" "$compiler" -Wall -Wconversion -Werror
}

refuses "a global with a constructor" object 'int f(); int x = f();'
refuses "a global with a destructor" object 'struct A { ~A(); }; A a;'
refuses "a function-local static with a destructor" object 'struct A { ~A(); }; A& f() { static A a; return a; }'
refuses "iostream's initialiser" object '#include <iostream>'
refuses "atexit" object '#include <cstdlib>
void g(); int f() { return std::atexit(g); }'
refuses "no file" "$checks/static_objects.sh" "$scratch/missing.o"
accepts "a constinit thread_local" object 'constinit thread_local int x = 0; int& f() { return x; }'
accepts "an object leaked on purpose" object 'struct A { A(); ~A(); }; A& f() { static A* a = new A; return *a; }'

refuses "65 bytes a thread" thread_local_data 'thread_local char room[65]; char* f() { return room; }'
refuses "65 bytes a thread with a value" thread_local_data 'thread_local char room[65] = {1}; char* f() { return room; }'
accepts "64 bytes a thread" thread_local_data 'thread_local char room[64]; char* f() { return room; }'
accepts "nothing a thread" thread_local_data 'int f() { return 1; }'

refuses "a symbol of another namespace" library 'namespace other { int f() { return 1; } }' -Wl,-z,nodelete
refuses "a C symbol" library 'extern "C" int f() { return 1; }' -Wl,-z,nodelete
refuses "a library that exports nothing" library 'namespace weft { int f() { return 1; } }' -fvisibility=hidden -Wl,-z,nodelete
refuses "a library that may be unloaded" library 'namespace weft { int f() { return 1; } }'
accepts "weft's own" library 'namespace weft { struct A { virtual ~A(); }; A::~A() = default; }' -Wl,-z,nodelete

refuses "codec including a later stage" tree includes.py sdk/src/codec/a.cpp '#include "tracer/b.hpp"'
refuses "a stage including a later public header" tree includes.py sdk/src/context/a.cpp '#include <weft/tracer.hpp>'
refuses "wire knowing attributes" tree includes.py exporters/src/wire/a.cpp '#include <weft/attribute.hpp>'
refuses "a propagator reaching inside" tree includes.py propagators/src/a.cpp '#include "context/b.hpp"'
refuses "an integration reaching inside" tree includes.py instrumentation/x/a.cpp '#include "span/b.hpp"'
refuses "a third-party header in a public one" tree includes.py sdk/include/weft/a.hpp '#include <curl/curl.h>'
refuses "an empty tree" tree includes.py none ''
accepts "an earlier stage" tree includes.py sdk/src/span/a.cpp '#include "codec/b.hpp"'

licence='// SPDX-License-Identifier: Apache-2.0'
refuses "a source that no list names" tree listed.py sdk/a.cpp "$licence"
refuses "a source without its licence" tree listed.py sdk/a.cpp 'int x;' a.cpp
accepts "a listed, licensed source" tree listed.py sdk/a.cpp "$licence" a.cpp

refuses "a file of 501 lines" tree sizes.py sdk/a.cpp "$(seq -f '// %g' 501)"
accepts "a file of 500 lines" tree sizes.py sdk/a.cpp "$(seq -f '// %g' 500)"

answers() { # answers ROWS TEXT-OF-ROW-1: a page of that many rows, looked at by compliance.py
  rm -rf "$scratch/tree"
  mkdir -p "$scratch/tree/docs" "$scratch/tree/tests"
  echo 'TEST(Suite, Sentence) {' >"$scratch/tree/tests/a.cpp"
  {
    echo "$2"
    seq -f '| %g | rule | argued out | | because |' 2 "$1"
    seq -f '| E%g | rule | argued out | | because |' 40
  } >"$scratch/tree/docs/compliance.md"
  "$python" "$checks/compliance.py" "$scratch/tree"
}
# shellcheck disable=SC2016
{
  refuses "a row that is missing" answers 150 '| 1 | rule | yes | `Suite.Sentence` | |'
  refuses "a test that does not exist" answers 151 '| 1 | rule | yes | `Suite.Other` | |'
  refuses "a yes without a test" answers 151 '| 1 | rule | yes | | |'
  refuses "a no without a reason" answers 151 '| 1 | rule | not yet | | |'
  refuses "another answer" answers 151 '| 1 | rule | maybe | `Suite.Sentence` | |'
  refuses "words that the file does not hold" answers 151 '| 1 | rule | yes | `tests/a.cpp: "Sentences"` | |'
  accepts "a page with every row" answers 151 '| 1 | rule | yes | `Suite.Sentence`, `tests/a.cpp: "Sentence"` | |'
}

page() { # page SOURCE TEXT: a page of that text, a source, and no options missing, looked at by variables.py
  local real=$checks/../../docs/configuration.md
  rm -rf "$scratch/tree"
  mkdir -p "$scratch/tree/docs" "$scratch/tree/sdk/src"
  cp -r "$checks/../../sdk/include" "$scratch/tree/sdk/"
  echo "$1" >"$scratch/tree/sdk/src/a.cpp"
  { grep -oE '^[|] .[a-z_.]+. [|]' "$real" && echo "$2"; } >"$scratch/tree/docs/configuration.md"
  "$python" "$checks/variables.py" "$scratch/tree"
}
# shellcheck disable=SC2016
{
  refuses "a variable that the page does not name" page 'auto x = "OTEL_NEW";' ''
  refuses "a variable that nothing reads" page 'auto x = "OTEL_NEW";' '`OTEL_NEW` `OTEL_OLD`'
  refuses "a composed variable that the page lacks" page 'auto x = "OTEL_A_"; ask("B");' '`OTEL_A_`'
  accepts "a page with every variable" page 'auto x = "OTEL_NEW";' '`OTEL_NEW`'
}

refuses "a header that needs another" header 'std::string f();'
refuses "a header with a warning" header 'inline int f(double x) { return x; }'
accepts "a header by itself" header 'inline int f(int x) { return x; }'

echo "$count cases, $failures failed"
[[ $failures -eq 0 ]]
