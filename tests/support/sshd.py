"""OpenSSH's server on the loopback interface, and the client's command for it."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_OPTIONS = (
    *("-F", "/dev/null", "-o", "IdentitiesOnly=yes", "-o", "LogLevel=ERROR"),
    *("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"),
)


def server_program() -> str | None:
    """Return the path of OpenSSH's server, if it and its client are installed."""
    if shutil.which("ssh") is None:
        return None
    # Most users don't have it on their PATH.
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
    return shutil.which("sshd", path=path)


@dataclass(frozen=True)
class Server:
    """A running server, for the user who runs the tests."""

    port: int
    key: Path

    def client(self, remote: str) -> tuple[str, ...]:
        """Return the command that runs `remote` there, in a terminal."""
        where = ("-p", str(self.port), "-i", str(self.key))
        user = f"{getpass.getuser()}@127.0.0.1"
        return ("ssh", *_OPTIONS, "-tt", *where, user, remote)


@contextmanager
def sshd(folder: Path) -> Generator[Server]:
    """Serve until the end of the block; keys, settings and log are in `folder`."""
    program = server_program()
    assert program is not None
    folder.mkdir()
    for name in ("host", "user"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)],
            check=True,
        )
    if os.getuid() == 0:
        # If it runs as root, it insists on an empty folder to chroot into.
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = folder / "sshd_config"
    lines = {
        "ListenAddress": f"127.0.0.1:{port}",
        "HostKey": folder / "host",
        "AuthorizedKeysFile": folder / "user.pub",
        "StrictModes": "no",
        "PidFile": "none",
        "UsePAM": "no",
        "PasswordAuthentication": "no",
        "PermitRootLogin": "prohibit-password",
    }
    settings.write_text("".join(f"{name} {value}\n" for name, value in lines.items()))
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [program, "-D", "-e", "-f", str(settings)], stderr=log
        )
    try:
        _wait_until_it_listens(server, port, folder / "log")
        yield Server(port, folder / "user")
    finally:
        server.terminate()
        server.wait()


def _wait_until_it_listens(
    server: subprocess.Popen[bytes], port: int, log: Path
) -> None:
    while True:
        assert server.poll() is None, log.read_text()
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
