"""Small filters that templates cannot do without."""

from collections.abc import Iterable

from django import template
from django.forms import BoundField, CheckboxInput

register = template.Library()


@register.filter
def zipped[A, B](left: Iterable[A] | None, right: Iterable[B] | None) -> list[tuple[A, B]]:
    """Two lists side by side: columns and the cells under them."""
    return list(zip(left or (), right or (), strict=False))


@register.filter
def magnitude(value: int) -> int:
    """A number without its sign."""
    return abs(value)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether the label belongs behind the control."""
    return isinstance(field.field.widget, CheckboxInput)
