"""Parts of a page that are a person's own: everything around them is the same for all who see the page alike (see `backend.front.holes`)."""

from typing import Final

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token

register = template.Library()

BEGINS: Final = "<!--own:{}-->"
ENDS: Final = "<!--/own-->"


class OwnNode(template.Node):
    """What stands inside, with a mark before and behind it for somebody who is signed in."""

    def __init__(self, name: FilterExpression, inside: NodeList) -> None:
        self.name, self.nodelist = name, inside

    def render(self, context: template.Context) -> str:
        """The part."""
        told = self.nodelist.render(context)
        if not getattr(context.get("user"), "is_authenticated", False):
            return told
        return f"{BEGINS.format(self.name.resolve(context))}{told}{ENDS}"


@register.tag
def own(parser: Parser, token: Token) -> OwnNode:
    """{% own "nav" %} ... {% endown %}: this part is the person's own, and the same on every page that has it."""
    _, name = token.split_contents()
    inside = parser.parse(("endown",))
    parser.delete_first_token()
    return OwnNode(parser.compile_filter(name), inside)
