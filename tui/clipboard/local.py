"""The clipboard of a local desktop, by pyperclip in a process of its own.

pyperclip takes a failed xclip for success, can wait for ever on a dead display, and lets its tools write over
the screen: so it gets two seconds, no output, and is believed only when it reads back what it was given.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys

from tui.secret import Secret

_SECONDS = 2.0


async def copy_locally(secret: Secret) -> bool:
    """Whether the value was put on the local clipboard and read back the same."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        __name__,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(_SECONDS):
            await process.communicate(secret.reveal().encode())
    except TimeoutError:
        # Its tool hangs too, and would hold the value for ever.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        return False
    return process.returncode == 0


def _copy_and_compare() -> int:
    import pyperclip  # noqa: PLC0415 - loaded only in the process that copies

    text = sys.stdin.buffer.read().decode()
    try:
        pyperclip.copy(text)
        return 0 if pyperclip.paste() == text else 1
    except pyperclip.PyperclipException:
        return 1


if __name__ == "__main__":
    sys.exit(_copy_and_compare())
