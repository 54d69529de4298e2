"""Values that refer to the actual value: vault references, ciphers, variables.

If a plain-text secret replaces one of these, it may end up in a file that is meant to
be committed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Reference:
    """What a value is, when it isn't the value itself.

    Attributes:
        kind: what it is, such as `1Password reference`.
        shown: the value, if it doesn't have to be masked.
    """

    kind: str
    shown: str = ""


# What a value begins with, in upper or lower case, and what that makes it.
_CIPHERS = {
    r"encrypted:": "dotenvx encrypted value",
    r"ENC\[": "SOPS encrypted value",
    r"\{cipher\}": "Spring Cloud encrypted value",
    r"!vault\b|\$ANSIBLE_VAULT;": "Ansible Vault encrypted value",
    r"-----BEGIN (AGE|PGP)|age-encryption\.org/": "cipher",
}
_REFERENCES = {
    r"op://|op\(": "1Password reference",
    r"vault[\w+-]*:": "Vault reference",
    r"ref\+[\w-]+:": "vals reference",
    r"arn:|(aws[\w-]*-)?ssm:|aws[\w-]*:|\{\{resolve:": "AWS reference",
    r"gcp[\w-]*:|gsm:|sm://|projects/[^/]+/secrets/": "Google Cloud reference",
    r"az[\w-]*:|akv:|keyvault:|@Microsoft\.KeyVault\(": "Azure reference",
    r"doppler:|doppler\(": "Doppler reference",
    r"infisical:|infisical\(": "Infisical reference",
    r"bws?:|bitwarden:": "Bitwarden reference",
    r"secrets?:": "reference to a secret",
}
_VARIABLE = re.compile(r"\$\{\w+\}|\$\w+|%\w+%", re.ASCII)
_COMPUTED = {
    r"\$\(|`": "command",
    r"\$\{|\$[A-Za-z_]|#\{": "reference to a variable",
    r"\{\{|<%": "template",
    r"[\[{]": "structured value",
    r"\w+\(.*\)\s*$": "function call",
}
_HOST_AND_PORT = re.compile(r"[\w.-]+:\d{1,5}(/.*)?", re.ASCII)
_SCHEME = re.compile(r"(?!https?:)(?P<scheme>[A-Za-z][\w+.-]+):(?=\S)")


def reference_in(value: str) -> Reference | None:
    """Return what kind of reference or cipher a value is; None if it's plain.

    Besides the known kinds, anything with a scheme that isn't a web address counts,
    since none of Contentstack's values begins like that.
    """
    value = value.strip()
    if _HOST_AND_PORT.fullmatch(value):
        return None
    if kind := _first(_CIPHERS, value):
        return Reference(kind)
    if kind := _first(_REFERENCES, value):
        return Reference(kind, value)
    if _VARIABLE.fullmatch(value):
        return Reference("reference to a variable", value)
    # A default or an argument in it may be a secret.
    if kind := _first(_COMPUTED, value):
        return Reference(kind)
    if scheme := _SCHEME.match(value):
        return Reference(f"{scheme['scheme']}: reference")
    return None


def _first(kinds: dict[str, str], value: str) -> str | None:
    for pattern, kind in kinds.items():
        if re.match(pattern, value, re.IGNORECASE):
            return kind
    return None
