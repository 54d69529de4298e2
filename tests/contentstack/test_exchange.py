from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contentstack.fakes import AUTHTOKEN, token_value
from tui.contentstack.errors import (
    ContentstackError,
    EnvironmentRefused,
    Invalid,
    LoginRefused,
    NotAllowed,
    NotFound,
    PlanLacks,
    RateLimited,
    SecondFactorNeeded,
    ServerFailed,
    SignedOut,
    StackNotFound,
    cleaned,
)
from tui.contentstack.exchange import Answer, Call, judged, recast, refusal
from tui.secret import Secret

PLACE = "AWS NA, api.contentstack.io"
NO_CODE = {"error_message": "Please set a valid 'Content-Type' header"}


def answer(
    status: int,
    body: object = None,
    *,
    write: bool = False,
    secrets: tuple[Secret, ...] = (),
) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    call = Call(
        "POST" if write else "GET",
        "https://api.contentstack.io/v3/x",
        PLACE,
        secrets=secrets,
    )
    return Answer(call, status, raw)


def envelope(
    code: object, message: str = "A message.", errors: object = None
) -> dict[str, Any]:
    body: dict[str, Any] = {"error_message": message, "error_code": code}
    return body if errors is None else body | {"errors": errors}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, envelope(105, errors={"authtoken": ["is not valid."]}), SignedOut),
        (422, envelope(105), SignedOut),
        (401, envelope(161), EnvironmentRefused),
        (422, envelope(161), EnvironmentRefused),
        (401, envelope(294), SecondFactorNeeded),
        (422, envelope(294, errors=[]), SecondFactorNeeded),
        (422, envelope(104), LoginRefused),
        (400, envelope(104, "Your account is temporarily locked."), LoginRefused),
        (401, envelope(295), LoginRefused),
        (403, envelope(316), NotAllowed),
        (422, envelope(901), NotAllowed),
        (403, envelope(0), NotAllowed),
        (412, envelope(109), StackNotFound),
        (422, envelope(21, "Stack not found"), StackNotFound),
        (412, NO_CODE, StackNotFound),
        (401, NO_CODE, SignedOut),
        (404, NO_CODE, NotFound),
        (422, envelope(141, "The requested object doesn't exist."), NotFound),
        (422, envelope(118), NotFound),
        (400, envelope(141, "Delivery Token was not found."), NotFound),
        (
            422,
            envelope(141, "Delivery Token creation failed. Please try again."),
            Invalid,
        ),
        (409, envelope(119), Invalid),
        (400, NO_CODE, Invalid),
        (422, envelope(600, "Not included."), PlanLacks),
        (422, envelope(141, "Live Preview is Not Included In Your Plan."), PlanLacks),
        (429, envelope(429, "Too many requests"), RateLimited),
        (429, NO_CODE, RateLimited),
        (500, envelope(105), ServerFailed),
        (502, envelope(502, "Bad gateway"), ServerFailed),
        (503, NO_CODE, ServerFailed),
        (401, {"error_code": 105}, SignedOut),
    ],
)
def test_what_an_error_answer_means(
    status: int, body: object, kind: type[ContentstackError]
) -> None:
    error = judged(answer(status, body))
    assert type(error) is kind
    assert error.status == status
    assert error.place == PLACE
    assert PLACE in str(error)
    assert str(error).endswith(".")


@pytest.mark.parametrize(
    ("errors", "details"),
    [
        ({"name": ["is not unique."]}, (("name", "is not unique."),)),
        ({"name": "is required"}, (("name", "is required"),)),
        ({"name": ["a", "b"], "scope": []}, (("name", "a"), ("name", "b"))),
        (
            {"scope": {"environments": ["is empty"]}},
            (("scope.environments", "is empty"),),
        ),
        (
            ["first", {"name": "second"}, 3],
            (("", "first"), ("name", "second"), ("", "3")),
        ),
        ("plain", (("", "plain"),)),
        ({}, ()),
        ([], ()),
        ({"name": None, "x": True, "y": " "}, ()),
    ],
)
def test_details_in_every_shape(
    errors: object, details: tuple[tuple[str, str], ...]
) -> None:
    error = refusal(answer(422, envelope(141, errors=errors)))
    assert error.details == details
    assert all(reason.rstrip(".") in str(error) for _, reason in details)


def test_the_sentence_tells_field_reason_place_and_the_servers_words() -> None:
    body = envelope(
        141,
        "Delivery Token creation failed. Please try again.",
        {"scope.branch_or_alias": ["is a required field"]},
    )
    error = refusal(answer(422, body, write=True))
    assert str(error) == (
        "Contentstack refused it (AWS NA, api.contentstack.io):"
        " scope.branch_or_alias is a required field."
        " Delivery Token creation failed. Please try again."
    )
    assert error.server_message == "Delivery Token creation failed. Please try again."
    assert error.code == 141
    assert not error.may_have_happened


def test_a_refusal_without_words_tells_its_status() -> None:
    assert "status 418 without a reason" in str(refusal(answer(418, {})))


def test_messages_under_other_keys() -> None:
    assert (
        refusal(answer(400, {"message": "invalid token"})).server_message
        == "invalid token"
    )
    assert refusal(answer(400, {"error": "bad_request", "code": 7})).code == 7
    assert refusal(answer(400, {"error_message": 3, "error": {}})).server_message == ""


def test_only_a_failed_write_is_in_doubt() -> None:
    in_doubt = refusal(answer(502, b"", write=True))
    assert in_doubt.may_have_happened
    assert "may or may not" in str(in_doubt)
    assert not refusal(answer(502, b"")).may_have_happened
    assert not refusal(answer(429, b"", write=True)).may_have_happened


@pytest.mark.parametrize(
    ("kind", "remedy"),
    [
        (SignedOut, "sign_in"),
        (StackNotFound, "region"),
        (PlanLacks, None),
        (ServerFailed, "refresh"),
        (Invalid, None),
    ],
)
def test_what_helps(kind: type[ContentstackError], remedy: str | None) -> None:
    assert kind("x").remedy == remedy


def test_nothing_secret_and_nothing_that_steers_is_repeated() -> None:
    message = (
        f"\x1b[31mno {AUTHTOKEN} and {token_value('3')} and {'b' * 9} and blt{'c' * 16}"
    )
    body = envelope(141, message, {AUTHTOKEN: [message], "token": [token_value("4")]})
    error = refusal(answer(422, body, secrets=(Secret(AUTHTOKEN), Secret("b" * 9))))
    told = f"{error} {error.details} {error.server_message} {error!r} {vars(error)}"
    for private in (
        AUTHTOKEN,
        token_value("3"),
        token_value("4"),
        "b" * 9,
        "c" * 16,
        "\x1b",
    ):
        assert private not in told
    assert "bltcccc…" in told


def test_a_bearer_token_is_hidden_without_its_word_too() -> None:
    assert cleaned("got abc.def-123", (Secret("Bearer abc.def-123"),)) == "got [hidden]"


def test_a_secret_that_is_part_of_another_leaves_nothing_of_it() -> None:
    assert (
        cleaned("got abc123456def", (Secret("123456"), Secret("abc123456def")))
        == "got [hidden]"
    )


def test_short_texts_are_no_secrets() -> None:
    assert (
        cleaned("a name is not valid", (Secret("a"), Secret("")))
        == "a name is not valid"
    )


@given(st.text(), st.text("0123456789", min_size=6))
def test_a_known_secret_never_comes_through(text: str, secret: str) -> None:
    assert secret not in cleaned(f"{text}({secret}){text}", (Secret(secret),))


def test_endless_messages_end() -> None:
    error = refusal(
        answer(
            422, envelope(141, "x" * 100_000, {str(i): ["y" * 999] for i in range(500)})
        )
    )
    assert len(str(error)) < 4000
    assert len(error.details) == 12


@given(
    st.integers(400, 599),
    st.binary(max_size=40)
    | st.recursive(st.none() | st.text(), st.lists).map(
        lambda v: json.dumps(v).encode()
    ),
)
def test_any_body_becomes_an_error_with_a_sentence(status: int, body: bytes) -> None:
    assert str(refusal(answer(status, body)))


def test_json_of_an_answer() -> None:
    assert answer(200, {"a": 1}).object() == {"a": 1}


def test_a_bad_answer_to_a_write_leaves_it_in_doubt() -> None:
    error = answer(201, {}, write=True).bad("$.token.name", "Expected `str`")
    assert error.may_have_happened
    assert "$.token.name" in str(error)


def test_an_error_in_a_good_answer_is_an_error() -> None:
    with pytest.raises(SignedOut):
        answer(200, envelope(105)).object()


def test_recast_keeps_the_facts() -> None:
    error = recast(refusal(answer(401, envelope(99, "No such code."))), LoginRefused)
    assert str(error) == f"Contentstack refused the sign-in ({PLACE}): No such code."
    assert (error.code, error.status, error.server_message, error.remedy) == (
        99,
        401,
        "No such code.",
        "sign_in",
    )
