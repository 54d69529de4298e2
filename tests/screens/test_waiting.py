"""While Contentstack lets wait, the screen says for what, and Esc ends the wait, with every kind of call."""

from __future__ import annotations

from time import monotonic

import pytest

from tests.screens import test_faults as calls
from tests.screens import test_rotation
from tests.screens.served import served, settled
from tests.screens.session import Table
from tui.screens.tokens import TokensScreen
from tui.widgets.status_line import StatusLine

LONG, SHORT = 8.0, 1.5


class RotateStep(calls.Kind):
    hits = f"POST {calls.TOKENS}"

    async def begin(self, table: Table) -> None:
        test_rotation.old_token(table)
        await test_rotation.open_it(table)


class Stacks(calls.Kind):
    hits, key = "GET /organizations", "w"


# A kind of call, what is on the screen while its answer is awaited, and whether Esc
# cuts that answer off. A single write that has no screen of its own, and a deletion,
# come to their end: it is then known what came.
WAITS: dict[str, tuple[calls.Kind, str, bool]] = {
    "sign-in": (calls.LogIn(), "Signing in", True),
    "list": (calls.List(), "Reading delivery tokens", True),
    "create": (calls.Create(), "Generating the token", True),
    "create management": (calls.CreateManagement(), "Generating the token", True),
    "update": (calls.Update(), "Saving", True),
    "delete": (calls.Delete(), "Deleting", False),
    "create preview": (calls.CreatePreview(), "Creating the preview token of", False),
    "delete preview": (calls.DeletePreview(), "Deleting", False),
    "verify": (calls.Verify(), "calls done. Esc stops", True),
    "rotate": (RotateStep(), "Creating web-staging", True),
    "stacks": (Stacks(), "Reading organizations", True),
}


@pytest.mark.parametrize(("kind", "words", "cut"), WAITS.values(), ids=WAITS)
async def test_a_wait_is_said_and_esc_ends_it(
    kind: calls.Kind, words: str, cut: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(monkeypatch, **kind.options) as (table, _line):
        await kind.begin(table)
        kind.before(table)
        method, path = kind.hits.replace(r"\w+", "*").split(" ")
        delay = LONG if cut else SHORT
        table.sandbox.fail(f"delay={delay}", method=method, path=f"/v3{path}")
        await table.press(kind.key)
        await table.until(words)
        assert not settled(table)()
        since = monotonic()
        await table.press("escape")
        await table.until(settled(table))
        assert not cut or monotonic() - since < LONG / 2
        await table.until(
            lambda: not table.app.screen.query_one(StatusLine).text.endswith("…")
        )
        # Whatever key comes next is heard.
        while (
            not isinstance(table.app.screen, TokensScreen)
            and "E-mail and password" not in table.text
        ):
            await table.press("escape")
            await table.pilot.pause()
        await table.press("question_mark")
        await table.until("WHAT IT DOES")
