"""What may outlive a run: a kept login, the stacks used last, values never taken, and answers given once."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tui.account.credential_reading import CredentialAbsent, CredentialRefused
from tui.account.credential_store import Place, forget, keep, keyring_installed, name_of
from tui.account.csdx import CsdxSession, CsdxUnreadable, csdx_session
from tui.account.state import (
    Untaken,
    forget_untaken,
    read_state,
    remember_arrival,
    remember_csdx,
    remember_stack,
    remember_untaken,
)
from tui.contentstack.credentials import Credential
from tui.contentstack.regions import Region
from tui.files import FileRefused


@dataclass(frozen=True)
class Memory:
    """Reads and writes the state of this user on this machine, for one profile. Nothing here raises."""

    environ: Mapping[str, str]
    profile: str | None = None

    def keep_login(self, region: Region, credential: Credential) -> str:
        """Keep a login after the user said yes, in the keyring or else in a file of 0600; what came of it."""
        name = name_of(region, self.profile)
        try:
            if keyring_installed():
                keep("keyring", self.environ, name, credential)
                return "The login is kept in the keyring; `tokendeck logout` ends it."
        except (CredentialRefused, CredentialAbsent):
            pass
        try:
            keep("file", self.environ, name, credential)
        except CredentialRefused as refusal:
            return f"The login could not be kept: {refusal}"
        return "The login is kept in a file that only you can read; `tokendeck logout` ends it."

    def forget_login(self, region: Region, place: Place) -> None:
        """Keep the login of a region no longer."""
        forget(place, self.environ, name_of(region, self.profile))

    @property
    def recent_stacks(self) -> tuple[str, ...]:
        """Uids of the stacks used last, the latest first."""
        return read_state(self.environ)[0].recent_stacks

    def remember_stack(self, uid: str) -> None:
        """The stack with this uid is the latest. Where that can't be written down, it is forgotten again."""
        try:
            remember_stack(self.environ, uid)
        except FileRefused:
            return

    def remember_untaken(self, token: Untaken) -> None:
        """Should the program end before the value is taken, the next start names the token."""
        try:
            remember_untaken(self.environ, token)
        except FileRefused:
            return

    def forget_untaken(self, *uids: str) -> None:
        """These values were taken, or given up."""
        try:
            forget_untaken(self.environ, uids)
        except FileRefused:
            return

    def untaken(self, stack: str, uids: Collection[str]) -> tuple[str, ...]:
        """The tokens of a stack whose values were never taken, by uid; those not among `uids` are gone."""
        known = [token.uid for token in read_state(self.environ)[0].untaken if token.stack == stack]
        gone = [uid for uid in known if uid not in uids]
        if gone:
            self.forget_untaken(*gone)
        return tuple(uid for uid in known if uid in uids)

    def arrivals(self) -> Mapping[str, bool]:
        """The answers on whether copies arrive, by place."""
        return read_state(self.environ)[0].arrivals

    def remember_arrival(self, place: str, arrived: bool) -> None:
        """Whether copies arrive at this place. Where that can't be written down, it is forgotten again."""
        with contextlib.suppress(FileRefused):
            remember_arrival(self.environ, place, arrived)

    def csdx_to_ask_about(self, current: Credential | None) -> CsdxSession | None:
        """The session of Contentstack's own CLI, unless it is the `current` one, or was refused once."""
        try:
            session = None if read_state(self.environ)[0].use_csdx is False else csdx_session(self.environ)
        except CsdxUnreadable:
            return None
        return session if session is not None and (session.expired or session.credential != current) else None

    def answer_about_csdx(self, answer: bool) -> None:
        """Do not ask again."""
        try:
            remember_csdx(self.environ, answer)
        except FileRefused:
            return
