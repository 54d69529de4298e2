"""The user's clipboard setting, separate from the code that carries it out."""

from __future__ import annotations

from typing import Literal

ClipboardSetting = Literal["auto", "osc52", "tmux", "native", "off"]
