from __future__ import annotations

import base64
import os
import stat
import sys
from pathlib import Path

import pytest

from tui.clipboard.copier import Copier, Grade
from tui.secret import Secret

TOKEN = Secret("cs" + "0a1b" * 6)


async def test_without_a_desktop_exactly_the_token_goes_out_by_osc_52() -> None:
    written: list[str] = []
    outcome = await Copier({}, written.append).copy(TOKEN, "the token web")
    (sequence,) = written
    payload = sequence.removeprefix("\x1b]52;c;").removesuffix("\x07")
    assert base64.b64decode(payload) == TOKEN.reveal().encode()
    assert outcome.grade is Grade.SENT
    assert "paste to check" in outcome.sentence
    assert TOKEN.reveal() not in outcome.sentence


@pytest.mark.parametrize(("name", "word"), [("TMUX", "tmux"), ("STY", "screen")])
async def test_a_multiplexer_that_may_drop_it_is_named(name: str, word: str) -> None:
    outcome = await Copier({name: "x"}, lambda _text: None).copy(TOKEN, "it")
    assert word in outcome.sentence
    assert outcome.grade is Grade.SENT


@pytest.mark.skipif(sys.platform != "linux", reason="the stand-in tools are Linux's")
class TestLocalDesktop:
    async def test_a_read_back_copy_is_verified_and_not_sent(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _tool(tmp_path, 'if [ "$1" = "-o" ] || [ "$3" = "-o" ]; then cat "$STORE"; else cat > "$STORE"; fi')
        monkeypatch.setenv("STORE", str(tmp_path / "clipboard"))
        outcome, written = await self._copy(tmp_path, monkeypatch, {"DISPLAY": ":7"})
        assert outcome is Grade.VERIFIED
        assert (tmp_path / "clipboard").read_text() == TOKEN.reveal()
        assert written == []

    @pytest.mark.parametrize("script", ["exit 1", "cat > /dev/null", "exec sleep 60"])
    async def test_a_tool_that_fails_forgets_or_hangs_is_not_believed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
    ) -> None:
        _tool(tmp_path, script)
        outcome, written = await self._copy(tmp_path, monkeypatch, {"DISPLAY": ":7"})
        assert outcome is Grade.SENT
        assert len(written) == 1

    async def test_a_display_seen_over_ssh_is_left_alone(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _tool(tmp_path, f"touch {tmp_path}/called; cat > /dev/null")
        outcome, _ = await self._copy(tmp_path, monkeypatch, {"DISPLAY": ":7", "SSH_CONNECTION": "a b c d"})
        assert outcome is Grade.SENT
        assert not (tmp_path / "called").exists()

    async def _copy(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]
    ) -> tuple[Grade, list[str]]:
        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        written: list[str] = []
        outcome = await Copier(environ, written.append).copy(TOKEN, "it")
        return outcome.grade, written


def _tool(folder: Path, script: str) -> None:
    """A stand-in for xclip, found first on PATH."""
    for name in ("xclip", "xsel"):
        tool = folder / name
        tool.write_text(f"#!/bin/sh\n{script}\n")
        tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
