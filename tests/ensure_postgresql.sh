#!/bin/sh
# Sees to a PostgreSQL server for the tests of that store: uses the one that is there, else installs Debian's where we may.
# A machine without one is no error here: tests/postgres.py skips what needs it, or fails it when CI=true.
set -eu

for folder in ${QUITTANCE_POSTGRESQL:+"$QUITTANCE_POSTGRESQL"} /usr/lib/postgresql/*/bin; do
  if [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ]; then exit 0; fi
done
if command -v initdb >/dev/null 2>&1 && command -v postgres >/dev/null 2>&1; then exit 0; fi

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing PostgreSQL for the tests of its store"
  export DEBIAN_FRONTEND=noninteractive
  if apt-get update -qq && apt-get install -qq -y --no-install-recommends postgresql; then exit 0; fi
fi

echo "No PostgreSQL for the tests of its store: install postgresql, or set QUITTANCE_POSTGRESQL=/folder/with/initdb."
