"""How lists are filtered: by the filter set of the view, where a row of another kind is named by its number and nothing else is asked of it.

The filter that comes with a foreign key looks the row up, in all rows there are: a number that is nobody's would be refused and a hidden
one taken, which tells them apart. Here both find nothing.
"""

from functools import cache
from typing import Any, Final

import django_filters
from django import forms
from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend

HIGHEST: Final = 2**63 - 1


class IdFilter(django_filters.Filter):
    """A row of another kind by its id."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"min_value": 1, "max_value": HIGHEST, **kwargs})


def by_id(found: type[django_filters.FilterSet]) -> type[django_filters.FilterSet]:
    """The same filter set with ids where it would look rows up."""
    told: dict[str, Any] = {
        name: IdFilter(field_name=one.field_name, label=one.label)
        for name, one in found.base_filters.items()
        if isinstance(one, django_filters.ModelChoiceFilter) and not isinstance(one, django_filters.ModelMultipleChoiceFilter)
    }
    return type(found.__name__, (found,), told | {"__doc__": found.__doc__}) if told else found


_kept = cache(by_id)


class Filtered(DjangoFilterBackend):
    """The filters of a view. What a habit test holds: none of them looks up a row that the reader may not know of."""

    def filter_queryset(self, request: Any, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """Whoever asks for nothing gets all rows: no form is made to find that out."""
        return super().filter_queryset(request, queryset, view) if request.query_params else queryset

    def get_filterset_class(self, view: Any, queryset: QuerySet[Any] | None = None) -> type[django_filters.FilterSet] | None:
        """The view's own, with ids."""
        found = super().get_filterset_class(view, queryset)
        if found is None:
            return None
        return (
            _kept(found) if found is getattr(view, "filterset_class", None) else by_id(found)
        )  # others are made for each request
