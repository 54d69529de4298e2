"""Everything about one token in labelled lines, its values masked."""

from __future__ import annotations

from datetime import datetime

from tui.contentstack.models import Token
from tui.messages.ages import ago, day_and_time, expiry
from tui.messages.names import user_name
from tui.messages.rights import access_in_full, rights_words
from tui.messages.scopes import environment_words, scope_words
from tui.secret import Secret
from tui.workspace.snapshot import Snapshot


def token_lines(
    token: Token, snapshot: Snapshot, now: datetime
) -> list[tuple[str, str]]:
    """Return what is known of a token, each line with its label."""
    creator = user_name(token.created_by, snapshot)
    return [
        ("Name", token.name),
        ("Kind", token.kind),
        ("Uid", token.uid),
        ("Description", token.description or "none"),
        *_of_kind(token, now),
        ("Created", f"{day_and_time(token.created_at)} by {creator}"),
        ("Updated", ago(token.updated_at or token.created_at, now)),
    ]


def _of_kind(token: Token, now: datetime) -> list[tuple[str, str]]:
    reach = scope_words(token.scope)
    if token.kind == "management":
        notice = "on" if token.email_notice else "off"
        return [
            ("Access", access_in_full(token)),
            ("Modules", rights_words(token)),
            ("Reaches", reach),
            ("Expires", expiry(token.expires_on, now)),
            ("E-mail notice", notice),
        ]
    return [
        ("Environment", environment_words(token.scope)),
        ("Reaches", reach),
        ("Token", _shown(token.value)),
        ("Preview", _shown(token.preview)),
    ]


def _shown(value: Secret | None) -> str:
    if not value:
        return "none"
    return f"{value.masked} · fingerprint {value.fingerprint}"
