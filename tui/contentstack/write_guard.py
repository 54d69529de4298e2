"""Refuses to send what would change something, where that isn't wanted."""

from __future__ import annotations

from dataclasses import dataclass

from tui.contentstack import errors

# Signing in and out changes nothing in a stack.
_SESSION = {
    ("POST", "/v3/user-session"),
    ("POST", "/v3/user/request_token_sms"),
    ("DELETE", "/v3/user-session"),
}


@dataclass(frozen=True)
class WriteGuard:
    """Decides whether a request may be sent.

    Attributes:
        read_only: refuse every write except signing in and out.
        dry_run: raise `DryRun` instead of each such write, even if it's read-only.
    """

    read_only: bool
    dry_run: bool

    def check(self, request: errors.DryRun) -> None:
        """Raise an error in place of a write that isn't wanted.

        Raises:
            DryRun: the request itself, in a dry run.
            ReadOnly: in read-only mode.
        """
        method, path = request.method, request.path
        if method == "GET" or (method, path) in _SESSION:
            return
        if self.dry_run:
            raise request
        if self.read_only:
            what = "Tokendeck is read-only here, so nothing was sent"
            raise errors.ReadOnly(what, place=request.place)
