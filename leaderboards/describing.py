"""What views say of themselves in the description of the API, in drf-spectacular's words. Whoever serves people keeps none of it.

The description is written ahead (`./run check --fix schema`) and served as that file (`backend.api.description`), so a process that serves
needs neither the library nor a class and seventeen functions for each operation: eight megabytes.
"""

from typing import TYPE_CHECKING, Any

from leaderboards.computing import is_light

__all__ = [
    "AutoSchema",
    "OpenApiParameter",
    "OpenApiResponse",
    "OpenApiTypes",
    "extend_schema",
    "extend_schema_field",
    "extend_schema_serializer",
]

if TYPE_CHECKING or not is_light():
    from drf_spectacular.openapi import AutoSchema
    from drf_spectacular.types import OpenApiTypes
    from drf_spectacular.utils import (
        OpenApiParameter,
        OpenApiResponse,
        extend_schema,
        extend_schema_field,
        extend_schema_serializer,
    )
else:
    from rest_framework.schemas.inspectors import ViewInspector as AutoSchema

    class _Unsaid:
        """Stands for a value, whatever is asked of it."""

        def __getattr__(self, _name: str) -> "_Unsaid":
            return self

        def __call__(self, *_values: Any, **_said: Any) -> "_Unsaid":
            return self

    def _unsaid[T](*_values: Any, **_said: Any) -> Any:
        """Stands for a decorator: what it is laid over stays as it is."""

        def same(described: T) -> T:
            return described

        return same

    OpenApiParameter = OpenApiResponse = OpenApiTypes = _Unsaid()
    extend_schema = extend_schema_field = extend_schema_serializer = _unsaid
