#!/bin/sh
# Sees to the foreign verifiers of these tests: Go with golang.org/x/mod, and @sigstore/verify under build/interop/npm.
# Uses what is there, else installs Debian's packages where we may. What cannot be had is no error here:
# tests/interop/conftest.py skips what needs it, or fails it when CI=true.
set -eu
cd "$(dirname "$0")"
npm_folder=../../build/interop/npm

missing=
{ command -v go >/dev/null 2>&1 && [ -d "/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog" ]; } || missing="golang golang-golang-x-mod-dev"
command -v node >/dev/null 2>&1 || missing="$missing nodejs"
command -v npm >/dev/null 2>&1 || missing="$missing npm"
if [ -n "$missing" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing for the tests with foreign verifiers:" $missing
  export DEBIAN_FRONTEND=noninteractive
  if apt-get update -qq && apt-get install -qq -y --no-install-recommends $missing; then missing=; fi
fi
[ -z "$missing" ] || echo "Some tests with foreign verifiers will be skipped; install (names of Debian):" $missing

if command -v npm >/dev/null 2>&1; then
  if ! cmp -s npm/package-lock.json "$npm_folder/.complete"; then
    echo "Fetching @sigstore/verify into build/interop/npm"
    rm -rf "$npm_folder"
    mkdir -p "$npm_folder"
    cp npm/package.json npm/package-lock.json "$npm_folder/"
    if (cd "$npm_folder" && npm ci --ignore-scripts --omit-lockfile-registry-resolved \
      --no-audit --no-fund --loglevel=error --fetch-retries=1 --fetch-retry-mintimeout=1000 >/dev/null); then
      cp npm/package-lock.json "$npm_folder/.complete"
    else
      echo "The npm packages of tests/interop/npm could not be fetched; the tests that need them will be skipped."
    fi
  fi
fi
