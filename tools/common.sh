# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the tools share. Sourced from the repository's root.

# say TEXT: a line of progress, on stderr so that what a tool prints for others stays clean.
say() {
  echo "${0##*/}: $*" >&2
}

die() {
  say "$*"
  exit 1
}

# presets: the names of the configurations that CMakePresets.json has
presets() {
  sed -n 's/^ *"name": "\(.*\)",\? *$/\1/p; s/^ *{"name": "\([^"]*\)".*/\1/p' CMakePresets.json |
    grep -vx base | sort -u
}

# need_preset NAME
need_preset() {
  presets | grep -qx -- "$1" ||
    die "there is no preset '$1'; there are: $(presets | paste -sd ' ')"
}

# build_preset PRESET [TARGET…]: configures and builds; a line of progress on a terminal, a short log elsewhere
build_preset() {
  local preset=$1 log=build/$1/build.log begin=$SECONDS
  shift
  mkdir -p "build/$preset"
  say "configuring build/$preset"
  cmake --preset "$preset" >"build/$preset/configure.log" 2>&1 || {
    cat "build/$preset/configure.log" >&2
    die "configuring the preset '$preset' failed; the message above says why"
  }
  say "building build/$preset"
  local targets=()
  [[ $# -gt 0 ]] && targets=(--target "$@")
  if [[ -t 2 ]]; then
    NINJA_STATUS="build $preset: %f of %t, %es  " cmake --build "build/$preset" "${targets[@]}" >&2 ||
      die "the build of '$preset' failed; the message above says why"
  else
    cmake --build "build/$preset" "${targets[@]}" -- -k 5 >"$log" 2>&1 || {
      grep -vE '^\[[0-9]+/[0-9]+\]' "$log" | tail -60 >&2
      die "the build of '$preset' failed; everything is in $log"
    }
  fi
  say "built build/$preset in $((SECONDS - begin)) s"
}

# cpp_files: every C++ file of ours, one a line
cpp_files() {
  local folders=() folder
  for folder in sdk propagators exporters config instrumentation samples tests benchmarks; do
    [[ -d $folder ]] && folders+=("$folder")
  done
  find "${folders[@]}" -name '*.[ch]pp' -type f | sort
}

# changed_cpp_files: C++ sources that differ from the last commit, or that it does not know
changed_cpp_files() {
  if git rev-parse -q --verify HEAD >/dev/null; then
    { git diff --name-only --diff-filter=d HEAD && git ls-files --others --exclude-standard; } | sort -u
  else
    cpp_files
  fi | grep '\.cpp$'
}

# bash_files: every bash script of ours, one a line
bash_files() {
  find tools .ci tests -type f -not -name '*.py' -print0 |
    xargs -0 grep -lE '^#!/usr/bin/env bash|^# shellcheck shell=bash' | sort
}
