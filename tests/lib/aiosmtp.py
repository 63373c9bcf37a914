# SPDX-License-Identifier: GPL-3.0-or-later
"""aiosmtpd in a thread: STARTTLS or implicit TLS, AUTH by three mechanisms, SMTPUTF8, SIZE, and a reply
of choice for each address and at each stage."""

import hashlib
import hmac
import logging
import ssl

import wbtest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, MISSING


# It warns of its own use of its own old names.
logging.getLogger("mail.log").setLevel(logging.ERROR)


class Mail:
    def __init__(self, envelope, session):
        self.sender = envelope.mail_from
        self.recipients = list(envelope.rcpt_tos)
        self.options = list(envelope.mail_options)
        self.data = envelope.original_content
        self.tls = session.ssl is not None
        self.user = session.auth_data
        self.greeted_as = session.host_name


class Handler:
    """Keeps what it takes. An address whose local part is three digits is refused with that code."""

    def __init__(self, owner):
        self.owner = owner

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        refusal = self.owner.refusals.get("mail")
        if refusal:
            return refusal
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 fine"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if "rcpt" in self.owner.refusals:
            return self.owner.refusals["rcpt"]
        local = address.split("@")[0]
        if len(local) == 3 and local.isdigit():
            return f"{local} {'5.1.1 no such user' if local[0] == '5' else '4.2.0 not now'} {address}"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server, session, envelope):
        if "data" in self.owner.refusals:
            return self.owner.refusals["data"]
        self.owner.mails.append(Mail(envelope, session))
        return self.owner.data_reply

    async def auth_CRAM__MD5(self, server, args):
        challenge = b"<%d.%d@test>" % (id(server), len(self.owner.mails))
        answer = await server.challenge_auth(challenge)
        if answer is MISSING:
            return AuthResult(success=False)
        user, digest = answer.decode().rsplit(" ", 1)
        wanted = hmac.new(self.owner.password.encode(), challenge, hashlib.md5).hexdigest()
        self.owner.mechanisms.append("CRAM-MD5")
        good = user == self.owner.user and hmac.compare_digest(digest, wanted)
        return AuthResult(success=good, handled=False, auth_data=user if good else None)


def refusing(stage, name):
    """The command NAME of aiosmtpd, answered by the refusal of STAGE where there is one."""
    async def command(self, argument):
        refusal = self.event_handler.owner.refusals.get(stage)
        if refusal:
            await self.push(refusal)
        else:
            await getattr(SMTP, name)(self, argument)
    return command


class Server(SMTP):
    """Refuses also where aiosmtpd has no hook for it."""
    smtp_HELO = refusing("ehlo", "smtp_HELO")
    smtp_EHLO = refusing("ehlo", "smtp_EHLO")
    smtp_STARTTLS = refusing("starttls", "smtp_STARTTLS")
    smtp_AUTH = refusing("auth", "smtp_AUTH")
    smtp_DATA = refusing("predata", "smtp_DATA")


class OwnController(Controller):
    def __init__(self, *args, smtp, **kw):
        self.smtp = smtp
        super().__init__(*args, **kw)

    def factory(self):
        return Server(self.handler, **self.smtp)


class Aiosmtpd:
    """A server on a free port, ended with TEST. TLS is None, "starttls" or "implicit"."""

    def __init__(self, test, tls=None, certificate=None, auth=(), auth_without_tls=False, size=None,
                 utf8=True, require_starttls=False):
        self.mails = []
        self.mechanisms = []
        self.user, self.password = "teacher", "chalk and talk"
        self.data_reply = "250 2.0.0 taken"
        self.refusals = {}
        context = None
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
        known = {"PLAIN", "LOGIN", "CRAM-MD5"}
        options = {
            "data_size_limit": size, "enable_SMTPUTF8": utf8, "hostname": "test.example",
            "tls_context": context if tls == "starttls" else None, "require_starttls": require_starttls,
            "auth_required": bool(auth), "auth_require_tls": not auth_without_tls,
            "auth_exclude_mechanism": known - set(auth) if auth else known,
            "authenticator": self.check, "timeout": 60,
        }
        self.controller = OwnController(Handler(self), hostname="127.0.0.1", port=wbtest.free_port(),
                                        ssl_context=context if tls == "implicit" else None, smtp=options)
        self.controller.start()
        test.addCleanup(self.controller.stop)
        self.port = self.controller.port
        scheme = "smtps" if tls == "implicit" else "smtp"
        self.address = "%s://localhost:%d" % (scheme, self.port)

    def check(self, server, session, envelope, mechanism, data):
        self.mechanisms.append(mechanism)
        good = data.login == self.user.encode() and data.password == self.password.encode()
        return AuthResult(success=good, handled=False, auth_data=self.user if good else None)
