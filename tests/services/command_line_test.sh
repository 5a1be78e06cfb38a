#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# command_line_test.sh SAMPLES: a mistake on a command line gives status 2 and a sentence that names it.
set -euo pipefail
samples=$1

expect() { # expect STATUS WORDS PROGRAM [ARGUMENT…]
  local status=$1 words=$2 got=0 said
  shift 2
  said=$(timeout 10 "$@" 2>&1) || got=$?
  [[ $got == "$status" && $said == *"$words"* ]] || {
    echo "'$*' gave status $got and said: $said"
    echo "expected: status $status and '$words'"
    exit 1
  }
}

for program in storefront/gateway storefront/orders storefront/payments storefront/token; do
  expect 2 "STOREFRONT_JWT_KEY" env -u STOREFRONT_JWT_KEY "$samples/$program"
  expect 2 "the key is 5 bytes long, but must be 32 or more" env STOREFRONT_JWT_KEY=short "$samples/$program"
done
export STOREFRONT_JWT_KEY=0123456789abcdef0123456789abcdef
for program in storefront/gateway storefront/orders storefront/payments viewer/viewer; do
  expect 0 "usage: ${program#*/}" "$samples/$program" --help
  expect 2 "there is no option '--nonsense'" "$samples/$program" --nonsense
  expect 2 "--port needs a value" "$samples/$program" --port
  expect 2 "--port is '70000', but must be a number from 0 to 65535" "$samples/$program" --port 70000
  expect 2 "--port is '8o'" "$samples/$program" --port=8o
done
for url in nonsense http:// http://shop/orders http://shop:8o http://shop:70000 ftp://shop; do
  expect 2 "--orders is '$url', but must be a URL such as http://127.0.0.1:8081" \
    "$samples/storefront/gateway" --orders "$url"
  expect 2 "--payments is '$url', but must be a URL such as http://127.0.0.1:8082" \
    "$samples/storefront/orders" --payments "$url"
done
expect 2 "--port is '8o'" "$samples/storefront/gateway" --orders "http://[::1]:8081" --port 8o
expect 2 "--ascii takes no value" "$samples/viewer/viewer" --ascii=yes
expect 1 "cannot open the database '/nonexistent/x.db'" "$samples/storefront/orders" --database /nonexistent/x.db
expect 2 "cannot write '/nonexistent/x.json'" "$samples/viewer/viewer" --json /nonexistent/x.json

# No port is free where there is no descriptor for a socket: the viewer's file takes the last one.
# shellcheck disable=SC2016
# What this script has inherited would count against the limit.
expect 2 "found no free port on 127.0.0.1: Too many open files; end what holds them, or raise ulimit -n" \
  bash -c 'for fd in /proc/self/fd/*; do fd=${fd##*/}; ((fd < 3)) || eval "exec $fd>&-"; done; ulimit -n 4; exec "$0" --port 0 --timeout 1 --json /dev/null' "$samples/viewer/viewer"

# A port that is taken, by a program that shares its own: the second must see it.
exec 3< <(exec "$samples/viewer/viewer" --port 0 --timeout 20 2>&1)
taken=$!
trap 'kill "$taken" 2>/dev/null || true' EXIT
read -r line <&3
port=${line##*:}
expect 2 "cannot listen on port $port: Address already in use; --port 0 takes a free one" \
  "$samples/viewer/viewer" --port "$port"
expect 2 "cannot listen on port $port" "$samples/storefront/payments" --port "$port"
echo "every mistake is named"
