#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds and runs a consumer of weft in one way. Called by ctest; by hand:
#   WEFT_SOURCE=. SCRATCH=/tmp/consumer CXX=g++ tests/consumer/consume.sh install static
#   WEFT_SOURCE=. SCRATCH=/tmp/consumer CXX=g++ tests/consumer/consume.sh find-package static
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: consume.sh install static|shared         builds weft and installs it under $SCRATCH/prefix-KIND
       consume.sh find-package static|shared    what CMake's find_package gives of that
       consume.sh pkg-config static|shared      what pkg-config gives of that
       consume.sh unknown-component             find_package refuses, naming the components that there are
       consume.sh sdk-alone                     the sdk is found and linked where libcurl is not to be had
       consume.sh asio                          the asio component, with the Asio that is installed
       consume.sh integrations                  the same without being asked for by name
       consume.sh moved-prefix                  an installed tree works after it was moved
       consume.sh add-subdirectory              weft's sources inside a consumer's build
       consume.sh fetch-content                 the same through FetchContent
needs WEFT_SOURCE (this repository), SCRATCH (a folder to build in); CXX and LAUNCHER are optional
TEXT
}

die() {
  echo "consume.sh: $*" >&2
  exit 1
}

configure() { # configure SOURCE BUILD [cmake arguments]
  local source=$1 build=$2
  shift 2
  cmake --fresh -S "$source" -B "$build" -G Ninja "-DCMAKE_CXX_COMPILER=${CXX:-c++}" \
    "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER:-}" "$@"
}

build_and_run() { # build_and_run BUILD
  cmake --build "$1" --parallel 2
  [[ "$("$1/consumer")" == weft\ * ]] || die "the consumer said something else than its version"
}

install_weft() { # install_weft KIND
  local shared=OFF
  [[ $1 == shared ]] && shared=ON
  rm -rf "$SCRATCH/prefix-$1"
  configure "$WEFT_SOURCE" "$SCRATCH/weft-$1" -DCMAKE_BUILD_TYPE=Release \
    -DBUILD_SHARED_LIBS=$shared -DWEFT_WARNINGS_AS_ERRORS=ON -DWEFT_BUILD_TESTS=OFF \
    -DWEFT_BUILD_SAMPLES=OFF -DWEFT_BUILD_BENCHMARKS=OFF \
    "-DCMAKE_INSTALL_PREFIX=$SCRATCH/prefix-$1"
  cmake --build "$SCRATCH/weft-$1" --parallel 2
  cmake --install "$SCRATCH/weft-$1"
}

find_package() { # find_package PREFIX NAME
  rm -rf "${SCRATCH:?}/$2"
  configure "$HERE/find_package" "$SCRATCH/$2" "-DCMAKE_PREFIX_PATH=$1"
  build_and_run "$SCRATCH/$2"
}

pkg_config() { # pkg_config KIND: with and without --static, as build systems differ in what they ask for
  local build=$SCRATCH/pkg-config-$1 mode compile link run
  rm -rf "$build" && mkdir -p "$build"
  PKG_CONFIG_PATH=$(find "$SCRATCH/prefix-$1" -name weft.pc -printf %h)
  export PKG_CONFIG_PATH
  pkg-config --print-errors --exists "weft >= 0.1"
  run=$(pkg-config --variable=libdir weft)
  for mode in --print-errors --static; do
    read -ra compile <<<"$(pkg-config "$mode" --cflags weft)"
    read -ra link <<<"$(pkg-config "$mode" --libs weft)"
    echo "$mode: ${compile[*]} ${link[*]}"
    "${CXX:-c++}" -std=c++20 "${compile[@]}" "$HERE/main.cpp" -o "$build/consumer" "${link[@]}"
    [[ "$(LD_LIBRARY_PATH=$run "$build/consumer")" == weft\ * ]] || die "the consumer did not run"
  done
}

unknown_component() {
  local output build=$SCRATCH/unknown-component
  rm -rf "$build"
  if output=$(configure "$HERE/find_package" "$build" -DCONSUMER_COMPONENTS=sdkk \
    "-DCMAKE_PREFIX_PATH=$SCRATCH/prefix-static" 2>&1); then
    die "find_package took the component sdkk"
  fi
  output=${output//$'\n'/ }
  [[ $output == *'no component "sdkk"'*sdk*propagators*exporters* ]] ||
    die "find_package does not name the components that there are: $output"
}

sdk_alone() {
  rm -rf "${SCRATCH:?}/sdk-alone"
  configure "$HERE/find_package" "$SCRATCH/sdk-alone" "-DCMAKE_PREFIX_PATH=$SCRATCH/prefix-static" \
    -DCONSUMER_COMPONENTS=sdk -DCONSUMER_PROGRAM=sdk_alone -DCONSUMER_TARGET=weft::sdk \
    -DCMAKE_DISABLE_FIND_PACKAGE_CURL=ON -DCMAKE_DISABLE_FIND_PACKAGE_ZLIB=ON
  build_and_run "$SCRATCH/sdk-alone"
}

asio() {
  rm -rf "${SCRATCH:?}/asio"
  configure "$HERE/find_package" "$SCRATCH/asio" "-DCMAKE_PREFIX_PATH=$SCRATCH/prefix-static" \
    -DCONSUMER_COMPONENTS=asio -DCONSUMER_PROGRAM=asio -DCONSUMER_TARGET=weft::asio
  build_and_run "$SCRATCH/asio"
}

integrations() {
  rm -rf "${SCRATCH:?}/integrations"
  configure "$HERE/find_package" "$SCRATCH/integrations" "-DCMAKE_PREFIX_PATH=$SCRATCH/prefix-static" \
    -DCONSUMER_PROGRAM=asio -DCONSUMER_TARGET=weft::asio
  build_and_run "$SCRATCH/integrations"
}

moved_prefix() {
  rm -rf "$SCRATCH/moved"
  cp -a "$SCRATCH/prefix-static" "$SCRATCH/moved"
  find_package "$SCRATCH/moved" find-package-moved
  if grep -rl "$SCRATCH/prefix-static" "$SCRATCH/moved" --include=*.cmake --include=*.pc; then
    die "the files above name the prefix that they were installed to"
  fi
}

sub_project() { # sub_project FOLDER
  rm -rf "${SCRATCH:?}/$1"
  configure "$HERE/$1" "$SCRATCH/$1" "-DWEFT_SOURCE=$WEFT_SOURCE"
  build_and_run "$SCRATCH/$1"
}

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
way=${1:---help}
kind=${2:-}
case $way in -h | --help)
  usage
  exit 0
  ;;
esac
[[ -n ${WEFT_SOURCE:-} && -n ${SCRATCH:-} ]] || die "set WEFT_SOURCE and SCRATCH; see --help"
case $way in
install | find-package | pkg-config)
  [[ $kind == static || $kind == shared ]] || die "$way static, or $way shared; not '$kind'"
  ;;
esac
mkdir -p "$SCRATCH"
WEFT_SOURCE=$(cd "$WEFT_SOURCE" && pwd)
SCRATCH=$(cd "$SCRATCH" && pwd)

case $way in
install) install_weft "$kind" ;;
find-package) find_package "$SCRATCH/prefix-$kind" "find-package-$kind" ;;
pkg-config) pkg_config "$kind" ;;
unknown-component) unknown_component ;;
sdk-alone) sdk_alone ;;
asio) asio ;;
integrations) integrations ;;
moved-prefix) moved_prefix ;;
add-subdirectory) sub_project add_subdirectory ;;
fetch-content) sub_project fetch_content ;;
*) die "'$way' is no way of using weft; see --help" ;;
esac
