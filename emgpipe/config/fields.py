"""Which settings a place of the study file can hold: the model at a location, found through the annotations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

from pydantic import BaseModel

if TYPE_CHECKING:
    from emgpipe.config.nodes import Loc


def models_at(root: type[BaseModel], loc: Loc) -> tuple[type[BaseModel], ...]:
    """Return the models that can validate the mapping at `loc`.

    Parameters
    ----------
    root : type
        The model of the whole file.
    loc : tuple
        As validation gives it: field names, indices and the ``kind`` of the chosen member of a catalogue.
    """
    current: Any = root
    for part in loc:
        models = tuple(_models(current))
        chosen = next((model for model in models if kind_of(model) == part), None)
        if chosen is not None:
            current = chosen
        elif len(models) == 1 and isinstance(part, str):
            info = models[0].model_fields.get(part)
            current = info.annotation if info else current
    return tuple(_models(current))


def kind_of(model: type[BaseModel]) -> str | None:
    """Return the ``kind`` by which a model is chosen, or None."""
    info = model.model_fields.get("kind")
    return info.default if info and isinstance(info.default, str) else None


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models inside an annotation: through Annotated, unions, tuples and mappings."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    arguments = get_args(annotation)
    if get_origin(annotation) is Annotated:
        arguments = arguments[:1]
    for argument in arguments:
        yield from _models(argument)
