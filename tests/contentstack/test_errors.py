"""The exact sentences of all errors, and the tree that they form."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator

import pytest

from tui.contentstack import errors
from tui.contentstack.client import Client
from tui.contentstack.credentials import Credential
from tui.contentstack.errors import ContentstackError
from tui.contentstack.exchange import Answer, Call, judged, recast
from tui.contentstack.reach import reach
from tui.contentstack.regions import Region
from tui.contentstack.transport import Transport
from tui.secret import Secret

PLACE = "AWS NA, api.contentstack.io"
IN_DOUBT = " It may or may not have happened. Refresh before you try again."
NO_TRACE = " After a refresh, there's no trace of it in the stack."
REGION = Region("custom", "Ours", (), "https://cma.invalid", "", "")


def refused(status: int, body: object, *, method: str = "GET") -> ContentstackError:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    call = Call(method, "https://api.contentstack.io/v3/x", PLACE)
    error = judged(Answer(call, status, raw))
    assert isinstance(error, ContentstackError)
    return error


def said(code: int | None, message: str = "", fields: object = None) -> object:
    return {"error_code": code, "error_message": message, "errors": fields or {}}


FAILED = said(500, "Internal error.")

SENTENCES = [
    (429, said(429), "Too many requests for this organization right now (HERE)"
     ": status 429 without a reason."),
    (500, {"error_code": 901}, "Contentstack failed with status 500 (HERE)."),
    (502, FAILED, "Contentstack failed with status 502 (HERE): Internal error."),
    (401, said(105, "Log in!"), "You aren't signed in, or your session has ended (HERE): Log in!."),
    (401, said(294, "A code."), "Signing in needs a two-factor code (HERE): A code."),
    (422, said(104, "No."), "Contentstack refused the sign-in (HERE): No."),
    (403, said(316, "No."), "You aren't allowed to do that (HERE)"
     ": No."),
    (412, said(109, "No."), "No such stack here: the API key or the region is wrong (HERE): No."),
    (401, said(161, "No."), "The environment doesn't exist, or you aren't allowed to use it (HERE): No."),
    (404, said(141, "No."), "Contentstack couldn't find it (HERE): No."),
    (422, said(141, "No.", {"name": ["is bad.", "is long"], "x": "y"}),
     "Contentstack refused it (HERE): name is bad; name is long; x y. No."),
    (422, said(141, " ", {"name": ["is bad."]}),
     "Contentstack refused it (HERE): name is bad."),
    (422, said(600, "No."), "Your organization's plan doesn't include that (HERE)"
     ": No."),
    (403, b"<title>Blocked</title>", "The answer isn't from Contentstack (HERE): a web page"
     " titled “Blocked”, status 403. Is there a proxy, web filter or sign-in page in"
     " between?"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "sentence"), SENTENCES)
def test_what_is_said_of_each_refusal(status: int, body: object, sentence: str) -> None:
    assert str(refused(status, body)) == sentence.replace("HERE", PLACE)


@pytest.mark.parametrize(
    ("status", "body"), [(502, FAILED), (403, b"<title>Blocked</title>")]
)
def test_what_is_said_of_a_write_that_may_have_happened(
    status: int, body: object
) -> None:
    read = str(refused(status, body))
    assert str(refused(status, body, method="POST")) == read + IN_DOUBT


def test_what_became_of_a_write_is_said_once_and_anew() -> None:
    refusal = refused(422, said(141, "No."), method="POST")
    plain = str(refusal)
    assert str(refusal.in_doubt().in_doubt()) == plain + IN_DOUBT
    assert refusal.may_have_happened
    assert str(refusal.without_trace()) == plain + NO_TRACE
    assert not refusal.may_have_happened
    failed = refused(502, FAILED, method="PUT")
    assert str(failed.in_doubt()) == str(refused(502, FAILED)) + IN_DOUBT


def test_what_is_said_of_an_answer_of_another_form() -> None:
    call = Call("POST", "https://api.contentstack.io/v3/x", PLACE)
    error = Answer(call, 201, b"{}").bad("$.token.name", "expected `str`.")
    assert str(error) == (
        f"Tokendeck doesn't understand the answer ({PLACE}): at $.token.name,"
        f" expected `str`.{IN_DOUBT}"
    )


def test_another_kind_says_the_same_of_a_refusal() -> None:
    error = recast(refused(401, said(99, "No code.")), errors.LoginRefused)
    assert str(error) == f"Contentstack refused the sign-in ({PLACE}): No code."


def test_the_tree_at_the_top_of_the_module_shows_every_kind() -> None:
    drawn = re.findall(r"^( *)[*+-] (\w+)", errors.__doc__ or "", re.MULTILINE)
    assert [(len(indent) // 2, name) for indent, name in drawn] == [
        *tree(ContentstackError)
    ]


def tree(kind: type[ContentstackError], depth: int = 0) -> Iterator[tuple[int, str]]:
    yield depth, kind.__name__
    for each in kind.__subclasses__():
        if each.__module__ == errors.__name__:
            yield from tree(each, depth + 1)


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        (
            "SSL_CERT_FILE",
            "/no/such/file",
            "SSL_CERT_FILE, or the profile's ca_file, names certificates that Tokendeck"
            " can't use (Ours, cma.invalid): /no/such/file isn't there.",
        ),
        (
            "HTTPS_PROXY",
            "ftp://proxy.invalid",
            "HTTPS_PROXY names a proxy that Tokendeck can't use (Ours, cma.invalid):"
            " Tokendeck"
            " doesn't know ftp://. Write it as http://HOST:PORT in HTTPS_PROXY.",
        ),
    ],
)
async def test_what_is_said_of_an_environment_that_will_not_do(
    variable: str, value: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(errors.Unreachable) as caught:
        await Transport(REGION).request("GET", "/user")
    assert str(caught.value) == sentence


async def test_what_is_said_of_a_host_that_does_not_answer_in_time() -> None:
    transport = Transport(REGION, apps={REGION.cma: silent})
    trouble = (await reach(transport, REGION.cma, within=0.01)).trouble
    assert str(trouble) == "No answer within 0.01 seconds (cma.invalid)."
    await transport.aclose()


async def test_what_is_said_where_nothing_is_sent() -> None:
    transport = Transport(REGION, apps={REGION.cma: refusing}, read_only=True)
    client = Client(transport, Credential("authtoken", Secret("blt")))
    said = "Tokendeck is read-only here, so nothing was sent (Ours, cma.invalid)."
    with pytest.raises(errors.ReadOnly, match=f"^{re.escape(said)}$"):
        await client.stack("blt").delete_delivery_token("blt")
    said = "The region Ours has no URL for this API."
    with pytest.raises(errors.Invalid, match=f"^{re.escape(said)}$"):
        await transport.request("GET", "/assets", base="")
    said = "This isn't a Contentstack uid, so nothing was sent."
    with pytest.raises(errors.NotFound, match=f"^{re.escape(said)}$"):
        await client.stack("blt").delete_delivery_token("..")
    said = (
        "The value for access_token has characters that can't be sent"
        " (Ours, cma.invalid)."
    )
    with pytest.raises(errors.Invalid, match=f"^{re.escape(said)}$"):
        await transport.request("GET", "/assets", headers={"access_token": "é"})
    await transport.aclose()
    said = "The connection is closed (Ours, cma.invalid)."
    with pytest.raises(errors.Interrupted, match=f"^{re.escape(said)}$"):
        await client.organizations()


async def test_what_is_said_of_a_broken_connection_and_of_an_account_with_sso() -> None:
    transport = Transport(REGION, apps={REGION.cma: broken}, sleep=nap)
    broke = "The connection broke before the whole answer arrived (Ours, cma.invalid)."
    with pytest.raises(errors.Interrupted, match=f"^{re.escape(broke)}$"):
        await Client(transport, None).organizations()
    with pytest.raises(
        errors.Interrupted, match=f"^{re.escape(broke + IN_DOUBT)}$"
    ) as caught:
        await Client(transport, None).stack("blt").create_preview_token("blt")
    assert caught.value.may_have_happened
    await transport.aclose()
    transport = Transport(REGION, apps={REGION.cma: signing_in})
    said = (
        "Contentstack didn't return an authtoken (Ours, cma.invalid): this account"
        " uses SSO. Get an OAuth token with `csdx auth:login --oauth`."
    )
    with pytest.raises(errors.LoginRefused, match=f"^{re.escape(said)}$"):
        await Client(transport, None).log_in("a@b.example", Secret("password"))
    await transport.aclose()


async def silent(_scope: object, _receive: object, _send: object) -> None:
    await asyncio.Event().wait()


async def refusing(_scope: object, _receive: object, _send: object) -> None:
    raise AssertionError("nothing is to be sent")


async def broken(_scope: object, _receive: object, _send: object) -> None:
    raise OSError("broken")


async def signing_in(
    _scope: object, _receive: object, send: Callable[[object], Awaitable[None]]
) -> None:
    body = json.dumps({"user": {"uid": "blt"}}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


async def nap(_seconds: float) -> None:
    pass
