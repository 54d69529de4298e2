"""Who answered: anything not in the API's format isn't a verdict."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.contentstack.fakes import AUTHTOKEN, token_value
from tui.contentstack.errors import ContentstackError, NotContentstack
from tui.contentstack.exchange import Answer, Call, judged
from tui.secret import Secret

PLACE = "AWS NA, api.contentstack.io"
BLOCKED = b"<html><head><title>Blocked</title></head><body>ACME Gateway</body></html>"


def answer(
    status: int, body: bytes, *, method: str = "GET", secrets: Any = (), **headers: str
) -> Answer:
    call = Call(method, "https://api.contentstack.io/v3/x", PLACE, secrets=secrets)
    return Answer(call, status, body, **headers)


def foreign(status: int, body: bytes, **options: Any) -> NotContentstack:
    error = judged(answer(status, body, **options))
    assert type(error) is NotContentstack
    return error


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
# Known gateway responses: AWS, Cloudflare, Google, Kong, Spring, GraphQL.
gateways_json = st.sampled_from(
    [
        {},
        {"message": "Forbidden"},
        {"Message": "User is not authorized"},
        {"error": "blocked"},
        {"error": {"code": 403, "message": "blocked", "status": "PERMISSION_DENIED"}},
        {"code": 105, "message": "blocked"},
        {"success": False, "errors": [{"code": 1020, "message": "denied"}]},
        {"title": "Error 1020", "status": 403, "error_code": 1020},
        {"timestamp": 1, "status": 401, "error": "Unauthorized", "path": "/v3/user"},
        {"errors": {"authtoken": ["is not valid."]}},
        {"error_message": "", "error_code": None},
        {"error_message": None, "error_code": True},
        {"error_message": ["No."], "error_code": "105"},
    ]
)
pages = st.one_of(
    st.sampled_from(
        [b"", b" \n", BLOCKED, b"<html>", b"Forbidden", b"{", b"[" * 100_000]
    ),
    st.text(max_size=30).map(
        lambda text: f"<title>{text}</title>".encode("utf-8", "replace")
    ),
    st.binary(max_size=40).filter(lambda body: not body.lstrip().startswith(b"{")),
    json_values.filter(lambda value: not isinstance(value, dict)).map(
        lambda value: json.dumps(value).encode()
    ),
)
refusals = (
    json_values.filter(
        lambda value: (
            isinstance(value, dict)
            and not {"error_message", "error_code"} & value.keys()
        )
    )
    | gateways_json
).map(lambda value: json.dumps(value).encode())


@given(st.integers(200, 599), pages, st.sampled_from(["GET", "POST", "PUT", "DELETE"]))
@example(407, b'{"error_message": "Sign in to the proxy", "error_code": 105}', "GET")
@example(302, b'{"error_message": "Moved", "error_code": 105}', "GET")
def test_what_is_no_object_is_no_verdict_whatever_the_status(
    status: int, body: bytes, method: str
) -> None:
    error = foreign(status, body, method=method)
    assert (error.status, error.code, error.place) == (status, None, PLACE)
    assert error.remedy not in ("sign_in", "region", "stacks")
    assert PLACE in str(error)
    assert f"status {status}" in str(error)
    assert str(error).isprintable()
    assert len(str(error)) < 600


@given(st.integers(400, 599), refusals)
def test_nor_is_an_object_without_contentstacks_members(
    status: int, body: bytes
) -> None:
    assert str(foreign(status, body))


@given(
    st.integers(400, 599).filter(lambda status: status not in (407, 511)),
    st.text(min_size=1),
)
def test_but_its_own_words_are(status: int, words: str) -> None:
    body = json.dumps({"error_message": f"x{words}"}).encode()
    error = judged(answer(status, body))
    assert isinstance(error, ContentstackError)
    assert not isinstance(error, NotContentstack)


@pytest.mark.parametrize(
    ("status", "body", "headers", "words"),
    [
        (
            403,
            BLOCKED,
            {"server": "ACME SWG/9"},
            "titled “Blocked”, status 403, server ACME SWG/9.",
        ),
        (
            401,
            b"<TITLE >\n Sign &amp;\n in </TITLE>",
            {},
            "a web page titled “Sign & in”, status 401.",
        ),
        (200, b"<!doctype html><p>Hello", {}, "a web page, status 200."),
        (404, b"nothing here", {}, "something that isn't JSON, status 404."),
        (412, b"", {}, "an empty answer, status 412."),
        (401, b"[]", {}, "a JSON list, status 401."),
        (401, b'"no"', {}, "a JSON string, status 401."),
        (401, b"401", {}, "a JSON number or boolean, status 401."),
        (401, b"null", {}, "JSON null, status 401."),
        (
            401,
            b'{"message": "Forbidden"}',
            {},
            "JSON that says “Forbidden”, status 401.",
        ),
        (401, b'{"ok": false}', {}, "JSON in another form, status 401."),
        (
            302,
            b"",
            {"location": "https://corp.example.com/login?to=x"},
            "to corp.example.com, not",
        ),
        (
            302,
            b"",
            {"location": "//corp.example.com:8443/"},
            "to corp.example.com:8443, not",
        ),
        (
            302,
            b"",
            {"location": "https://ana:pw@corp.example.com/"},
            "to corp.example.com, not",
        ),
        (303, b"", {"location": "https://[bad"}, "a redirect, not"),
        (308, b"", {"location": "/elsewhere"}, "a redirect, not"),
        (304, b"", {}, "a redirect, not"),
    ],
)
def test_what_answered_is_said(
    status: int, body: bytes, headers: dict[str, str], words: str
) -> None:
    error = foreign(status, body, **headers)
    assert words in str(error)
    assert str(error).endswith(
        "Is there a proxy, web filter or sign-in page in between?"
    )
    assert "pw" not in str(error)


def test_a_page_that_repeats_a_secret_or_steers_the_terminal_is_cleaned() -> None:
    private = (AUTHTOKEN, "hunter2&go", token_value("3"))
    told = f"\x1b]52;c;eA==\x07 {AUTHTOKEN} hunter2&amp;go {token_value('3')}"
    secrets = tuple(map(Secret, private))
    said = [
        foreign(403, f"<title>{told}".encode(), secrets=secrets),
        foreign(403, json.dumps({"error": told}).encode(), secrets=secrets),
        foreign(403, b"", server=told, secrets=secrets),
        foreign(302, b"", location=f"https://{AUTHTOKEN}.example.com", secrets=secrets),
    ]
    for error in said:
        assert not [secret for secret in private if secret in f"{error} {error!r}"]
        assert str(error).isprintable()


def test_endless_titles_end() -> None:
    error = foreign(403, b"<title>" + b"x" * 1_000_000, server="y" * 9999)
    assert len(str(error)) < 400
    assert foreign(403, b"<title" * 200_000)


@pytest.mark.parametrize(
    "status", [200, 201, 303, 401, 403, 404, 412, 429, 451, 500, 502]
)
def test_a_write_that_a_page_answers_may_have_been_carried_out(status: int) -> None:
    error = foreign(status, BLOCKED, method="POST")
    assert error.may_have_happened
    assert "It may or may not have happened" in str(error)
    assert not foreign(status, BLOCKED).may_have_happened


@pytest.mark.parametrize("status", [301, 302, 307, 308, 407, 511])
def test_but_not_where_it_surely_was_not_passed_on(status: int) -> None:
    assert not foreign(status, BLOCKED, method="POST").may_have_happened


@pytest.mark.parametrize("status", [200, 201])
def test_an_object_with_a_good_status_is_an_answer(status: int) -> None:
    good = judged(answer(status, b'{"user": {}}'))
    assert isinstance(good, Answer)
    assert good.object() == {"user": {}}
