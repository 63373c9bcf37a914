# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user guide tells people to type works, in the order in which it stands there."""

import os
import re
import subprocess

import lab
import wbtest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Guide(wbtest.TestCase):
    def commands(self):
        with open(os.path.join(TOP, "docs", "user-guide.md"), encoding="utf-8") as f:
            return f.read()

    def test_examples(self):
        guide = self.commands()
        servers = re.search(r"--servers (\S+)", guide).group(1)
        names = [item.split(":") for item in servers.split(",")]
        running = lab.Lab(self, "--servers", ",".join(name for name, _port in names),
                          env={"WIRE_LAB_PASSWORD": "let-me-in"})
        self.assertEqual(sorted(running.ports), sorted(name for name, _port in names))
        env = dict(os.environ, LANGUAGE="en", WIRE_PASSWORD="let-me-in",
                   PATH=os.path.dirname(wbtest.WIRE) + ":" + os.environ["PATH"])
        count = 0
        for block in re.findall(r"^```sh\n(.*?)^```", guide, re.M | re.S):
            for line in block.splitlines():
                if line.startswith("wire mail list"):
                    wbtest.wait_until(lambda: len(running.mails("student@lab-b.test")) == 3,
                                      "the mails on their way")
                for name, port in names:
                    line = line.replace(f":{port}", f":{running.ports[name]}")
                done = subprocess.run(["bash", "-o", "pipefail", "-c", line], cwd=self.dir, env=env,
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, timeout=60)
                self.assertEqual(done.returncode, 0, line + "\n" + done.stderr.decode())
                count += "wire " in line
        self.assertGreater(count, 30)
        for name in ("mail.txt", "list.jsonl", "get.pcapng"):
            self.assertNotIn(b"let-me-in", self.read(name))

    def test_every_command_has_an_example(self):
        guide = self.commands()
        listed = self.wire("--help", check=0).stdout.decode()
        for command in re.findall(r"^  (\w+(?: [\w-]+)?)  ", listed, re.M):
            if command not in ("ftp chmod",):
                self.assertRegex(guide, rf"(?m)^(\$ |.*\| )?(WIRE_LAB_PASSWORD=\S+ )?wire {command}\b")


if __name__ == "__main__":
    wbtest.main()
