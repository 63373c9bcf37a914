# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every file of the tree: the arrows between the folders, the format, the licence line,
the translations."""

import json
import os
import re
import shlex
import shutil
import subprocess

import wbtest

TOP = os.path.dirname(os.environ["G_TEST_SRCDIR"].rstrip("/"))

# What each folder of src/ may include beside its own headers.
ARROWS = {
    "base": [],
    "sockets": ["base"],
    "ftp": ["base"],
    "mail": ["base"],
    "lab": ["base", "sockets", "ftp", "mail"],
    "cases": ["base", "sockets", "ftp", "mail", "lab"],
    "cli": ["base", "sockets", "ftp", "mail", "lab", "cases"],
    "app": ["base", "sockets", "ftp", "mail", "lab", "cases"],
}


def files(*endings, under=("src", "tests", "tools", "data", "po")):
    for folder in under:
        for path, folders, names in os.walk(os.path.join(TOP, folder)):
            folders[:] = [f for f in folders if f != "__pycache__"]
            for name in sorted(names):
                if name.endswith(endings):
                    yield os.path.relpath(os.path.join(path, name), TOP)


def text(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as f:
        return f.read()


class Tree(wbtest.TestCase):
    def test_includes_follow_the_arrows(self):
        owner = {}
        for path in files(".h", under=("src",)):
            owner[os.path.basename(path)] = path.split(os.sep)[1]
        for path in files(".c", ".h", under=("src",)):
            room = path.split(os.sep)[1]
            for name in re.findall(r'^#include "([^"]+)"', text(path), re.M):
                self.assertNotIn("..", name, f"{path}: no include climbs")
                other = owner.get(os.path.basename(name), room)
                if other != room:
                    self.assertIn(other, ARROWS[room], f"{path} includes {name}")

    def test_a_forbidden_include_does_not_compile(self):
        """Not only this test: the build itself refuses, since a folder's include path ends there."""
        builddir = os.path.dirname(os.environ["G_TEST_BUILDDIR"].rstrip("/"))
        with open(os.path.join(builddir, "compile_commands.json"), encoding="utf-8") as f:
            commands = {os.path.basename(c["file"]): c for c in json.load(f)}

        def compiles(room_file, header):
            command = commands[room_file]
            source = self.write("probe.c", f'#include "{header}"\n')
            argv = [a for a in shlex.split(command["command"]) if a.startswith(("-I", "-D", "-pthread"))]
            return subprocess.run(["cc", "-fsyntax-only", *argv, source], cwd=command["directory"],
                                  stderr=subprocess.DEVNULL).returncode == 0

        self.assertTrue(compiles("wb-mail-error.c", "wb-connection.h"))
        self.assertTrue(compiles("wb-mail-error.c", "wb-smtp-client.h"))
        self.assertFalse(compiles("wb-mail-error.c", "wb-ftp-client.h"))
        self.assertFalse(compiles("wb-ftp-error.c", "wb-lab.h"))
        self.assertFalse(compiles("wb-error.c", "wb-socket-server.h"))

    def test_every_folder_is_on_the_map(self):
        page = text("src/README.md")
        for name in os.listdir(os.path.join(TOP, "src")):
            if os.path.isdir(os.path.join(TOP, "src", name)):
                self.assertIn(f"| {name}/ |", page)

    def test_licence_line(self):
        """In each file that can have a comment; the data of fuzzers and the list for gettext are others' forms."""
        for path in files("", under=("src", "tests", "tools", "data", "po", "docs", "flatpak")):
            if path.startswith("tests/fuzz/corpus/") or os.path.basename(path) in ("COPYING", "POTFILES"):
                continue
            if path.endswith((".png", ".json", ".bin")):
                continue
            self.assertIn("SPDX-License-Identifier: GPL-3.0-or-later", text(path)[:400], path)

    def test_lines_are_not_too_long(self):
        for path in files(".c", ".h", under=("src", "tests")):
            for number, line in enumerate(text(path).splitlines(), 1):
                self.assertLessEqual(len(line), 100, f"{path}:{number}")

    def test_files_are_not_too_long(self):
        for path in files(".c", ".h", under=("src", "tests")):
            self.assertLessEqual(text(path).count("\n"), 1000, path)

    def test_format(self):
        if shutil.which("clang-format") is None:
            self.skipTest("clang-format is not installed")
        sources = [p for p in files(".c", under=("src", "tests")) if "/code/" not in p]
        done = subprocess.run(["clang-format", "-n", "--Werror", *sources], cwd=TOP,
                              stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 0, "\n".join(done.stderr.splitlines()[:10]))

    def test_no_markers(self):
        word = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b|^#if 0", re.M)
        for path in files(".c", ".h", ".py", ".ui", "meson.build"):
            found = word.search(text(path))
            self.assertIsNone(found, f"{path}: {found and found.group()}")


class Documents(wbtest.TestCase):
    def test_threat_model_names_real_tests(self):
        promises = [l for l in text("docs/threat-model.md").splitlines() if " — " in l]
        self.assertGreater(len(promises), 50)
        for promise in promises:
            named = re.findall(r"(\S+\.(?:c|py)) `([^`]+)`", promise.split(" — ", 1)[1])
            self.assertTrue(named, promise)
            for path, name in named:
                content = text(os.path.join("tests", path))
                if path.endswith(".py"):
                    of, method = name.split(".")
                    self.assertRegex(content, rf"(?m)^class {of}\b", promise)
                    self.assertIn(f"    def {method}(self", content, promise)
                elif "/" in name or path.startswith("mail/test-maildir.c"):
                    self.assertIn(f'"{name}"', content, promise)
                else:
                    self.assertIn(name, content, promise)

    def test_links(self):
        for page in ("CONTRIBUTING.md", "README.md", "tests/README.md", "src/README.md",
                     *(p for p in files(".md", under=("docs",)))):
            content = re.sub(r"(?s)^```.*?^```", "", text(page), flags=re.M)
            named = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", content)
            named += re.findall(r"`((?:docs|src|tests|tools|data|po)/[\w./-]+)`", content)
            for name in named:
                places = (os.path.join(TOP, os.path.dirname(page), name), os.path.join(TOP, name))
                if "NAME" not in name and not name.endswith(".png"):
                    self.assertTrue(any(map(os.path.exists, places)), f"{page}: {name}")


class Build(wbtest.TestCase):
    def test_hardening(self):
        program = os.environ["WIRE"]
        shown = subprocess.run(["readelf", "--wide", "-h", "-l", "-d", program], check=True,
                               stdout=subprocess.PIPE, text=True, env=dict(os.environ, LC_ALL="C")).stdout
        self.assertRegex(shown, r"Type:\s+DYN")
        self.assertIn("GNU_RELRO", shown)
        self.assertRegex(shown, r"FLAGS.*NOW")
        self.assertRegex(shown, r"GNU_STACK.* RW ")


class Translations(wbtest.TestCase):
    def test_potfiles(self):
        listed = [l for l in text("po/POTFILES").splitlines() if l and not l.startswith("#")]
        self.assertEqual(listed, sorted(listed), "POTFILES is sorted")
        has_text = re.compile(r'\bN?C?_ ?\(|\bngettext ?\(|g_dngettext ?\(|translatable="yes"')
        expected = [p for p in files(".c", ".h", ".ui", under=("src",))
                    if "/code/" not in p and has_text.search(text(p))]
        expected += [p for p in files(".desktop.in", ".metainfo.xml.in", ".gschema.xml",
                                      under=("data",))]
        self.assertEqual(sorted(listed), sorted(expected))

    def test_chinese_is_complete(self):
        """Against a template made now, so that a new string without a translation fails."""
        template = self.path("wirebench.pot")
        merged = self.path("zh_CN.po")
        subprocess.run(["xgettext", "--from-code=UTF-8", "--keyword=_", "--keyword=N_",
                        "--keyword=C_:1c,2", "--keyword=NC_:1c,2", "--keyword=ngettext:1,2",
                        "--keyword=g_dngettext:2,3",
                        "--files-from=po/POTFILES", "-o", template],
                       cwd=TOP, check=True, stderr=subprocess.DEVNULL,
                       env=dict(os.environ, GETTEXTDATADIRS="/usr/share/gettext:/usr/share"))
        subprocess.run(["msgmerge", "--quiet", "--no-fuzzy-matching", "-o", merged,
                        "po/zh_CN.po", template], cwd=TOP, check=True)
        for option in ("--untranslated", "--only-fuzzy"):
            rows = subprocess.run(["msgattrib", option, "--no-obsolete", "--no-wrap", merged],
                                  check=True, stdout=subprocess.PIPE, text=True).stdout
            missing = re.findall(r'^msgid "(.+)"$', rows, re.M)
            self.assertEqual(missing, [], f"{option[2:]} strings in po/zh_CN.po")

    def test_chinese_is_well_formed(self):
        done = subprocess.run(["msgfmt", "--check", "-o", os.devnull, "po/zh_CN.po"], cwd=TOP,
                              stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    wbtest.main()
