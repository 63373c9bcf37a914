# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in with the browser, against a provider of our own that checks what it is told: PKCE, the
state, tokens that end, a browser that comes back with something else, and strangers at the port."""

import base64
import contextlib
import hashlib
import json
import os
import socket
import subprocess
import urllib.error
import urllib.parse
import urllib.request

import wbtest
from autoconfig import Places, Web

authlib = None
with contextlib.suppress(ImportError):
    import authlib.oauth2.rfc6749 as authlib
    from authlib.oauth2.rfc6750 import BearerTokenGenerator
    from authlib.oauth2.rfc7636 import CodeChallenge

DRIVER = os.environ["OAUTH_DRIVER"]


class Provider:
    """Gives a code for each question, and tokens for a code whose verifier fits."""

    def __init__(self, web, host):
        self.codes, self.seen, self.count = {}, [], 0
        self.lasts, self.refusal, self.refresh = 3600, None, True
        web.pages[host, "/token"] = self.token

    def question(self, uri):
        """What the browser would be shown; the query."""
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(uri).query))
        self.codes["code-%d" % len(self.codes)] = query
        return query, "code-%d" % (len(self.codes) - 1)

    def token(self, handler):
        form = dict(urllib.parse.parse_qsl(handler.body))
        self.seen.append(form)
        if self.refusal:
            handler.say(*self.refusal, kind="application/json")
            return
        if form["grant_type"] == "authorization_code":
            asked = self.codes.pop(form["code"], None)
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            good = asked and asked["code_challenge"] == challenge and \
                asked["redirect_uri"] == form["redirect_uri"] and asked["client_id"] == form["client_id"]
        else:
            good = form["refresh_token"] == "refresh-%d" % self.count
        if not good:
            handler.say(400, json.dumps({"error": "invalid_grant"}), kind="application/json")
            return
        self.count += 1
        answer = {"access_token": "access-%d" % self.count, "token_type": "Bearer",
                  "expires_in": self.lasts}
        if self.refresh:
            answer["refresh_token"] = "refresh-%d" % self.count
        handler.say(200, json.dumps(answer), kind="application/json")


def get(url):
    """Status and text, as a browser gets them."""
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode()


class OAuthCase(wbtest.TestCase):
    def setUp(self):
        super().setUp()
        self.places = Places(self.dir)
        web = Web(self.places.certificate("login", "login.test"))
        self.addCleanup(web.close)
        self.web = web
        self.places.name("login.test")
        self.provider = Provider(web, "login.test")
        base = "https://login.test:%d" % web.port
        self.driver = self.begin(base + "/authorize", base + "/token")

    def begin(self, authorize, token):
        return self.start([DRIVER, self.places.write(), authorize, token, "me@example.test"],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)

    def send(self, command, driver=None):
        (driver or self.driver).stdin.write(command.encode() + b"\n")

    def line(self, driver=None):
        word, _, text = (driver or self.driver).stdout.readline().decode().rstrip("\n").partition(" ")
        return word, text

    def do(self, command):
        self.send(command)
        return self.line()


class OAuth(OAuthCase):
    def ask(self):
        """Begin a sign-in: the query, the code, and where to come back to."""
        self.send("sign-in")
        word, uri = self.line()
        self.assertEqual(word, "open")
        self.assertTrue(uri.startswith("https://login.test"))
        query, code = self.provider.question(uri)
        return query, code, query["redirect_uri"]

    def sign_in(self):
        query, code, back = self.ask()
        status, page = get("%s?code=%s&state=%s" % (back, code, query["state"]))
        self.assertEqual(status, 200)
        self.assertIn("signed in", page)
        self.assertEqual(self.line(), ("done", ""))
        return query

    def test_sign_in(self):
        query = self.sign_in()
        self.assertEqual(query["code_challenge_method"], "S256")
        self.assertEqual(query["response_type"], "code")
        self.assertEqual(query["scope"], "mail offline")
        self.assertEqual(query["login_hint"], "me@example.test")
        self.assertRegex(query["redirect_uri"], r"^http://127\.0\.0\.1:\d+/$")
        self.assertRegex(query["state"], r"^[A-Za-z0-9_-]{43}$")
        form = self.provider.seen[0]
        self.assertRegex(form["code_verifier"], r"^[A-Za-z0-9_-]{43}$")
        self.assertNotIn("client_secret", form)
        self.assertEqual(self.do("token"), ("done", "access-1"))
        self.assertEqual(self.do("token"), ("done", "access-1"))
        self.assertEqual(len(self.provider.seen), 1)

    def test_each_sign_in_is_its_own(self):
        first, second = self.sign_in(), self.sign_in()
        for name in ("state", "code_challenge"):
            self.assertNotEqual(first[name], second[name])

    def test_page_is_plain(self):
        query, code, back = self.ask()
        page = get("%s?code=%s&state=%s" % (back, code, query["state"]))[1]
        for word in ("<script", "http", "src", code, query["state"]):
            self.assertNotIn(word, page)

    def test_wrong_state_changes_nothing(self):
        query, code, back = self.ask()
        for state in ("", "x", query["state"][:-1], query["state"] + "x", query["state"].swapcase()):
            status, page = get("%s?code=stolen&state=%s" % (back, state))
            self.assertEqual(status, 400)
            self.assertIn("does not belong", page)
        self.assertEqual(get("%s?error=access_denied&state=x" % back)[0], 400)
        self.assertEqual(get("%s?code=stolen" % back)[0], 400)
        self.assertEqual(get("%sfavicon.ico" % back)[0], 404)
        self.assertEqual(self.provider.seen, [])
        get("%s?code=%s&state=%s" % (back, code, query["state"]))
        self.assertEqual(self.line(), ("done", ""))

    def test_strangers_at_the_port(self):
        """Silent, endless and wrong ones, more than there is room for; then the browser."""
        query, code, back = self.ask()
        port = urllib.parse.urlsplit(back).port
        strangers = [socket.create_connection(("127.0.0.1", port)) for _ in range(30)]
        for data in (b"POST /?code=x HTTP/1.1\r\n\r\n", b"\0" * 100, b"GET / HTTP/1.1\r\n" + b"a" * 9000,
                     b"\r\n\r\n", b"GET\r\n\r\n"):
            stranger = socket.create_connection(("127.0.0.1", port))
            strangers.append(stranger)
            stranger.sendall(data)
        self.assertEqual(get("%s?code=%s&state=%s" % (back, code, query["state"]))[0], 200)
        self.assertEqual(self.line(), ("done", ""))
        for stranger in strangers:
            stranger.close()
        self.assertNotIn("x", [f["code"] for f in self.provider.seen])

    def test_second_request_finds_nobody(self):
        query, code, back = self.ask()
        answer = "%s?code=%s&state=%s" % (back, code, query["state"])
        get(answer)
        self.assertEqual(self.line(), ("done", ""))
        with self.assertRaises(OSError):
            get(answer)
        self.assertEqual(len(self.provider.seen), 1)

    def test_refused_in_the_browser(self):
        for error, words in (("access_denied", "refused in the browser"),
                             ("server_error&error_description=Down%0d%0aX", "Down  X (server_error)")):
            query, _, back = self.ask()
            status, page = get("%s?error=%s&state=%s" % (back, error, query["state"]))
            self.assertIn("failed", page)
            word, text = self.line()
            self.assertEqual(word, "wb_mail_error")
            self.assertIn(words, text)
        self.assertIn("Nobody is signed in", self.do("token")[1])

    def test_cancel(self):
        self.send("cancel-sign-in")
        word, uri = self.line()
        self.assertEqual(word, "open")
        self.assertEqual(self.line()[0], "g-io-error-quark")
        with self.assertRaises(OSError):
            get(self.provider.question(uri)[0]["redirect_uri"])

    def test_renewed_before_it_ends(self):
        self.provider.lasts = 60
        self.sign_in()
        self.provider.lasts = 3600
        self.assertEqual(self.do("token"), ("done", "access-2"))
        self.assertEqual(self.provider.seen[1]["grant_type"], "refresh_token")
        self.assertEqual(self.do("token"), ("done", "access-2"))
        self.assertEqual(self.do("drop"), ("done", ""))
        self.assertEqual(self.do("token"), ("done", "access-3"))

    def test_refresh_token_that_is_not_renewed_stays(self):
        self.sign_in()
        self.provider.refresh = False
        self.do("drop")
        self.assertEqual(self.do("token"), ("done", "access-2"))
        self.do("drop")
        self.provider.count = 1
        self.assertEqual(self.do("token"), ("done", "access-2"))

    def test_refresh_refused_asks_again(self):
        self.sign_in()
        self.do("drop")
        self.provider.refusal = (400, '{"error": "invalid_grant"}')
        self.assertIn("Sign in again", self.do("token")[1])
        self.provider.refusal = None
        self.assertIn("Nobody is signed in", self.do("token")[1])
        self.sign_in()
        self.assertEqual(self.do("token")[0], "done")

    def test_refresh_fails_for_now(self):
        """What is no refusal does not end the sign-in."""
        self.sign_in()
        self.do("drop")
        for status, text, words in ((503, "", "Try again later"), (200, "[" * 10000, "Try again later"),
                                    (200, '{"access_token": "a b"}', "no token"),
                                    (200, '{"access_token": 5}', "no token"),
                                    (200, '{"access_token": "a", "token_type": "mac"}', "no token"),
                                    (400, '{"error": "invalid_client", "error_description": "Who?"}', "Who?")):
            with self.subTest(text=text[:50]):
                self.provider.refusal = (status, text)
                self.assertIn(words, self.do("token")[1])
        self.provider.refusal = None
        self.assertEqual(self.do("token"), ("done", "access-2"))

    def test_nobody_there_for_now(self):
        """Told as what it is, so that what needs the token can be tried again."""
        self.sign_in()
        self.do("drop")
        self.web.close()
        word, text = self.do("token")
        self.assertEqual(word, "wb_error")
        self.assertIn("login.test refused the connection: nothing listens there", text)

    def test_forget(self):
        self.sign_in()
        self.do("forget")
        self.assertIn("Nobody is signed in", self.do("token")[1])

    def test_client_secret_is_sent_where_there_is_one(self):
        self.do("secret not-so-secret")
        self.sign_in()
        self.assertEqual(self.provider.seen[0]["client_secret"], "not-so-secret")

    def test_places_must_be_protected(self):
        for authorize, token in (("http://login.test/a", "https://login.test/t"),
                                 ("https://login.test/a", "http://login.test/t"),
                                 ("javascript:x", "https://login.test/t"), ("", "")):
            driver = self.begin(authorize, token)
            self.send("sign-in", driver)
            word, text = self.line(driver)
            self.assertEqual(word, "wb_mail_error")
            self.assertIn("https", text)

    def test_token_only_under_a_good_certificate(self):
        web = Web(self.places.certificate("wrong", "else.test"))
        self.addCleanup(web.close)
        driver = self.begin("https://login.test/a", "https://login.test:%d/token" % web.port)
        self.send("sign-in", driver)
        query, code = self.provider.question(self.line(driver)[1])
        get("%s?code=%s&state=%s" % (query["redirect_uri"], code, query["state"]))
        self.assertIn("not for login.test", self.line(driver)[1])
        self.assertEqual(web.asked, [])


class Record:
    """A client, a code or a token, as Authlib asks about it."""

    def __init__(self, **fields):
        self.__dict__.update(fields)

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_expires_in(self):
        return self.expires_in

    def get_allowed_scope(self, scope):
        return " ".join(s for s in scope.split() if s in ("mail", "offline"))

    def check_redirect_uri(self, uri):
        """On loopback any port is good (RFC 8252 section 7.3)."""
        parts = urllib.parse.urlsplit(uri)
        return (parts.scheme, parts.hostname, parts.path) == ("http", "127.0.0.1", "/")

    def check_client_secret(self, secret):
        return secret == self.secret

    def check_client(self, client):
        return client is self.client

    def check_endpoint_auth_method(self, method, _endpoint):
        return method == ("client_secret_post" if self.secret else "none")

    def check_response_type(self, kind):
        return kind == "code"

    def check_grant_type(self, kind):
        return kind in ("authorization_code", "refresh_token")


def make_server(client, codes, tokens):
    """Authlib's authorization server, which keeps what it gave in CODES and TOKENS."""
    class Server(authlib.AuthorizationServer):
        def query_client(self, client_id):
            return client if client_id == "client-1" else None

        def save_token(self, token, request):
            tokens.append(Record(client=client, user=request.user, lasts=True, **token))

        def send_signal(self, *args, **kw):
            pass

        def create_oauth2_request(self, request):
            return authlib.OAuth2Request(*request)

        def handle_response(self, status, body, headers):
            return status, body, dict(headers)

    class Code(authlib.grants.AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ["none", "client_secret_post"]

        def save_authorization_code(self, code, request):
            data = request.data
            codes[code] = Record(redirect_uri=request.redirect_uri, scope=request.scope, user=request.user,
                                 code=code, code_challenge=data["code_challenge"],
                                 code_challenge_method=data["code_challenge_method"])

        def query_authorization_code(self, code, _client):
            return codes.get(code)

        def delete_authorization_code(self, code):
            del codes[code.code]

        def authenticate_user(self, code):
            return code.user

    class Refresh(authlib.grants.RefreshTokenGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ["none", "client_secret_post"]
        INCLUDE_NEW_REFRESH_TOKEN = True

        def authenticate_refresh_token(self, text):
            found = [t for t in tokens if t.refresh_token == text and t.lasts]
            return found[0] if found else None

        def authenticate_user(self, token):
            return token.user

        def revoke_old_credential(self, token):
            token.lasts = False

    server = Server()
    make = lambda *args, **kw: base64.urlsafe_b64encode(os.urandom(30)).decode()
    server.register_token_generator("default", BearerTokenGenerator(make, make))
    server.register_grant(Code, [CodeChallenge(required=True)])
    server.register_grant(Refresh)
    return server


@wbtest.unittest.skipUnless(authlib, "Authlib is not there")
class Authlib(OAuthCase):
    """The same against an authorization server that nobody here wrote."""

    def setUp(self):
        super().setUp()
        self.client, self.codes, self.tokens, self.answers = Record(secret=None), {}, [], []
        self.server = make_server(self.client, self.codes, self.tokens)
        self.web.pages["login.test", "/token"] = self.answer

    def answer(self, handler):
        form = dict(urllib.parse.parse_qsl(handler.body))
        status, body, _ = self.server.create_token_response(("POST", "https://login.test/token", form, handler.headers))
        self.answers.append((status, body))
        handler.say(status, json.dumps(body), kind="application/json")

    def browse(self, user="me@example.test"):
        """What the browser does: asks, is sent back, goes there."""
        self.send("sign-in")
        word, uri = self.line()
        self.assertEqual(word, "open")
        status, body, headers = self.server.create_authorization_response(("GET", uri), user)
        self.assertEqual(status, 302, body)
        return headers["Location"]

    def test_sign_in_and_renew(self):
        for secret in (None, "not-so-secret"):
            self.client.secret = secret
            if secret:
                self.do("secret " + secret)
            get(self.browse())
            self.assertEqual(self.line(), ("done", ""))
            self.assertEqual(self.do("token"), ("done", self.tokens[-1].access_token))
            self.assertEqual(set(self.tokens[-1].scope.split()), {"mail", "offline"})
            for _ in range(2):
                before = len(self.tokens)
                self.do("drop")
                self.assertEqual(self.do("token"), ("done", self.tokens[-1].access_token))
                self.assertEqual(len(self.tokens), before + 1)
            self.assertEqual(self.codes, {})

    def test_refused(self):
        """The person says no; the code is for somebody else's question; what renews is not taken any more."""
        page = get(self.browse(user=None))[1]
        self.assertIn("failed", page)
        self.assertIn("refused in the browser", self.line()[1])
        back = self.browse()
        code, = self.codes.values()
        code.code_challenge = "x" * 43
        get(back)
        word, text = self.line()
        self.assertEqual(word, "wb_mail_error")
        self.assertEqual(self.answers[-1][1]["error"], "invalid_grant")
        self.assertIn("Code challenge failed", text)
        get(self.browse())
        self.assertEqual(self.line(), ("done", ""))
        self.do("drop")
        self.tokens[-1].lasts = False
        self.assertIn("Sign in again", self.do("token")[1])


if __name__ == "__main__":
    wbtest.main()
