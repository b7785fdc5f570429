"""The API's schema as rows for a page: what can be asked, with which parameters, and what comes back."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator


@dataclass(frozen=True)
class Field:
    name: str
    kind: str
    required: bool
    about: str


@dataclass(frozen=True)
class Door:
    """One operation: `GET /api/v1/people`."""

    method: str
    path: str
    about: str
    parameters: list[Field]
    body: list[Field]
    answer: list[Field]


@lru_cache(maxsize=4)
def doors(language: str) -> list[Door]:
    """Every operation of the API, in the order of its paths, in the words of the active language, which is `language`."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return [
        _door(schema, method, path, operation)
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
    ]


def _door(schema: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> Door:
    parameters = [
        Field(row["name"], _kind(schema, row["schema"]), row.get("required", False), row.get("description", ""))
        for row in operation.get("parameters", [])
    ]
    done = next((code for code in ("201", "200", "202") if code in operation["responses"]), "200")
    return Door(
        method=method.upper(),
        path=path,
        about=operation.get("description", ""),
        parameters=parameters,
        body=_fields(schema, operation.get("requestBody", {})),
        answer=_fields(schema, operation["responses"][done]),
    )


def _fields(schema: dict[str, Any], part: dict[str, Any]) -> list[Field]:
    shape = _resolve(schema, part.get("content", {}).get("application/json", {}).get("schema", {}))
    if "results" in shape.get("properties", {}):
        shape = _resolve(schema, shape["properties"]["results"].get("items", {}))
    return [
        Field(name, _kind(schema, row), name in shape.get("required", []), row.get("description", ""))
        for name, row in shape.get("properties", {}).items()
    ]


def _resolve(schema: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    name = shape.get("$ref", "").rpartition("/")[2]
    return schema["components"]["schemas"][name] if name else shape


def _kind(schema: dict[str, Any], shape: dict[str, Any]) -> str:
    """`string`, `date-time`, the words that may stand here, or the name of the shape it refers to."""
    if "enum" in shape:
        return " | ".join(str(word) for word in shape["enum"] if word)
    if "$ref" in shape:
        target = _resolve(schema, shape)
        return _kind(schema, target) if "enum" in target else str(shape["$ref"].rpartition("/")[2])
    for several in ("allOf", "oneOf"):
        if several in shape:
            return " | ".join(filter(None, (_kind(schema, one) for one in shape[several])))
    kind = shape.get("type", "")
    kind = " | ".join(one for one in kind if one != "null") if isinstance(kind, list) else kind
    return str(shape.get("format", kind))
