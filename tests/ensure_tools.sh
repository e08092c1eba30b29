#!/bin/sh
# Sees to the small programs that some tests use: strace (faults of the disk) and age (backups that others can open).
# What cannot be had is no error here: the tests that need it are skipped with a line, or fail when CI=true.
set -eu

missing=
for name in strace age; do
  command -v "$name" >/dev/null 2>&1 || missing="$missing $name"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing for the tests:$missing"
  export DEBIAN_FRONTEND=noninteractive
  if apt-get update -qq && apt-get install -qq -y --no-install-recommends $missing; then exit 0; fi
fi
echo "Some tests will be skipped; install (names of Debian):$missing"
