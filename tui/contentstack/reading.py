"""What the client's methods share: sign a request, find a model in its answer, read a list to its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tui.contentstack.answers import Answer
from tui.contentstack.credentials import Credential
from tui.contentstack.decoding import Model, ShapeError, decode, decode_all
from tui.contentstack.transport import Transport

PAGE = 100

# A server that makes up new rows for ever ends here.
_MOST_PAGES = 1000


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose requests these are, and for which stack and organization."""

    transport: Transport
    credential: Credential | None
    api_key: str = ""
    organization_uid: str = ""

    async def send(
        self,
        method: str,
        path: str,
        query: dict[str, str] | None = None,
        body: object = None,
        *,
        for_organization: bool = False,
    ) -> Answer:
        """A request with this caller's headers; `for_organization` adds the organization's."""
        return await self.transport.request(
            method,
            path,
            credential=self.credential,
            api_key=self.api_key,
            organization_uid=self.organization_uid if for_organization else "",
            query=query,
            body=body,
            bucket=self.organization_uid,
        )

    async def every(
        self,
        path: str,
        key: str,
        model: type[Model],
        query: dict[str, str] | None = None,
        *,
        for_organization: bool = False,
    ) -> tuple[Model, ...]:
        """All rows of a list, page by page, each uid once.

        A page that is not full ends the list unless `count` says that there is more, and so does one with
        nothing new: a server that knows no `skip` sends the same page for ever.
        """
        found: dict[str, Model] = {}
        taken = 0
        for _ in range(_MOST_PAGES):
            asked = {**(query or {}), "limit": str(PAGE), "skip": str(taken), "include_count": "true"}
            answer = await self.send("GET", path, asked, for_organization=for_organization)
            page = answer.object()
            rows = many(answer, page, key, model)
            fresh = {uid: row for row in rows if (uid := getattr(row, "uid", "")) not in found}
            found |= fresh
            received = len(page[key])
            taken += received
            count = page.get("count")
            is_last = taken >= count if isinstance(count, int) and count > 0 else received < PAGE
            if is_last or not fresh:
                break
        return tuple(found.values())


def many(answer: Answer, page: dict[str, Any], key: str, model: type[Model]) -> tuple[Model, ...]:
    """The rows under `key`.

    Raises:
        BadAnswer: if they are not there or not of that shape.
    """
    try:
        return decode_all(model, page.get(key), f"$.{key}")
    except ShapeError as error:
        path, reason = error.path, error.reason
    raise answer.bad(path, reason)


def one(answer: Answer, key: str, model: type[Model]) -> Model:
    """The model under `key`, or alone in a list under the plural of it, as some samples of the API have it.

    Raises:
        BadAnswer: if it is not there or not of that shape.
    """
    page = answer.object()
    raw, at = page.get(key), f"$.{key}"
    plural = page.get(f"{key}s")
    if raw is None and isinstance(plural, list) and len(plural) == 1:
        raw, at = plural[0], f"$.{key}s[0]"
    try:
        return decode(model, raw, at)
    except ShapeError as error:
        path, reason = error.path, error.reason
    raise answer.bad(path, reason)


def has(answer: Answer, key: str) -> bool:
    """Whether the answer to a write brings the thing it wrote."""
    page = answer.object()
    return page.get(key) is not None or bool(page.get(f"{key}s"))


def notice(answer: Answer) -> str:
    """The server's words about what it did, under `notice` or, as in some samples, `notice:`."""
    page = answer.object()
    text = page.get("notice", page.get("notice:", ""))
    return text if isinstance(text, str) else ""
