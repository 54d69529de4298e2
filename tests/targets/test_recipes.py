"""Each recipe in docs/targets.md does what it says, exactly as written there."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.export.sources import source
from tests.targets import tools
from tui.config.reading import parse_config
from tui.config.schema import Target
from tui.targets.delivering import DeliveryGrade, Parcel, content, deliver

PAGE = Path(__file__).parents[2] / "docs" / "targets.md"


def recipes() -> dict[str, Target]:
    _, _, text = PAGE.read_text("utf-8").partition("## Recipes")
    blocks = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    return dict(parse_config("\n".join(blocks), "docs/targets.md").targets)


RECIPES = recipes()


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Return an environment with a stand-in for each of the programs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    store = tmp_path / "stored"
    for name in tools.TOOLS:
        program = folder / name
        program.write_text(
            f'#!/bin/sh\nexec "{sys.executable}" -S "{tools.__file__}" {name}'
            f' "{store}" "$@"\n'
        )
        program.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}


def test_there_is_a_recipe_for_each_program() -> None:
    assert RECIPES.keys() == tools.TOOLS.keys()


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_delivers(
    name: str,
    environ: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", environ["PATH"])
    target = RECIPES[name]
    delivery = deliver(name, target, Parcel(source(), "Storefront"), environ)
    assert delivery.detail == ""
    wanted = DeliveryGrade.READ_BACK if target.get else DeliveryGrade.ACCEPTED
    assert delivery.grade is wanted
    assert (tmp_path / "stored").read_bytes() == content(target, source())


@pytest.mark.parametrize("name", [name for name in RECIPES if name != "kubectl"])
def test_the_stand_ins_refuse_what_the_programs_do_not_know(
    name: str, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", environ["PATH"])
    put = (*(RECIPES[name].put or ()), "--no-such-option")
    target = replace(RECIPES[name], put=put, get=None)
    delivery = deliver(name, target, Parcel(source()), environ)
    assert delivery.grade is DeliveryGrade.NOT_DELIVERED


@pytest.mark.parametrize("name", RECIPES)
def test_no_recipe_has_a_value_among_its_arguments(name: str) -> None:
    words = " ".join((*(RECIPES[name].put or ()), *(RECIPES[name].get or ())))
    assert "{token}" not in words
    assert "--body" not in words
