#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-manifest.py MANIFEST SUITE FOLDER SOURCE OUT: the manifest as it is, but for the runtime that
make-test-runtime.sh made in FOLDER, with GMime's source from there, Wirebench's from SOURCE, and warnings
as errors."""

import glob
import hashlib
import json
import subprocess
import sys

source, suite, folder, tree, out = sys.argv[1:]
manifest = json.loads(subprocess.check_output(["flatpak-builder", "--show-manifest", source]))
# AppStream's catalogue is made by a tool that Debian 12's flatpak-builder looks for under another name.
manifest.update({"runtime": "io.github.wirebench.TestPlatform", "sdk": "io.github.wirebench.TestSdk",
                 "runtime-version": suite, "appstream-compose": False})
for module in manifest["modules"]:
    if module["name"] == "gmime":
        tarball, = glob.glob(folder + "/gmime/*.orig.tar.*")
        with open(tarball, "rb") as f:
            digest = hashlib.sha256(f.read()).hexdigest()
        # The distribution's tarball is without what autoconf makes.
        module["sources"] = [
            {"type": "archive", "path": tarball, "sha256": digest},
            {"type": "script", "dest-filename": "autogen.sh",
             "commands": ["touch ChangeLog && autoreconf -fi"]}]
    elif module["name"] == "wirebench":
        module["config-opts"].append("-Dwerror=true")
        module["sources"] = [{"type": "dir", "path": tree}]
with open(out, "w", encoding="utf-8") as f:
    json.dump(manifest, f, indent=1)
