"""Somebody without a mouse: everything by Tab, Enter, Space, arrows and letters, and the place where one is can be seen."""

from typing import Any, Final

from playwright.sync_api import ElementHandle, Locator, Page

MOST: Final = 250  # presses of Tab until something that is on a page must have been reached
WATCH: Final = """
  window.pointed = window.pointed || [];
  for (const kind of ["pointerdown", "mousedown", "touchstart"])
    addEventListener(kind, (event) => { if (event.isTrusted) window.pointed.push(kind); }, true);
"""
HERE: Final = """(one) => {
  const here = document.activeElement;
  return here === one || (one.type === "radio" && here.type === "radio" && here.name === one.name && here.form === one.form);
}"""
# Whoever tabs must see where they are: an outline around what has the focus, or around the card, label or mark that stands for it.
SEEN: Final = """(one) => {
  const drawn = (element, part) => {
    const style = getComputedStyle(element, part);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  };
  if (drawn(one, "::after") || (one.nextElementSibling && drawn(one.nextElementSibling))) return true;
  for (let around = one; around; around = around.parentElement) if (drawn(around)) return true;
  return false;
}"""


class Hands:
    """A page and a keyboard. `unseen`: what had the focus and did not show it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.unseen: list[str] = []
        page.add_init_script(WATCH)

    def go(self, address: str) -> None:
        """Type an address."""
        self.page.goto(address)

    def reach(self, target: Locator) -> None:
        """Tab until the target (of radio buttons: one of them) has the focus; what stands in the main part is reached past the head, by the link that skips it."""
        one = target.first
        one.wait_for(state="attached")
        handle = one.element_handle()
        assert handle is not None
        if self._at_the_top() and handle.evaluate("one => Boolean(one.closest('main'))"):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("document.activeElement.matches('.skip')"):  # not so where an address led to a part of the page
                self.page.keyboard.press("Enter")
        for _ in range(MOST):
            if self._is_here(handle):
                if not self.page.evaluate(f"({SEEN})(document.activeElement)"):
                    self.unseen.append(str(handle.evaluate("one => one.outerHTML.slice(0, 160)")))
                return
            self.page.keyboard.press("Tab")
        message = f"{target} was not reached by Tab on {self.page.url}; the focus is on {self._here()}"
        raise AssertionError(message)

    def _at_the_top(self) -> bool:
        return bool(self.page.evaluate("document.activeElement === document.body"))

    def _is_here(self, handle: ElementHandle) -> bool:
        return bool(handle.evaluate(HERE))

    def _here(self) -> Any:
        return self.page.evaluate("document.activeElement?.outerHTML.slice(0, 160)")

    def press(self, target: Locator, key: str = "Enter") -> None:
        """Reach something and press a key on it."""
        self.reach(target)
        self.page.keyboard.press(key)

    def follow(self, target: Locator, key: str = "Enter") -> None:
        """Press something that leads to another page, and wait for it."""
        self.reach(target)
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def write(self, target: Locator, text: str) -> None:
        """Write into a field, over what stands there."""
        self.reach(target)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(text)

    def choose(self, target: Locator, words: str) -> None:
        """Choose in a list by the first letters of its line."""
        self.reach(target)
        self.page.keyboard.type(words)

    def button(self, name: str) -> Locator:
        """A button by its words."""
        return self.page.get_by_role("button", name=name)

    def link(self, name: str) -> Locator:
        """A link by its words."""
        return self.page.get_by_role("link", name=name)

    def assert_no_mouse(self) -> None:
        """No pointer was used on this page, and the focus was always seen."""
        assert self.page.evaluate("window.pointed") == []
        assert self.unseen == [], "\n".join(self.unseen)
