"""The rules that the story in the browser is played by: small, but with everything in them."""

from datetime import UTC, datetime, timedelta

TOLD = """
format = 1
cuts = [{{ board = "first", to = "final", first = 1 }}]
[cycle]
key = "{key}"
name = "{name}"
summary = "Which small change makes a street quieter?"
timezone = "UTC"
currency = "EUR"
starts = "{day0}"
[aim]
waived = "A story played in a browser: nothing is measured."
[checks]
will = {{ waived = "played by machines" }}
offer = {{ waived = "played by machines" }}
networks = {{ waived = "played by machines" }}
[registration]
opens = "{day0}"
closes = "{day20}"
min_members = 1
[[rounds]]
key = "call"
name = "Call"
opens = "{day1}"
closes = "{day5}"
visibility = "full"
[[rounds]]
key = "final"
name = "Final round"
opens = "{day8}"
closes = "{day12}"
visibility = "full"
[[challenges]]
key = "idea"
name = "Idea"
rounds = ["call"]
form = [{{ key = "title", name = "Title", required = true, max_length = 100 }}, {{ key = "text", name = "Your idea", required = true, lines = 5 }}]
criteria = [{{ key = "value", name = "Value", min = 0, max = 5, step = 1 }}, {{ key = "proof", name = "Proof", min = 0, max = 5, step = 1 }}]
panels = [{{ key = "jury", name = "Jury" }}]
[[challenges]]
like = "idea"
key = "pitch"
name = "Pitch"
rounds = ["final"]
[[boards]]
key = "result"
name = "Result"
rounds = ["final"]
[[boards]]
key = "first"
name = "After the call"
rounds = ["call"]
[[awards]]
key = "quiet"
name = "The Quiet Prize"
kind = "money"
board = "result"
places = [1, 1]
amounts = [50000]
"""


def rules(key: str, name: str) -> str:
    """The rules of a cycle that begins now."""
    now = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    days = {f"day{number}": (now + timedelta(days=number)).isoformat() for number in range(21)}
    return TOLD.format(key=key, name=name, **days)
