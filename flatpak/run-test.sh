#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Builds the Flatpak, installs it, starts it in its sandbox and uses it there as a person would. Ends with
# 0 when all went well, with 77 where this machine cannot run one at all, which it says in one line.
#
#   flatpak/run-test.sh              on a runtime made from Debian 13
#   flatpak/run-test.sh forky        on the newest there is
#   flatpak/run-test.sh SUITE NAME…  the named tests alone, such as test_use
#
# Needs root, for a runtime made with mmdebstrap. Pictures and logs are left in _build-flatpak/SUITE.
set -euo pipefail
cd "$(dirname "$0")/.."
top=$PWD
suite=${1:-trixie}
[ $# -eq 0 ] || shift
app=io.github.wirebench.Wirebench
work=$top/_build-flatpak/$suite

cannot () { echo "The Flatpak was not tested: $1."; exit 77; }
[ "$(id -u)" = 0 ] || cannot "its runtime can be made by root only"
[ -c /dev/fuse ] || cannot "this machine has no FUSE, which the document portal needs"
unshare --user --map-root-user --mount --pid --fork true 2>/dev/null ||
  cannot "this machine does not allow user namespaces"
tools/dependencies flatpak

# Each step is a test; the one that fails ends them.
step=
step () {
  [ -z "$step" ] || echo "ok $step" >>"$work/steps.tap"
  step=$1
  echo "flatpak $suite: $step"
}
trap '[ $? = 0 ] || echo "not ok $step" | tee -a "$work/steps.tap"' EXIT
logged () { "$@" >>"$work/log" 2>&1 || { tail -n 40 "$work/log"; exit 1; }; }

mkdir -p "$work"
: >"$work/log"
rm -f "$work"/*.tap
export FLATPAK_USER_DIR=$work/installation
step "the runtime"
runtime=$(flatpak/make-test-runtime.sh "$suite")
logged flatpak --user remote-add --if-not-exists --no-gpg-verify runtime "$runtime/repo"
logged flatpak --user remote-modify --url="file://$runtime/repo" runtime
logged flatpak --user install -y --noninteractive --or-update runtime \
  "io.github.wirebench.TestPlatform//$suite" "io.github.wirebench.TestSdk//$suite"

step "the build"
flatpak/test-manifest.py "flatpak/$app.json" "$suite" "$runtime" "$work/source" "$work/$app.json"
# The files that are or could be under version control: no build folder, this one least of all.
rm -rf "$work/source"
mkdir "$work/source"
git ls-files -z --cached --others --exclude-standard |
  tar --create --null --files-from=- --ignore-failed-read | tar --extract --directory="$work/source"
logged flatpak-builder --user --force-clean --state-dir="$work/state" --repo="$work/repo" \
  "$work/build" "$work/$app.json"
step "the installation"
logged flatpak --user remote-add --if-not-exists --no-gpg-verify app "$work/repo"
logged flatpak --user install -y --noninteractive --or-update --reinstall app "$app"

step "its use"
export WORK=$work APP=$app PYTHONPATH=$top/tests/lib PYTHONDONTWRITEBYTECODE=1
export G_TEST_SRCDIR=$top/tests G_TEST_BUILDDIR=$work/tests
unshare --mount --propagation private --pid --fork --mount-proc --kill-child flatpak/use.sh "$@"
echo "ok $step" >>"$work/steps.tap"
