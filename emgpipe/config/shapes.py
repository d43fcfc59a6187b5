"""A setting that may be written as one value or as a list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BeforeValidator

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema


class _SingleInSchema:
    """Shows the single form beside the list in the JSON Schema."""

    def __init__(self, inner: str | None) -> None:
        self._inner = inner

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        many = handler(core)
        single = many["items"]
        if self._inner is not None:
            single = handler.resolve_ref_schema(single)["properties"][self._inner]
        return {"anyOf": [single, many]}


def one_or_many(inner: str | None = None) -> tuple[Any, ...]:
    """Return the annotations of a tuple field that may also be written as one value.

    Parameters
    ----------
    inner : str, optional
        The list holds mappings, and a single value is this entry of the only one.
    """

    def as_list(given: Any) -> Any:
        if given is None or isinstance(given, list | tuple):
            return given
        return [given] if inner is None else [{inner: given}]

    return (BeforeValidator(as_list), _SingleInSchema(inner))
