"""Text around a value is removed; anything else is refused without quoting it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.contentstack.dressing import Dressing, NoValue, stand_in, told, undress

HEX = st.text("0123456789abcdef", min_size=16, max_size=40)
VALUES = st.builds(str.__add__, st.sampled_from(["blt", "cs"]), HEX)
TOKEN = "cs" + "9f" * 15

D = Dressing
DRESSED: dict[str, tuple[Callable[[str], str], set[Dressing]]] = {
    "double quotes": (lambda value: f'"{value}"', {D.QUOTES}),
    "single quotes": (lambda value: f"'{value}'", {D.QUOTES}),
    "typographic quotes": (lambda value: f"“{value}”", {D.QUOTES}),
    "other quotes": (lambda value: f"«{value}»", {D.QUOTES}),
    "a backtick": (lambda value: f"`{value}`", {D.QUOTES}),
    "half a pair": (lambda value: f'{value}"', {D.QUOTES}),
    "quotes of JSON in JSON": (lambda value: f'\\"{value}\\"', {D.QUOTES}),
    "whitespace": (lambda value: f"  {value}\t", {D.SPACE}),
    "a space that does not break": (lambda value: f"\u00a0{value}", {D.SPACE}),
    "no width": (lambda value: f"{value}\u200b", {D.INVISIBLE}),
    "no width within": (lambda value: f"{value[:5]}\u200d{value[5:]}", {D.INVISIBLE}),
    "a comma": (lambda value: f"{value},", {D.SIGN}),
    "a semicolon": (lambda value: f"{value};", {D.SIGN}),
    "a comment": (lambda value: f"{value} # of Ana's", {D.COMMENT}),
}
NAMED: dict[str, Callable[[str], str]] = {
    "a name": lambda value: f"CONTENTSTACK_TOKEN={value}",
    "a name with spaces": lambda value: f"TOKEN = {value}",
    "export": lambda value: f"export TOKEN={value}",
    "cmd": lambda value: f"set TOKEN={value}",
    "PowerShell": lambda value: f"$env:TOKEN = '{value}'",
    "docker": lambda value: f"-e TOKEN={value}",
    "JavaScript": lambda value: f'const token = "{value}";',
    "YAML": lambda value: f"token: {value}",
    "a line of JSON": lambda value: f'"token": "{value}",',
    "a header": lambda value: f"access_token:{value}",
    "a header of curl's": lambda value: f"-H 'authtoken: {value}'",
    "authorization": lambda value: f"Authorization: {value}",
}


def refused(text: str) -> str:
    with pytest.raises(NoValue) as caught:
        undress(text)
    return str(caught.value)


@pytest.mark.parametrize("way", DRESSED)
@given(value=VALUES)
def test_what_can_only_be_dressing_comes_off_and_is_told(way: str, value: str) -> None:
    dress, removed = DRESSED[way]
    found = undress(dress(value))
    assert found.value.reveal() == value
    assert set(found.removed) == removed
    assert value not in told(found.removed)
    assert all(str(each) in told(found.removed) for each in removed)


@pytest.mark.parametrize("way", NAMED)
@given(value=VALUES)
def test_a_name_in_front_comes_off(way: str, value: str) -> None:
    found = undress(NAMED[way](value))
    assert found.value.reveal() == value
    assert Dressing.NAME in found.removed
    assert found.name


@given(
    VALUES,
    st.lists(st.sampled_from(sorted(DRESSED.keys() - {"a comment"})), max_size=3),
    st.sampled_from([*NAMED, ""]),
    st.lists(st.sampled_from(sorted(DRESSED.keys() - {"half a pair"})), max_size=2),
    st.sampled_from(["", "\n", "\r\n", "\r\nnotes below\n"]),
)
def test_any_dress_over_another_comes_off(
    value: str, inner: list[str], name: str, outer: list[str], end: str
) -> None:
    text = value
    for way in inner:
        text = DRESSED[way][0](text)
    text = NAMED[name](text) if name else text
    for way in outer:
        text = DRESSED[way][0](text)
    assert undress(text + end).value.reveal() == value


@given(VALUES)
def test_a_bare_value_stays_as_it_is(value: str) -> None:
    for text in (value, f"{value}\n", f"\n# mine\n{value}\nuser: ana\nx=1\n"):
        found = undress(text)
        assert (found.value.reveal(), found.removed) == (value, ())
        assert (found.bearer, found.name, told(found.removed)) == (False, "", "")


@pytest.mark.parametrize(
    ("text", "removed"),
    [
        ("Bearer {}", set()),
        ("bearer   {}", set()),
        ("Bearer Bearer {}", {Dressing.BEARER}),
        ("Bearer bearer Bearer {}", {Dressing.BEARER}),
        ("Authorization: Bearer {}", {Dressing.NAME}),
        ('"Bearer {}"', {Dressing.QUOTES}),
        ("TOKEN='Bearer {}'", {Dressing.NAME, Dressing.QUOTES}),
        ("Bearer '{}'", {Dressing.QUOTES}),
    ],
)
@pytest.mark.parametrize("value", [TOKEN, "eyJ.a-b_c.d~", "ab/c+d==", "abcd=="])
def test_bearer_is_told_from_the_value(
    text: str, removed: set[Dressing], value: str
) -> None:
    found = undress(text.format(value))
    assert (found.value.reveal(), found.bearer) == (value, True)
    assert set(found.removed) == removed


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        (" \r\n", "is empty"),
        ('""', "is empty"),
        ("\ufeff", "is empty"),
        ("Bearer", "is empty"),
        ("TOKEN=", "is empty"),
        ("TOKEN=''", "is empty"),
        ("${hush}", "a variable that wasn't expanded"),
        ("$hush", "a variable that wasn't expanded"),
        ("TOKEN=$hush", "a variable that wasn't expanded"),
        ('"${hush:-none}"', "a variable that wasn't expanded"),
        ("%hush%", "a variable that wasn't expanded"),
        ("{{ hush }}", "a variable that wasn't expanded"),
        ("${{ secrets.hush }}", "a variable that wasn't expanded"),
        ("$(cat hush)", "a variable that wasn't expanded"),
        ("<hush>", "is in angle brackets"),
        ("<YOUR_AUTHTOKEN>", "is in angle brackets"),
        (f"<{TOKEN}>", "is in angle brackets"),
        ("your-token-here", "is a placeholder"),
        ("YOUR_AUTHTOKEN", "is a placeholder"),
        ("changeme", "is a placeholder"),
        ("xxxxxxxxxxxx", "is a placeholder"),
        ("csxxxxxxxxxxxx", "is a placeholder"),
        ("null", "is a placeholder"),
        ("op://work/hush/authtoken", "is encrypted, or refers to a secret"),
        ("vault:secret/hush#x", "is encrypted, or refers to a secret"),
        ("ref+vault://hush", "is encrypted, or refers to a secret"),
        ("encrypted:BHushab12cd==", "is encrypted, or refers to a secret"),
        ("arn:aws:secretsmanager:hush", "is encrypted, or refers to a secret"),
        (f'{{"authtoken": "{TOKEN}"}}', "is JSON"),
        (f'{{\n  "authtoken": "{TOKEN}"\n}}', "is JSON"),
        (f'["{TOKEN}"]', "is JSON"),
        ("https://hush.example/?token=x", "is a URL"),
        ("-----BEGIN hush-----", "is a PEM key"),
        (f"A={TOKEN}\nB={TOKEN}\n", "is a file with several settings"),
        (
            f"# of Ana's\nexport A={TOKEN}\n\nB={TOKEN}\n",
            "is a file with several settings",
        ),
        (f"A={TOKEN} B={TOKEN}", "is a file with several settings"),
        ("cs••••hush", "is masked"),
        ("***", "is masked"),
        ("blt9hush...", "is masked"),
        ("hush hush", "such as a space"),
        (f"({TOKEN})", "such as a space"),
        ("Zürichhush", "such as a space"),
        ("a\0hush", "such as a space"),
    ],
)
def test_what_is_no_value_is_told_by_what_it_is(text: str, why: str) -> None:
    said = refused(text)
    assert why in said
    assert "hush" not in said
    assert TOKEN not in said
    assert said.endswith(".")


@pytest.mark.parametrize("value", ["x1", "cs-of-a-new-shape-0000000000", "a.b_c~d"])
def test_values_of_a_new_shape_are_values(value: str) -> None:
    assert undress(value).value.reveal() == value
    assert stand_in(value) == ""


@given(st.text(max_size=80))
def test_any_text_is_a_value_that_a_header_can_carry_or_refused(text: str) -> None:
    try:
        value = undress(text).value.reveal()
    except NoValue as wrong:
        value = str(wrong)
        assert len(text.strip()) < 8 or text.strip() not in value
    else:
        assert " " not in value
    assert value
    assert value.isascii()
    assert value.isprintable()
