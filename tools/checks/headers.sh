#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# headers.sh HEADER FOLDER:FOLDER… COMPILER [flags]: a file of one line, `#include <HEADER>`, compiles without a warning.
set -euo pipefail
if [[ $# -lt 3 ]]; then
  echo "usage: headers.sh HEADER FOLDER:FOLDER… COMPILER [flags]" >&2
  exit 2
fi
header=$1
IFS=: read -ra folders <<<"$2"
shift 2
echo "#include <$header>" | "$@" -std=c++20 -fsyntax-only "${folders[@]/#/-I}" -x c++ -
