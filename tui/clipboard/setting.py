"""What the user may say of the clipboard, apart from all that carries it out."""

from __future__ import annotations

from typing import Literal

ClipboardSetting = Literal["auto", "osc52", "tmux", "native", "off"]
