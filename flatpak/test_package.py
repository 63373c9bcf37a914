#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was built, as those look at it who take a Flatpak in: what it may do, its metainfo, its desktop
entry, its icon, its translations."""

import configparser
import datetime
import json
import os
import re
import subprocess
import xml.etree.ElementTree as ET

import wbtest

APP = os.environ["APP"]
WORK = os.environ["WORK"]
TOP = os.path.dirname(os.environ["G_TEST_SRCDIR"])
SHARE = os.path.join(WORK, "build", "files", "share")
# Where flatpak-builder puts it.
METAINFO = os.path.join(SHARE, "appdata", APP + ".appdata.xml")


class Package(wbtest.TestCase):
    def in_sdk(self, *command):
        """Run a program of the SDK beside what was built."""
        return subprocess.run(["flatpak", "build", os.path.join(WORK, "build"), *command],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=120)

    def metainfo(self):
        return ET.parse(METAINFO).getroot()

    def manifest(self):
        with open(os.path.join(TOP, "flatpak", APP + ".json"), encoding="utf-8") as f:
            return json.load(f)

    def test_permissions_are_these_and_no_more(self):
        allowed = {"--share=network", "--share=ipc", "--socket=wayland", "--socket=fallback-x11",
                   "--device=dri"}
        self.assertEqual(set(self.manifest()["finish-args"]), allowed)
        # What flatpak made of them: it writes the fallback as a plain right beside it, for old versions.
        metadata = configparser.ConfigParser(interpolation=None)
        metadata.read(os.path.join(WORK, "build", "metadata"))
        self.assertEqual(dict(metadata["Context"]), {"shared": "network;ipc;",
                                                     "sockets": "x11;wayland;fallback-x11;",
                                                     "devices": "dri;"})
        self.assertNotIn("Session Bus Policy", metadata)
        self.assertNotIn("System Bus Policy", metadata)

    def test_each_permission_is_explained(self):
        with open(os.path.join(TOP, "flatpak", "README.md"), encoding="utf-8") as f:
            text = f.read()
        for permission in self.manifest()["finish-args"]:
            self.assertIn(f"`{permission}`", text)

    def test_sources_are_pinned(self):
        for module in self.manifest()["modules"]:
            for source in module["sources"]:
                if source["type"] == "archive":
                    self.assertRegex(source["url"], "^https://")
                    self.assertRegex(source["sha256"], "^[0-9a-f]{64}$")
                else:
                    self.assertEqual((source["type"], source["path"]), ("dir", ".."))

    def test_runtime(self):
        manifest = self.manifest()
        self.assertEqual(("org.gnome.Platform", "51", "org.gnome.Sdk"), (
            manifest["runtime"], manifest["runtime-version"], manifest["sdk"]))

    def test_metainfo_validates(self):
        done = self.in_sdk("appstreamcli", "validate", "--no-net", "--explain",
                           "/app" + METAINFO.removeprefix(os.path.join(WORK, "build", "files")))
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_desktop_entry_validates(self):
        done = self.in_sdk("desktop-file-validate", f"/app/share/applications/{APP}.desktop")
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_identity(self):
        root = self.metainfo()
        self.assertEqual(root.findtext("id"), APP)
        self.assertEqual(root.findtext("launchable[@type='desktop-id']"), APP + ".desktop")
        self.assertTrue(os.path.exists(os.path.join(SHARE, "applications", APP + ".desktop")))

    def test_developer(self):
        developer = self.metainfo().find("developer")
        self.assertRegex(developer.get("id"), r"^[a-z]+(\.[a-z]+)+$")
        self.assertTrue(developer.findtext("name"))

    def test_licences(self):
        root = self.metainfo()
        self.assertEqual(root.findtext("metadata_license"), "CC0-1.0")
        self.assertEqual(root.findtext("project_license"), "GPL-3.0-or-later")

    def test_dated_release_of_this_version(self):
        release = self.metainfo().find("releases/release")
        datetime.date.fromisoformat(release.get("date"))
        with open(os.path.join(TOP, "meson.build"), encoding="utf-8") as f:
            version = re.search(r"version: '([^']+)'", f.read()).group(1)
        self.assertEqual(release.get("version"), version)

    def test_screenshots_are_in_the_tree(self):
        images = self.metainfo().findall("screenshots/screenshot/image")
        self.assertGreaterEqual(len(images), 1)
        for image in images:
            url = image.text.strip()
            prefix = "https://raw.githubusercontent.com/wirebench/wirebench/main/"
            self.assertTrue(url.startswith(prefix), url)
            self.assertTrue(os.path.exists(os.path.join(TOP, url[len(prefix):])), url)
        self.assertEqual(len(self.metainfo().findall("screenshots/screenshot[@type='default']")), 1)

    def test_content_rating(self):
        self.assertEqual(self.metainfo().find("content_rating").get("type"), "oars-1.1")

    def test_icon(self):
        icons = os.path.join(SHARE, "icons/hicolor")
        for name in (f"scalable/apps/{APP}.svg", f"symbolic/apps/{APP}-symbolic.svg"):
            self.assertTrue(os.path.exists(os.path.join(icons, name)), name)
        entry = configparser.ConfigParser(interpolation=None, strict=False)
        entry.read(os.path.join(SHARE, "applications", APP + ".desktop"))
        self.assertEqual(entry["Desktop Entry"]["Icon"], APP)

    def test_links_are_taken(self):
        entry = configparser.ConfigParser(interpolation=None, strict=False)
        entry.read(os.path.join(SHARE, "applications", APP + ".desktop"))
        types = entry["Desktop Entry"]["MimeType"].split(";")
        for scheme in ("mailto", "ftp", "ftps", "ftpes"):
            self.assertIn("x-scheme-handler/" + scheme, types)


if __name__ == "__main__":
    wbtest.main()
