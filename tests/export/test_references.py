from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.export.test_dotenv import HOSTS, LEGAL, TOKENS
from tui.export.references import reference_in


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("op://web/contentstack/delivery", "1Password reference"),
        (" OP://web/item ", "1Password reference"),
        ("vault:secret/data/web#token", "Vault reference"),
        ("vault://secret/web", "Vault reference"),
        ("ref+vault://secret/web#/token", "vals reference"),
        ("ssm:/prod/token", "AWS reference"),
        ("aws-ssm:///prod/token", "AWS reference"),
        ("arn:aws:secretsmanager:eu-west-1:1:secret:web", "AWS reference"),
        ("{{resolve:ssm:token}}", "AWS reference"),
        ("gcp:///projects/web/secrets/token", "Google Cloud reference"),
        ("projects/web/secrets/token/versions/1", "Google Cloud reference"),
        ("sm://web/token", "Google Cloud reference"),
        ("@Microsoft.KeyVault(SecretUri=https://x)", "Azure reference"),
        ("azurekv://web/token", "Azure reference"),
        ("doppler://web/token", "Doppler reference"),
        ("infisical://token", "Infisical reference"),
        ("bw://item/token", "Bitwarden reference"),
        ("bws:5b1e", "Bitwarden reference"),
        ("secret://web/token", "reference to a secret"),
        ("${TOKEN}", "reference to a variable"),
        ("$TOKEN", "reference to a variable"),
        ("%TOKEN%", "reference to a variable"),
        ("#{TOKEN}", "reference to a variable"),
        ("keychain:web", "keychain: reference"),
        ("akeyless:/web/token", "akeyless: reference"),
        ("foo+bar://web", "foo+bar: reference"),
    ],
)
def test_a_reference_is_known_by_its_kind(value: str, kind: str) -> None:
    found = reference_in(value)
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (
            "encrypted:BO1vW9CQ37LOXeRgOL6QlwtJfAoAVXtSdSfpicPDHtqoAAAA",
            "dotenvx encrypted value",
        ),
        ("ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]", "SOPS encrypted value"),
        ("{cipher}AQA", "Spring Cloud encrypted value"),
        ("!vault |", "Ansible Vault encrypted value"),
        ("$ANSIBLE_VAULT;1.1;AES256", "Ansible Vault encrypted value"),
        ("-----BEGIN AGE ENCRYPTED FILE-----", "cipher"),
        ("${TOKEN:-cs0123456789abcdef}", "reference to a variable"),
        ("$(pass show web)", "command"),
        ("`pass show web`", "command"),
        ("{{ token }}", "template"),
        ("exec('pass show web')", "function call"),
        ('{"key": "cs0123456789abcdef"}', "structured value"),
        ("keyvault2://user:cs0123456789abcdef@host", "keyvault2: reference"),
    ],
)
def test_what_may_hold_a_secret_is_known_but_not_shown(value: str, kind: str) -> None:
    found = reference_in(value)
    assert found is not None
    assert (found.kind, found.shown) == (kind, "")


@given(TOKENS | HOSTS | LEGAL)
def test_values_of_contentstack_are_no_references(value: str) -> None:
    assert reference_in(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "",
        "your_api_key",
        "<YOUR_API_KEY>",
        "https://eu-cdn.contentstack.com/v3",
        "localhost:3000",
        "vault:8200",
        "aws.example.com:443/v3",
        "true",
        "EU # Options: EU or NA",
        "preview (main)",
        "costs $5",
    ],
)
def test_plain_values_and_placeholders_are_no_references(value: str) -> None:
    assert reference_in(value) is None


@given(st.text())
def test_any_text_is_judged(value: str) -> None:
    found = reference_in(value)
    assert found is None or found.kind
