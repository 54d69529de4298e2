"""Programs that store a value somewhere, correctly or not, like targets' tools."""

from __future__ import annotations

import sys
from pathlib import Path

from tui.config.schema import Target

LIES = {
    "honest": "store(sys.stdin.buffer.read())",
    "exit 0 and empty": "sys.stdin.buffer.read(); store(b'')",
    "first line only": "store(sys.stdin.buffer.readline())",
    "newline added": "store(sys.stdin.buffer.read() + b'\\n')",
    "exit 1 after storing": "store(sys.stdin.buffer.read()); sys.exit(1)",
    "hang": "sys.stdin.buffer.read(); time.sleep(600)",
    "closed stdin": "os.close(0)",
    "never reads": "pass",
    "echoes the value": (
        "value = sys.stdin.read(); print('colour', flush=True);"
        " print(f'\\x1b[31mrefused: {value[:9]}\\x1b[0m{value[9:]}', file=sys.stderr);"
        " sys.exit(1)"
    ),
    "asks on /dev/tty": "open('/dev/tty'); store(sys.stdin.buffer.read())",
    "slow": "time.sleep(0.4); store(sys.stdin.buffer.read())",
    "old value": "sys.stdin.buffer.read()",
    "talks without end": (
        "value = sys.stdin.buffer.read(); sys.stdout.write('x' * 300_000); store(value)"
    ),
    "leaves something behind": (
        "store(sys.stdin.buffer.read());"
        " subprocess.Popen(['sleep', '600'], close_fds=False)"
    ),
}


def target(
    folder: Path,
    lie: str,
    *,
    proves: bool = True,
    form: str | None = None,
    timeout: int = 20,
    get_newline: bool | None = None,
) -> Target:
    """Return a target that stores into `folder`/stored."""
    stored = folder / "stored"
    code = (
        "import os, subprocess, sys, time\n"
        f"def store(value): open({str(stored)!r}, 'wb').write(value)\n"
        f"{LIES[lie]}\n"
    )
    get = (sys.executable, "-S", "-c", _PRINT, str(stored)) if proves else None
    put = (sys.executable, "-S", "-c", code)
    return Target(
        put=put,
        get=get,
        form=form,  # type: ignore[arg-type]
        timeout=timeout,
        get_newline=get_newline,
    )


_PRINT = "import sys; sys.stdout.buffer.write(open(sys.argv[1], 'rb').read())"
