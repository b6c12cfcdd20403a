"""Foreign keys named by strings escape the import contract, so they are held to it here."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db.models import Model

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
OURS = "undersign."


def layer_depths() -> dict[str, int]:
    """Give each package its depth in the import contract: 0 is the highest, equals do not meet."""
    contracts = tomllib.loads(PROJECT.read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return {name.strip(): depth for depth, layer in enumerate(layers) for name in layer.split("|")}


def package_of(model: type[Model]) -> str | None:
    """Name the package of ours that a model is in; None for Django's and Wagtail's."""
    module = model.__module__
    return module.removeprefix(OURS).partition(".")[0] if module.startswith(OURS) else None


def relations() -> Iterator[tuple[type[Model], str, type[Model]]]:
    """List every relation that one of our models declares, inherited ones included."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields(include_parents=False):
            target: Any = getattr(field, "related_model", None)
            if target is not None and not getattr(field, "auto_created", False):
                yield model, field.name, target


def points_up(source: str, target: str, depths: dict[str, int]) -> bool:
    """Tell whether a relation goes where an import may not: up, or to another package of its layer."""
    return depths[target] <= depths[source] and source != target


def test_every_relation_points_down() -> None:
    depths = layer_depths()
    packages = [
        (source, target, f"{model._meta.label}.{name} -> {related._meta.label}")
        for model, name, related in relations()
        if (source := package_of(model)) and (target := package_of(related))
    ]
    assert packages
    assert [words for source, target, words in packages if points_up(source, target, depths)] == []


def test_models_of_others_do_not_know_ours() -> None:
    assert [
        f"{model._meta.label}.{name}"
        for model, name, related in relations()
        if package_of(related) and not package_of(model) and not model._meta.auto_created
    ] == []


def test_a_relation_that_points_up_or_sideways_would_be_found() -> None:
    depths = layer_depths()
    assert points_up("foundation", "supporters", depths)
    assert points_up("campaigns", "messaging", depths)
    assert not points_up("signing", "campaigns", depths)
    assert not points_up("signing", "signing", depths)
