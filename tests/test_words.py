"""The program's sentences use one plain word for each thing."""

from __future__ import annotations

import re

import pytest

from tools.strings import SOURCE, Sentence, filled_in, in_source, sentences

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
    r"asks? no host": "makes no network requests",
    r"(be|is|was) read to the end": "read in full",
    r"tak(e|es|en) off": "remove, removed",
    r"stands? (here|there|in|at)": "is here, is in",
    r"under way": "in progress",
    r"outlives?": "survive",
    r"(the|a|these|accepted|\w) finds": "findings",
    r"holds?(?! of)": "contains",
    r"(is|was|were|are|does|did|has|have) not": "isn't, wasn't, doesn't",
    r"was ended|is ended": "stopped",
    r"of yours": "your …",
    r"may lack": "may not include",
}
# Contentstack's own answers, which the sandbox repeats word for word.
SANDBOX_ANSWERS = "tui/sandbox/"
ALLOWED = (
    # A csdx command.
    "csdx auth:login",
    # Only programmers see these.
    "a Secret is made from a str",
    "a Secret does not change",
    "a Secret is not pickled",
    "a part of a choice list stands in a choice list",
    # Said to git, and by other people's programs.
    "(does ?n[o'’]?t|do not) exist",
)


@pytest.mark.parametrize(("banned", "instead"), BANNED.items())
def test_no_sentence_has_a_word_that_was_replaced(banned: str, instead: str) -> None:
    found = [str(each) for each in sentences() if _has(banned, each)]
    assert not found, f"write instead: {instead}\n" + "\n".join(found)


def test_no_comment_or_docstring_has_a_word_with_a_plainer_one() -> None:
    old = re.compile(r"\b(somebody|everybody|till|mend(?:s|ed)?)\b", re.IGNORECASE)
    texts = {str(path): path.read_text("utf-8") for path in SOURCE.rglob("*.py")}
    assert {
        name: old.findall(text) for name, text in texts.items() if old.search(text)
    } == {}


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


# Typical values of a message's placeholders, by a word in their code.
TYPICAL = {
    r"key|leave|close|over\b": "r",
    r"letter|spoken": "ru",
    r"count|len\(|number|status|seconds|total|left|stacks\b|size|most\b": "12",
    r"name": "web-production",
    r"host|\bat\b|place": "eu-api.contentstack.com",
    r"path|file": ".env",
    r"what|target|token|stack": "web-production",
    r"": "12345678",
}
MOST_COLUMNS = 80
# The program's help and settings, which are wrapped, and Contentstack's answers.
WRAPPED = ("tui/config/schema.py", "tui/sandbox/")
# If these were shorter, they'd lose their meaning or what to do next.
LONGER = (
    "this looks like a stack's own token",
    "The value of {lost.name} is lost",
    "Others can see the command line, so pipe the value in",
    "still on your terminal's clipboard, which can't be cleared",
    "several profiles, {known}. Choose one",
    "is encrypted, or refers to a secret stored elsewhere",
    "Open the host in a browser to see what answers",
    "Not known ({at}): not active yet, expired, deleted",
    "Not known ({at}): the stack has {name}",
    "Wrong region ({at})",
    "accepted it, but it can't be read back. Anything that",
)


def test_a_message_fits_on_a_line_of_80_columns() -> None:
    wide = [str(each) for each in sentences() if _is_too_wide(each)]
    assert [each for each in wide if not any(said in each for said in LONGER)] == []


def test_every_message_that_may_be_longer_is_still_there_and_still_is() -> None:
    wide = "\n".join(each.text for each in sentences() if _is_too_wide(each))
    assert [said for said in LONGER if said not in wide] == []


def _is_too_wide(sentence: Sentence) -> bool:
    """Return whether a message is cut off on the status line of a narrow terminal."""
    wrapped = sentence.is_paragraph or sentence.path.startswith(WRAPPED)
    return not wrapped and len(filled_in(sentence.text, _typical)) > MOST_COLUMNS


def _typical(code: str) -> str:
    return next(text for words, text in TYPICAL.items() if re.search(words, code))


def _has(banned: str, sentence: Sentence) -> bool:
    if sentence.path.startswith(SANDBOX_ANSWERS):
        return False
    # What's in braces is code; strings inside it are separate sentences.
    text = filled_in(sentence.text)
    for allowed in ALLOWED:
        text = text.replace(allowed, "")
    return re.search(rf"(?<![\w-])(?:{banned})\b", text, re.IGNORECASE) is not None
