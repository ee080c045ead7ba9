"""A mail service of real parts: Postfix takes mail, OpenDKIM judges it, Dovecot gives it out.

All of it runs on loopback out of one temporary folder, with a setup that is written here.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.judges.servers import free_ports, running

DOMAIN = "lampandloom.example"
US = f"support@{DOMAIN}"
COLLEAGUE = f"colleague@{DOMAIN}"
PASSWORD = "a-password-of-the-tests"
AUTHSERV_ID = f"mx.{DOMAIN}"
_PROGRAMS = ("postfix", "dovecot", "opendkim")
_PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"


@dataclass(frozen=True, slots=True)
class MailService:
    """Where the service listens, and where its mailboxes are.

    `smtps` and `imaps` speak TLS from the first byte; the other two offer STARTTLS. `certificate`
    is theirs, made for "localhost".
    """

    folder: Path
    smtp: int
    imap: int
    smtps: int
    imaps: int

    @property
    def certificate(self) -> Path:
        """What has to be trusted to speak TLS with them."""
        return self.folder / "tls.crt"

    def mails_of(self, name: str) -> list[bytes]:
        """The mails in a mailbox, as they were delivered."""
        return [one.read_bytes() for one in sorted(self.folder.glob(f"mail/{name}/*/*"))]


def why_not() -> str | None:
    """Why the service cannot be run here."""
    missing = [one for one in _PROGRAMS if shutil.which(one, path=_PATH) is None]
    if missing:
        return f"no {', '.join(missing)}: run `make mail` as root on Debian"
    return None if os.geteuid() == 0 else "Postfix and Dovecot switch users, which only root may"


@contextmanager
def mail_service(keys: str) -> Iterator[MailService]:
    """The service; `keys` are the public keys OpenDKIM knows, as "name record" lines."""
    smtp, imap, smtps, imaps, milter = free_ports(5)
    # Its users have to reach it, so it lies in no private folder.
    folder = Path(tempfile.mkdtemp(prefix="onethread-mail-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        service = MailService(folder, smtp, imap, smtps, imaps)
        _prepare(service, milter, keys)
        with ExitStack() as stack:
            stack.enter_context(
                running(
                    [_program("opendkim"), "-f", "-x", folder / "opendkim.conf"],
                    [milter],
                    folder / "opendkim.log",
                )
            )
            stack.enter_context(
                running(
                    [_program("dovecot"), "-F", "-c", folder / "dovecot.conf"],
                    [imap, imaps],
                    folder / "dovecot.log",
                )
            )
            postfix = [_program("postfix"), "-c", str(folder / "postfix")]
            stack.enter_context(
                running([*postfix, "start-fg"], [smtp, smtps], folder / "postfix.log")
            )
            # Its master is in a session of its own, and is ended by the id it wrote down.
            stack.callback(
                subprocess.run, [*postfix, "stop"], check=True, capture_output=True, timeout=20
            )
            yield service
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _program(name: str) -> str:
    found = shutil.which(name, path=_PATH)
    assert found is not None
    return found


def _prepare(service: MailService, milter: int, keys: str) -> None:
    folder = service.folder
    nobody, postfix = pwd.getpwnam("nobody"), pwd.getpwnam("postfix")
    for name in ("postfix", "queue", "data", "mail", "dovecot"):
        (folder / name).mkdir(mode=0o755)
    os.chown(folder / "data", postfix.pw_uid, postfix.pw_gid)
    os.chown(folder / "mail", nobody.pw_uid, nobody.pw_gid)
    values = {
        "folder": folder,
        "smtp": service.smtp,
        "imap": service.imap,
        "smtps": service.smtps,
        "imaps": service.imaps,
        "milter": milter,
        "uid": nobody.pw_uid,
        "gid": nobody.pw_gid,
    }
    _make_certificate(folder)
    (folder / "opendkim.conf").write_text(_OPENDKIM.format(**values))
    (folder / "keys").write_text(keys)
    (folder / "foreign").write_text("192.0.2.1\n")
    (folder / "dovecot.conf").write_text(_DOVECOT.format(**values))
    (folder / "postfix" / "main.cf").write_text(_MAIN_CF.format(**values))
    (folder / "postfix" / "master.cf").write_text(_MASTER_CF.format(**values))


def _make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, SHA256())
    )
    (folder / "tls.crt").write_bytes(certificate.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "tls.key").write_bytes(private)
    (folder / "tls.key").chmod(0o600)


# InternalHosts would be signed for and not judged; nobody is internal here.
_OPENDKIM = f"""
Mode v
Socket inet:{{milter}}@127.0.0.1
Syslog no
AuthservID {AUTHSERV_ID}
AlwaysAddARHeader yes
TestPublicKeys {{folder}}/keys
InternalHosts {{folder}}/foreign
"""

_DOVECOT = f"""
base_dir = {{folder}}/dovecot
log_path = /dev/stderr
protocols = imap
ssl = yes
ssl_cert = <{{folder}}/tls.crt
ssl_key = <{{folder}}/tls.key
disable_plaintext_auth = no
listen = 127.0.0.1
mail_location = maildir:{{folder}}/mail/%n
first_valid_uid = 1
first_valid_gid = 1
passdb {{{{
  driver = static
  args = password={PASSWORD}
}}}}
userdb {{{{
  driver = static
  args = uid={{uid}} gid={{gid}} home={{folder}}/mail/%n
}}}}
service imap-login {{{{
  chroot =
  inet_listener imap {{{{
    port = {{imap}}
  }}}}
  inet_listener imaps {{{{
    port = {{imaps}}
    ssl = yes
  }}}}
}}}}
"""

_MAIN_CF = f"""
compatibility_level = 3.6
queue_directory = {{folder}}/queue
data_directory = {{folder}}/data
maillog_file = {{folder}}/maillog
maillog_file_prefixes = {{folder}}
myhostname = {AUTHSERV_ID}
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = reject_unauth_destination
smtpd_reject_unlisted_recipient = no
alias_maps =
local_recipient_maps =
recipient_delimiter = +
virtual_mailbox_domains = {DOMAIN}
virtual_mailbox_base = {{folder}}/mail
virtual_mailbox_maps =
    inline:{{{{ {{{{ {US} = support/ }}}}, {{{{ {COLLEAGUE} = colleague/ }}}} }}}}
virtual_uid_maps = static:{{uid}}
virtual_gid_maps = static:{{gid}}
virtual_minimum_uid = 1
smtpd_tls_security_level = may
smtpd_tls_cert_file = {{folder}}/tls.crt
smtpd_tls_key_file = {{folder}}/tls.key
smtpd_milters = inet:127.0.0.1:{{milter}}
milter_default_action = tempfail
"""

_MASTER_CF = """
127.0.0.1:{smtp} inet n - n - - smtpd
127.0.0.1:{smtps} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
