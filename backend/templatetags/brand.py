"""How a cycle looks, for the templates that share its head."""

from typing import Any

from django import template

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.playbooks.schema import Accent

register = template.Library()


@register.simple_tag
def brand_of(cycle: Any) -> dict[str, str]:
    """{accent (empty: that of the house), motto, logo (the name by which its address changes; empty: none)}. Usually no statement."""
    if not isinstance(cycle, Cycle) or not cycle.design_number:
        return {"accent": "", "motto": "", "logo": ""}
    brand = design_of(cycle).brand
    logo = (cycle.logo.name or "").rpartition("/")[2].partition(".")[0][:8]
    return {"accent": "" if brand.accent is Accent.INK else brand.accent.value, "motto": brand.motto, "logo": logo}
