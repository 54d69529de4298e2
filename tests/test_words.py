"""The program's sentences use one plain word for each thing."""

from __future__ import annotations

import re

import pytest

from tools.strings import Sentence, in_source, sentences

# What not to write, and what to write instead.
BANNED = {
    r"made|make again|making": "create, created",
    r"till": "until",
    r"hand(s|ed)? out": "export",
    r"twins?": "replacement",
    r"leave (it |this |that |one )?out|left out": "skip",
    r"reads? again": "refresh, or: Press r to retry",
    r"to the other tab": "switch tab",
    r"unmask(s|ed)?": "reveal",
    r"hints?": "warning",
    r"take(s|n)? (a copy )?back": "clear the clipboard",
    r"mend(s|ed)?": "fix",
    r"log(s|ged)? (in|out|on)": "sign in, sign out",
    r"logins?": "session, credential",
    r"holds? all these words": "No matches.",
    r"to be had|be had": "can't, couldn't",
    r"is told|are told|tells how": "say, show",
    r"that which": "what",
    r"\w+ (and \w+ )?alone": "only",
    r"exclude each other": "can't be used together",
    r"anew": "again",
    r"meanwhile": "in the meantime",
    r"(?<!there )(is|are) no": "isn't a, or: there's no",
    r"somebody": "someone",
    r"than you asked(?! for)": "than you asked for",
    r"(may|can) end it": "may delete it",
    r"perhaps": "maybe",
}
# Answers of Contentstack's own, which the sandbox gives word for word.
SANDBOX_ANSWERS = "tui/sandbox/"
ALLOWED = (
    # A command of csdx's.
    "csdx auth:login",
    # Said only to whoever programs with it.
    "a Secret is made from a str",
)


@pytest.mark.parametrize(("banned", "instead"), BANNED.items())
def test_no_sentence_has_a_word_that_was_replaced(banned: str, instead: str) -> None:
    found = [str(each) for each in sentences() if _has(banned, each)]
    assert not found, f"write instead: {instead}\n" + "\n".join(found)


def test_every_allowed_exception_is_still_there() -> None:
    texts = "\n".join(each.text for each in sentences())
    assert [words for words in ALLOWED if words not in texts] == []


def test_the_list_has_what_users_see_and_nothing_else() -> None:
    source = '''
"""The docstring of the module."""

@click.command()
def list_tokens():
    """Make the help of a command."""
    say(f"Press {key('new or old')} now", "warn")
    say("one" " sentence")

def helper():
    """Make something."""
'''
    assert [each.text for each in in_source("tui/cli/example.py", source)] == [
        "Make the help of a command.",
        "Press {key('new or old')} now",
        "new or old",
        "one sentence",
    ]


def test_the_docstrings_of_settings_are_in_the_list() -> None:
    assert any(each.text.startswith("The stack's API key") for each in sentences())


def _has(banned: str, sentence: Sentence) -> bool:
    if sentence.path.startswith(SANDBOX_ANSWERS):
        return False
    # What stands in braces is code; strings within it are sentences of their own.
    text = re.sub(r"\{.*?\}", "", sentence.text)
    for allowed in ALLOWED:
        text = text.replace(allowed, "")
    return re.search(rf"(?<![\w-])(?:{banned})\b", text, re.IGNORECASE) is not None
