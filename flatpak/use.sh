#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs the tests of the installed Flatpak; called by run-test.sh in a mount and PID namespace of its own,
# since the document portal's paths exist only below the one true /run/user/UID.
set -euo pipefail
mkdir -p "/run/user/$(id -u)"
mount -t tmpfs -o mode=700 tmpfs "/run/user/$(id -u)"

[ $# -gt 0 ] || set -- test_package test_use test_drags test_secret test_pictures
run () {
  /usr/bin/python3 "flatpak/$1.py" | tee "$WORK/$1.tap"
}

# A second attempt, as tools/test-again gives it and for the same reason.
failed=0
for name in "$@"; do
  run "$name" && continue
  echo "Tried twice, and the second time counts: $name"
  run "$name" || failed=1
done
exit $failed
