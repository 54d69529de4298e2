"""Signing in: by e-mail and password, by an authtoken pasted unseen, or to the demo.

It opens by itself, over whatever is on the screen, when nobody is signed in or a
session has expired; what you were doing continues afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Label, Static

from tui.account.credential_reading import CredentialRefused, credential_in
from tui.account.credential_store import CredentialPlace, keep_sign_in
from tui.account.csdx import session_to_offer
from tui.commands import Place
from tui.conditions import Moment
from tui.connection.connection import ConnectionMissing
from tui.connection.demo import demo_connection
from tui.contentstack.credentials import Credential
from tui.contentstack.errors import (
    BadAnswer,
    ContentstackError,
    MayPass,
    SecondFactorNeeded,
)
from tui.contentstack.regions import REGIONS, Region, UnknownRegion, find_region
from tui.files.refusal import Refused
from tui.screens.base import TokendeckScreen
from tui.screens.confirm import Confirm
from tui.secret import Secret
from tui.widgets.text_field import TextField

# By field name: the label above it, and its placeholder.
_FORM = {
    "region": (f"Region: {', '.join(region.id for region in REGIONS)}", ""),
    "email": ("E-mail and password", "you@example.com"),
    "password": ("", "password"),
    "code": ("Two-factor code", "six digits"),
    "authtoken": (
        "Or an authtoken, or Bearer and an OAuth token (neither is shown)",
        "paste it here",
    ),
}
_SESSIONS = "Contentstack keeps 20 sessions per user. A 21st ends the oldest."
_PLACES: dict[CredentialPlace, str] = {
    "keyring": "the keyring",
    "file": "a file that only you can read",
}
_SECRETS = ("password", "code", "authtoken")
# After these errors, the secrets haven't been checked yet.
_UNSEEN = (ConnectionMissing, MayPass, BadAnswer, UnknownRegion)


class SignInScreen(TokendeckScreen[None], place=Place.SIGN_IN):
    """A form that keeps everything except secrets after an error.

    Afterwards the account knows who is signed in.
    """

    def compose_body(self) -> Iterable[Widget]:
        """Yield the region, then the two ways in."""
        with Vertical(id="form"):
            for name, (label, empty) in _FORM.items():
                if label:
                    yield Label(label, id=f"{name}-label")
                hidden = name in ("password", "authtoken")
                yield TextField(
                    id=name,
                    placeholder=empty,
                    password=hidden,
                    glyphs=self.session.glyphs,
                )
            yield Static(_SESSIONS, classes="quiet", markup=False)

    def on_mount(self) -> None:
        """Start with the configured region, and without the second factor."""
        region = self.snapshot.region or REGIONS[0]
        self.field("region").value = region.id
        self._ask_code(False)
        self.set_focus(self.field("email"))
        told = (str(self.snapshot.trouble or ""), self.snapshot.notice)
        self.say(" ".join(filter(None, told)), "warn")
        self.run_worker(self._offer_csdx, group="sign-in")

    def field(self, name: str) -> TextField:
        """One of the form's fields."""
        return self.query_one(f"#{name}", TextField)

    def moment(self) -> Moment:
        """The current moment; the step is `code` once the code is asked for."""
        step = "code" if self.field("code").display else ""
        return replace(super().moment(), step=step)

    async def do_submit(self) -> None:
        """Sign in with what is in the form."""
        self.say("Signing in …")
        self.run_worker(self._sign_in, group="sign-in", exclusive=True)

    async def do_sms(self) -> None:
        """Have the code sent by SMS."""
        self.run_worker(self._request_sms, group="sign-in", exclusive=True)

    async def _request_sms(self) -> None:
        try:
            notice = await self.session.workspace.account.request_sms(*self._login())
        except ContentstackError as error:
            self.say(str(error), "error")
        else:
            asked = "Asked Contentstack to send the code by SMS."
            self.say(notice or asked, "good")

    async def do_demo(self) -> None:
        """Leave the form for the embedded stack."""
        demo = partial(demo_connection, clock=self.session.workspace.clock)
        self.read_anew(partial(self.session.workspace.restart, demo))
        self.dismiss()

    async def _sign_in(self) -> None:
        account = self.session.workspace.account
        try:
            await account.move_to(self._region())
            if pasted := self.field("authtoken").value:
                await account.use(credential_in(pasted, "What you pasted"))
            else:
                code = self.field("code").value.strip()
                await account.log_in(*self._login(), Secret(code) if code else None)
                # The sign-in stands even if the user leaves before answering.
                try:
                    await self._offer_to_keep()
                finally:
                    self._go_on()
                return
        except SecondFactorNeeded as needed:
            self._ask_code(True)
            words = needed.server_message or "Contentstack asks for a code"
            self.say(f"{words}. {self.session.key('sms')} sends it by SMS.", "warn")
        except CredentialRefused as refusal:
            # Nothing was sent. The next paste would be appended to this one, unseen.
            self._forget_secrets(["authtoken"])
            self.say(str(refusal), "error")
        except (ContentstackError, ValueError) as error:
            if not isinstance(error, _UNSEEN):
                # If the code is asked for, the password was right, and the next try
                # needs it.
                code_asked = self.field("code").display
                self._forget_secrets(["code"] if code_asked else _SECRETS)
            self.say(str(error), "error")
        else:
            self._go_on()

    async def _offer_to_keep(self) -> None:
        connection = await self.session.workspace.account.connection()
        memory = self.session.memory
        if memory is None or connection.credential is None or connection.demo:
            return
        question = "Save this session on this machine, where only you can read it?"
        if await self.show(Confirm(question)):
            sign_in = memory.environ, connection.region, connection.credential
            self.run_in_app(partial(self._keep, *sign_in), "keep")

    async def _keep(
        self, environ: Mapping[str, str], region: Region, credential: Credential
    ) -> None:
        profile = self.session.settings.profile
        try:
            place = await asyncio.to_thread(
                keep_sign_in, environ, profile, region, credential
            )
        except Refused as refusal:
            self.say(f"Couldn't save the session: {refusal}", "warn")
        else:
            where = _PLACES[place]
            self.say(f"Saved the session in {where}. `tokendeck logout` ends it.")

    async def _offer_csdx(self) -> None:
        """Offer the session of Contentstack's own CLI, which Tokendeck only reads."""
        account, memory = self.session.workspace.account, self.session.memory
        if memory is None:
            return
        try:
            current = (await account.connection()).credential
        except ConnectionMissing:
            return
        if memory.use_csdx is False:
            return
        looking = asyncio.to_thread(session_to_offer, memory.environ, current)
        session = await self.while_here(looking)
        if session is None or self._typed:
            # A question would take the next letter typed for an answer.
            return
        if session.expired:
            self.say(session.sentence, "warn")
            return
        answer = await self.show(Confirm(f"{session.sentence} Use it here?"))
        memory.answer_about_csdx(answer)
        if answer:
            await account.move_to(session.region)
            await account.use(session.credential, "csdx")
            self._go_on()

    @property
    def _typed(self) -> bool:
        names = ("email", "password", "code", "authtoken")
        return any(self.field(name).value for name in names)

    def _go_on(self) -> None:
        self.read_anew(self.session.workspace.reopen)
        if self.is_here:
            self._forget_secrets(_SECRETS)
        self.dismiss()

    def _region(self) -> Region:
        """Return the region typed; custom hosts keep their own name."""
        name = self.field("region").value
        if self.snapshot.region is not None and name == self.snapshot.region.id:
            return self.snapshot.region
        return find_region(name)

    def _login(self) -> tuple[str, Secret]:
        return self.field("email").value.strip(), Secret(self.field("password").value)

    def _ask_code(self, asked: bool) -> None:
        self.field("code").display = self.query_one("#code-label").display = asked
        if asked:
            self.set_focus(self.field("code"))
        self.draw_hints()

    def _forget_secrets(self, names: Iterable[str]) -> None:
        for name in names:
            self.field(name).value = ""
