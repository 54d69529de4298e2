from __future__ import annotations

import pytest

from tests.support.pilot import wait_for
from tests.widgets.host import SIZES, Host, shown
from tui.secret import Secret
from tui.widgets.glyphs import ASCII
from tui.widgets.secret_field import SecretField

VALUE = "cs" + "0123456789" * 3 + "9a2c"


def field() -> SecretField:
    return SecretField("Delivery token", Secret(VALUE), key_hint="c copy")


async def test_the_value_is_masked_until_it_is_asked_for_and_again_with_another_secret() -> (
    None
):
    app = Host(field())
    async with app.run_test(size=(80, 4)) as pilot:
        await wait_for(pilot, lambda: "cs••••9a2c" in shown(app)[0], "the mask")
        assert shown(app)[0].endswith("c copy")
        app.widget.concealed = not app.widget.concealed
        await wait_for(pilot, lambda: VALUE in shown(app)[0], "the value")
        app.widget.concealed = not app.widget.concealed
        await wait_for(pilot, lambda: VALUE not in shown(app)[0], "the mask again")
        app.widget.concealed = False
        assert not app.widget.concealed
        app.widget.set_secret(Secret(VALUE[::-1]))
        assert app.widget.concealed
        await wait_for(
            pilot, lambda: VALUE[::-1][-4:] in shown(app)[0], "the other secret"
        )
        assert VALUE[::-1] not in shown(app)[0]
        app.widget.concealed = True
        app.widget.set_secret(None)
        await wait_for(
            pilot,
            lambda: shown(app)[0].rstrip().endswith("none"),
            "no secret, and no key for it",
        )
        assert app.widget.secret is None


def test_nothing_prints_it() -> None:
    widget = field()
    widget.concealed = False
    assert VALUE not in repr(widget) + str(widget) + repr(widget.__dict__)


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (66, f"  Delivery token  {VALUE}      c copy"),
        (58, f"  Delivery token  {VALUE}"),
        (40, f"  {VALUE}"),
    ],
)
def test_a_revealed_value_is_whole_and_the_rest_gives_way(
    width: int, expected: str
) -> None:
    widget = field()
    widget.concealed = False
    assert "".join(text for text, _ in widget.line(0, width)) == expected


def test_ascii_labels_align() -> None:
    widget = SecretField("Preview", Secret(VALUE), label_width=14, glyphs=ASCII)
    assert (
        "".join(text for text, _ in widget.line(0, 40))
        == "  Preview         cs****9a2c"
    )


@pytest.mark.parametrize("size", SIZES)
async def test_every_size(size: tuple[int, int]) -> None:
    app = Host(field())
    async with app.run_test(size=size) as pilot:
        app.widget.concealed = False
        await wait_for(
            pilot, lambda: VALUE[:17] in shown(app)[0], "the value's beginning"
        )
        assert app.widget.render_line(0).cell_length <= size[0]
