#!/bin/sh
# Sees to a Chromium for the browser tests: uses the one that is there, else installs Debian's where we may.
# A machine without one is no error here: tests/browser/conftest.py skips the group, or fails it when CI=true.
set -eu

for name in ${QUITTANCE_CHROMIUM:+"$QUITTANCE_CHROMIUM"} chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium and fonts for the browser tests"
  export DEBIAN_FRONTEND=noninteractive
  if apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium fonts-noto-core fonts-liberation; then
    exit 0
  fi
fi

echo "No Chromium for the browser tests: install chromium and fonts-noto-core, or set QUITTANCE_CHROMIUM=/path/to/chromium."
