"""Random `.env` files, built from what people and programs write in them."""

from __future__ import annotations

from hypothesis import strategies as st

OURS = ("CONTENTSTACK_API_KEY", "CONTENTSTACK_DELIVERY_TOKEN")

_KEYS = st.sampled_from([*OURS, *OURS, "OTHER", "A.B-C", "X", "export"])
_BEFORE_KEY = st.sampled_from(
    [
        "",
        "",
        "",
        "",
        "  ",
        "\t",
        "export ",
        "export\t",
        "\u00a0",
        "\ufeff",
        "'",
        "# ",
        "#",
    ]
)
_SIGNS = st.sampled_from(
    ["=", "=", "=", "=", " = ", "= ", " =", "=\t", ": ", ":", ":\t", "", " ", "'="]
)
_VALUES = st.sampled_from(
    [
        "",
        "old",
        "csold00000000",
        "a b",
        "a#b",
        "#a",
        "it's",
        "'old'",
        '"old"',
        "`old`",
        "'two\nlines'",
        '"two\nOTHER=inside\nlines"',
        "`two\nX=inside\nlines`",
        "'open",
        '"open',
        "`open",
        "'a' b",
        "\"a\" 'b'",
        r"'it\'s'",
        r'"say \"hi\""',
        r'"a\\"',
        r"'a\\'",
        r'"\n\t\r\$"',
        "${OTHER}",
        "$OTHER",
        "op://vault/item",
        "é",
        "a=b",
        "\u2028X=1",
        "\x0b\x0c\x85",
        "\udce9",
    ]
)
_AFTER = st.sampled_from(
    ["", "", "", " ", "  ", " # why", "# why", " #'", ' # "', "\t#`", " ; x"]
)
_ENDINGS = st.sampled_from(["\n", "\n", "\r\n", "\r", "\n\n", "\u2028", ""])
_BINDINGS = st.builds("".join, st.tuples(_BEFORE_KEY, _KEYS, _SIGNS, _VALUES, _AFTER))
_LINES = _BINDINGS | st.sampled_from(
    ["", " ", "# it's", "word", "two words", "'", '"', "`", "=", "KEY", "---", "export"]
)
_PIECES = st.lists(st.tuples(_LINES, _ENDINGS), max_size=6)

_FILES = st.builds(
    lambda mark, pieces: mark + "".join(line + end for line, end in pieces),
    st.sampled_from(["", "", "", "\ufeff"]),
    _PIECES,
)
_NOISE = st.text(
    alphabet="AX=:#'\"`\\$ \t\n\r.-exportn\ufeff\u2028\u00a0\x85\x1c", max_size=30
)

FILES = _FILES | _FILES | _FILES | _NOISE
