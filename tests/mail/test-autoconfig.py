# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings from an address alone, looked for on a small internet of our own. Each kind of place answers,
lies, or keeps silent; nothing that came unprotected is taken without a word."""

import os
import subprocess
import time

import mailscript
import wbtest
from autoconfig import Handshakes, Places, Web, describe

DRIVER = os.environ["AUTOCONFIG_DRIVER"]
ME = "me@example.test"
OWN = ("autoconfig.example.test", "/mail/config-v1.1.xml")
KNOWN = ("example.test", "/.well-known/autoconfig/mail/config-v1.1.xml")


# Waits until the names are served, and then runs what it is told to.
SERVED = """
ip link set lo up
mount --bind {resolv} /etc/resolv.conf
/usr/sbin/dnsmasq --keep-in-foreground --conf-file=/dev/null --no-hosts --no-resolv --user=root \\
  --pid-file --listen-address=127.0.0.1 --bind-interfaces --local=/test/ {names} &
until grep -q ' 0100007F:0035 ' /proc/net/tcp; do sleep 0.02; done
exec "$@"
"""


# With a /proc of its own, by which the sanitizers find the threads of what runs there.
APART = ["unshare", "--mount-proc", "--net", "--pid", "--fork", "--kill-child"]


def can_be_apart():
    return subprocess.run([*APART, "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0


class Case(wbtest.TestCase):
    def setUp(self):
        super().setUp()
        self.places = Places(self.dir)

    def serve(self, *hosts, tls=True, certificate=None):
        """A web server for these hosts."""
        if tls and not certificate:
            certificate = self.places.certificate("web", *hosts)
        web = Web(certificate if tls else None)
        self.addCleanup(web.close)
        self.places.name(*hosts)
        self.places.ports["https" if tls else "http"] = web.port
        return web

    def look(self, *args, address=ME, check=0, runner=None):
        """The probes as (title, state, detail), and the settings by name. With a RUNNER of the command names
        are asked for outside of the program."""
        places = "-" if runner else self.places.write()
        done = subprocess.run([*(runner or ()), DRIVER, address, places, *args], timeout=60, check=False,
                              stdout=subprocess.PIPE)
        text = done.stdout.decode()
        self.assertEqual(done.returncode, check, text)
        rows = [line.split("|") for line in text.splitlines()]
        probes = [r[1:] for r in rows if r[0].isdigit()]
        return probes, {r[0]: r[1:] for r in rows if not r[0].isdigit()}

    def states(self, probes):
        return {title: state for title, state, _ in probes}


class Found(Case):
    def test_preset_asks_nobody(self):
        probes, found = self.look(address="12345@qq.com")
        self.assertEqual(len(probes), 1)
        self.assertEqual(found["smtp"], ["smtp.qq.com", "465", "2", "12345@qq.com"])
        self.assertEqual(found["pop3"], ["pop.qq.com", "995", "2", "12345@qq.com"])
        self.assertNotIn("warning", found)

    def test_the_domain_itself(self):
        web = self.serve("autoconfig.example.test", "example.test")
        web.pages[OWN] = describe("example.test", "Ex & Ample".replace("&", "&amp;"))
        probes, found = self.look()
        self.assertEqual(found["smtp"], ["smtp.example.test", "465", "2", ME])
        self.assertEqual(found["pop3"], ["pop.example.test", "995", "2", "me"])
        self.assertIn("Ex & Ample", found["source"][0])
        self.assertEqual(found["help"], ["https://help.example.test/"])
        self.assertNotIn("warning", found)
        self.assertEqual(web.asked, [(OWN[0], OWN[1] + "?emailaddress=me@example.test")])

    def test_well_known(self):
        web = self.serve("autoconfig.example.test", "example.test")
        web.pages[KNOWN] = describe("example.test")
        probes, found = self.look()
        self.assertEqual([p[1] for p in probes], ["nothing", "nothing", "found"])
        self.assertEqual(found["smtp"][0], "smtp.example.test")

    def test_mozilla_only_when_agreed(self):
        web = self.serve("autoconfig.example.test", "example.test", "ispdb.test")
        self.places.ispdb = "https://ispdb.test:%d/v1.1/%%s" % web.port
        web.pages["ispdb.test", "/v1.1/example.test"] = describe("elsewhere.test")
        probes, found = self.look(check=1)
        self.assertIn("skipped", self.states(probes).values())
        self.assertNotIn("ispdb.test", [host for host, _ in web.asked])
        probes, found = self.look("mozilla")
        self.assertEqual(found["smtp"][0], "smtp.elsewhere.test")
        self.assertEqual(web.asked[-1], ("ispdb.test", "/v1.1/example.test"))
        self.assertNotIn("me@", web.asked[-1][1])

    def test_service_records(self):
        self.places.srv.update({"_submissions._tcp.example.test": "0 1 4650 Mail.example.test",
                                "_pop3._tcp.example.test": "0 1 1100 mail.example.test"})
        _, found = self.look()
        self.assertEqual(found["smtp"], ["mail.example.test", "4650", "2", ME])
        self.assertEqual(found["pop3"], ["mail.example.test", "1100", "3", ME])
        self.assertNotIn("warning", found)

    @wbtest.unittest.skipUnless(can_be_apart(), "No network of its own can be made here")
    def test_records_of_a_real_server(self):
        """What a DNS server of the world's says, asked as the system asks: dnsmasq, in a network of its own."""
        records = ["--srv-host=_submissions._tcp.example.test,mail.example.test,465",
                   "--srv-host=_imaps._tcp.example.test,mail.example.test,993",
                   "--srv-host=_pop3s._tcp.example.test,mail.example.test,995",
                   "--mx-host=exchanged.test,aspmx.l.google.com,10"]
        script = self.write("apart", SERVED.format(resolv=self.write("resolv.conf", "nameserver 127.0.0.1\n"),
                                                   names=" ".join(records)))
        apart = [*APART, "sh", script]
        _, found = self.look(runner=apart)
        self.assertEqual(found["smtp"], ["mail.example.test", "465", "2", ME])
        self.assertEqual(found["pop3"], ["mail.example.test", "995", "2", ME])
        _, found = self.look(address="me@exchanged.test", runner=apart)
        self.assertEqual(found["smtp"][0], "smtp.gmail.com")
        self.look(address="me@nobody.test", runner=apart, check=1)

    def test_service_record_of_a_stranger_is_said(self):
        self.places.srv["_submission._tcp.example.test"] = "0 1 587 mail.notexample.test"
        _, found = self.look()
        self.assertEqual(found["smtp"][:3], ["mail.notexample.test", "587", "3"])
        self.assertIn("mail.notexample.test does not belong to example.test", found["warning"][0])

    def test_service_record_says_none_or_nonsense(self):
        for target in ("0 0 0 .", "0 0 99 a/b", "0 0 0 mail.example.test", "nonsense"):
            with self.subTest(target=target):
                self.places.srv["_submissions._tcp.example.test"] = target
                self.look(check=1)

    def test_exchanger_of_a_known_provider(self):
        self.places.mx["example.test"] = "ASPMX.L.google.com."
        _, found = self.look()
        self.assertEqual(found["smtp"][0], "smtp.gmail.com")
        self.assertIn("not protected", found["warning"][0])

    def test_exchanger_describes_itself(self):
        web = self.serve("autoconfig.host.test")
        web.pages["autoconfig.host.test", OWN[1]] = describe("host.test")
        self.places.mx["example.test"] = "mx1.host.test"
        _, found = self.look()
        self.assertEqual(found["smtp"][0], "smtp.host.test")
        self.assertIn("not protected", found["warning"][0])

    def test_guess_by_handshake_alone(self):
        certificate = self.places.certificate("mail", "mail.example.test", "pop.example.test")
        smtp, pop3 = Handshakes(certificate), Handshakes(certificate)
        self.addCleanup(smtp.close)
        self.addCleanup(pop3.close)
        self.places.name("smtp.example.test", "mail.example.test", "pop.example.test")
        self.places.ports.update(smtps=smtp.port, pop3s=pop3.port)
        probes, found = self.look()
        self.assertEqual(found["smtp"][0], "mail.example.test")
        self.assertEqual(found["pop3"][0], "pop.example.test")
        self.assertIn("guessed", found["warning"][0])
        # A certificate for another name was refused, and said so.
        refused = [p for p in probes if p[0].startswith("smtp.example.test:") and p[1] == "failed"]
        self.assertIn("not for smtp.example.test", refused[0][2])
        wbtest.wait_until(lambda: len(smtp.said) == 2 and len(pop3.said) == 1, "the ends")
        self.assertEqual([s for s in smtp.said + pop3.said if s], [])

    def test_guess_by_starttls(self):
        certificate = self.places.certificate("mail", "smtp.example.test")
        server = mailscript.Smtp(self, {"EHLO": b"250-test\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n"},
                                 "starttls", certificate)
        self.places.name("smtp.example.test")
        self.places.ports["submission"] = server.port
        _, found = self.look()
        self.assertEqual(found["smtp"][:3], ["smtp.example.test", str(server.port), "3"])
        self.assertNotIn(b"AUTH", server.said())

    def test_unprotected_comes_last_and_is_said(self):
        web = self.serve("autoconfig.example.test", "example.test", tls=False)
        web.pages[OWN] = describe("example.test")
        probes, found = self.look()
        self.assertEqual(found["smtp"][0], "smtp.example.test")
        self.assertIn("unprotected", found["warning"][0])
        self.assertTrue(probes[-1][0].startswith("http://"))
        self.assertTrue(any(p[0].startswith("https://") for p in probes))

    def test_nobody_knows(self):
        probes, found = self.look(check=1)
        self.assertIn("Nobody could say", found["error"][0])
        self.assertNotIn("found", self.states(probes).values())


class Trouble(Case):
    def test_certificates(self):
        """Another name, an unknown CA: what such a server says is not even asked for."""
        other = Places(self.path("other"))
        for certificate, words in ((self.places.certificate("web", "else.test"), "not for"),
                                   (other.certificate("web", OWN[0], KNOWN[0]), "authority")):
            with self.subTest(words=words):
                web = self.serve(OWN[0], KNOWN[0], certificate=certificate)
                web.pages[OWN] = describe("example.test")
                probes, _ = self.look(check=1)
                self.assertEqual(probes[1][1], "failed")
                self.assertIn(words, probes[1][2])
                self.assertEqual(web.asked, [])

    def answer(self, page):
        web = self.serve(OWN[0], KNOWN[0])
        web.pages[OWN] = page
        return self.look(check=1)[0][1]

    def test_answers_that_are_none(self):
        for page in ("<html><body>Parked</body></html>", "", "<clientConfig/>", "a" * 300000,
                     "<!DOCTYPE x [<!ENTITY a 'b'>]><clientConfig/>"):
            with self.subTest(page=page[:40]):
                title, state, detail = self.answer(page)
                self.assertEqual(state, "failed")
                self.assertTrue(detail)

    def test_redirect(self):
        web = self.serve(OWN[0], KNOWN[0], "other.test")
        plain = Web()
        self.addCleanup(plain.close)
        web.pages["other.test", "/here"] = describe("other.test")
        plain.pages["other.test", "/here"] = describe("other.test")

        def to(place):
            return lambda h: h.say(302, "", Location=place)

        web.pages[OWN] = to("https://other.test:%d/here" % web.port)
        self.assertEqual(self.look()[1]["smtp"][0], "smtp.other.test")
        web.pages[OWN] = to("http://other.test:%d/here" % plain.port)
        probes, _ = self.look(check=1)
        self.assertIn("not protected", probes[1][2])
        self.assertEqual(plain.asked, [])
        web.pages[OWN] = to("https://%s:%d%s" % (OWN[0], web.port, OWN[1]))
        probes, _ = self.look(check=1)
        self.assertEqual(probes[1][1], "nothing", probes[1])

    def test_silence_has_an_end(self):
        """A server that drips is left within its time, and the search goes on."""
        def drip(handler):
            handler.send_response(200)
            handler.end_headers()
            for _ in range(600):
                handler.wfile.write(b" ")
                time.sleep(0.1)

        web = self.serve(OWN[0], KNOWN[0])
        web.pages[OWN] = drip
        web.pages[KNOWN] = describe("example.test")
        probes, found = self.look()
        self.assertEqual([p[1] for p in probes], ["nothing", "failed", "found"])
        self.assertIn("in time", probes[1][2])

    def test_cancel(self):
        for at in range(8):
            with self.subTest(at=at):
                probes, found = self.look("cancel=%d" % at, check=1)
                self.assertLessEqual(len(probes), at + 1)
                self.assertIn("cancelled", found["error"][0].lower())

    def test_no_address(self):
        for address in ("me", "me@", "@x.test", "me@a/b", "me@127.0.0.1", "me@exa mple.test"):
            probes, found = self.look(address=address, check=1)
            self.assertEqual(probes, [])
            self.assertIn("needs a name and a host", found["error"][0])


if __name__ == "__main__":
    wbtest.main()
