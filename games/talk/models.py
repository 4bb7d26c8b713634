"""Threads and what is said in them; mentions, thanks, follows; reports and how organizers ruled."""

from functools import reduce
from operator import or_
from typing import ClassVar

from django.db import models

from games.talk.rules import ThreadKind, Verdict


def _once(fields: list[str], of: str, name: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(fields=[*fields, of], condition=models.Q(**{f"{of}__isnull": False}), name=name)


def _exactly_one(of: tuple[str, ...]) -> models.Q:
    """Exactly one of these keys is set."""
    return reduce(or_, (models.Q(**{f"{other}__isnull": other != one for other in of}) for one in of))


class Thread(models.Model):
    """Talk about an idea, or (without one) on the board of its cycle. Who may not see the idea sees no thread of it.

    Its first post is what it opens with. Without a group somebody with a place in the whole cycle opened it. `answered_at`: since when
    the asker holds it answered. `due_at`: until when somebody who was asked should have replied; `replied_at`: when the first did.
    """

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="threads")
    number = models.PositiveIntegerField(help_text="Its name in addresses and files, from 1 in each cycle.")
    kind = models.CharField(max_length=8, choices=[(k.value, k.value) for k in ThreadKind])
    idea = models.ForeignKey("games.Idea", models.CASCADE, null=True, blank=True, related_name="threads")
    title = models.CharField(max_length=200)
    group = models.ForeignKey("games.Group", models.CASCADE, null=True, blank=True, related_name="threads")
    author = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    asked = models.ManyToManyField(
        "games.Group", related_name="+", blank=True, help_text="Groups it was put to: they adopted the idea."
    )
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField(help_text="When the last was said.")
    accepted = models.ForeignKey("games.Post", models.SET_NULL, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "number"], name="thread_number_once"),
            models.CheckConstraint(
                condition=models.Q(kind=ThreadKind.BARRIER.value, idea__isnull=True)
                | models.Q(kind=ThreadKind.QUESTION.value)
                | models.Q(kind__in=[ThreadKind.TALK.value, ThreadKind.ASK.value], idea__isnull=False),
                name="thread_stands_somewhere",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["cycle", "-opened_at"], name="threads_of_cycle"),
            models.Index(fields=["idea", "-opened_at"], name="threads_of_idea"),
        ]

    def __str__(self) -> str:
        return self.title


class Post(models.Model):
    """Something said, once and for all: a correction is a post of its own that names what it `corrects`, and is read in its place.

    Thanks, marks, reports and rulings belong to what was said first. Hidden: with a `Ruling`, and its corrections with it.
    """

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="posts")
    number = models.PositiveIntegerField(help_text="Its place in the thread, from 1: the opening.")
    group = models.ForeignKey("games.Group", models.CASCADE, null=True, blank=True, related_name="posts")
    author = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="posts")
    text = models.TextField()
    at = models.DateTimeField()
    corrects = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="corrections", help_text="Never another correction."
    )
    helpful_at = models.DateTimeField(null=True, blank=True, help_text="Since when whoever asked says that it helped.")
    hidden_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["thread", "number"], name="post_number_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["author", "-at"], name="posts_of_person")]
        ordering: ClassVar[list[str]] = ["thread", "number"]

    def __str__(self) -> str:
        return f"{self.number} in {self.thread_id}"


class Mention(models.Model):
    """Somebody, or a group, was called by name in a post: they may see it."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="mentions")
    person = models.ForeignKey("games.Person", models.CASCADE, null=True, blank=True, related_name="+")
    group = models.ForeignKey("games.Group", models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            _once(["post"], "person", "mention_person_once"),
            _once(["post"], "group", "mention_group_once"),
            models.CheckConstraint(condition=_exactly_one(("person", "group")), name="mention_of_one"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id or self.group_id} in {self.post_id}"


class Follow(models.Model):
    """A person wants to hear of an idea, a thread, or what a group shares."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="+")
    person = models.ForeignKey("games.Person", models.CASCADE, related_name="follows")
    idea = models.ForeignKey("games.Idea", models.CASCADE, null=True, blank=True, related_name="follows")
    thread = models.ForeignKey(Thread, models.CASCADE, null=True, blank=True, related_name="follows")
    group = models.ForeignKey("games.Group", models.CASCADE, null=True, blank=True, related_name="follows")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            _once(["person"], "idea", "follow_idea_once"),
            _once(["person"], "thread", "follow_thread_once"),
            _once(["person"], "group", "follow_group_once"),
            models.CheckConstraint(condition=_exactly_one(("idea", "thread", "group")), name="follow_of_one"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} follows {self.idea_id or self.thread_id or self.group_id}"


class Thanks(models.Model):
    """One thanks of a person for an idea or a post, or a cheer for a group (`to_group`); never for their own. `group`: as whose member."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="+")
    person = models.ForeignKey("games.Person", models.CASCADE, related_name="thanks")
    group = models.ForeignKey("games.Group", models.CASCADE, null=True, blank=True, related_name="+")
    idea = models.ForeignKey("games.Idea", models.CASCADE, null=True, blank=True, related_name="thanks")
    post = models.ForeignKey(Post, models.CASCADE, null=True, blank=True, related_name="thanks")
    to_group = models.ForeignKey("games.Group", models.CASCADE, null=True, blank=True, related_name="cheers")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            _once(["person"], "idea", "thanks_idea_once"),
            _once(["person"], "post", "thanks_post_once"),
            _once(["person"], "to_group", "cheer_group_once"),
            models.CheckConstraint(condition=_exactly_one(("idea", "post", "to_group")), name="thanks_for_one"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} thanks for {self.idea_id or self.post_id or self.to_group_id}"


class Ruling(models.Model):
    """What organizers decided about a post or an idea, and why: its author reads it, and may appeal once against its hiding."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="+")
    post = models.ForeignKey(Post, models.CASCADE, null=True, blank=True, related_name="rulings")
    idea = models.ForeignKey("games.Idea", models.CASCADE, null=True, blank=True, related_name="rulings")
    verdict = models.CharField(max_length=6, choices=[(v.value, v.value) for v in Verdict])
    why = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    appeal = models.TextField(blank=True)
    appealed_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True, help_text="What organizers said to the appeal.")
    answered_at = models.DateTimeField(null=True, blank=True)
    upheld = models.BooleanField(null=True, blank=True, help_text="Whether the appeal changed it: then it is seen again.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=_exactly_one(("post", "idea")), name="ruling_on_one")
        ]

    def __str__(self) -> str:
        return f"{self.verdict}: {self.post_id or self.idea_id}"


class Report(models.Model):
    """Somebody asks organizers to look at a post or an idea, once. Its author never learns who. Open until a ruling answers it."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="+")
    post = models.ForeignKey(Post, models.CASCADE, null=True, blank=True, related_name="reports")
    idea = models.ForeignKey("games.Idea", models.CASCADE, null=True, blank=True, related_name="reports")
    person = models.ForeignKey("games.Person", models.CASCADE, related_name="+")
    why = models.TextField()
    at = models.DateTimeField()
    ruling = models.ForeignKey(Ruling, models.SET_NULL, null=True, blank=True, related_name="reports")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            _once(["person"], "post", "report_post_once"),
            _once(["person"], "idea", "report_idea_once"),
            models.CheckConstraint(condition=_exactly_one(("post", "idea")), name="report_of_one"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} reports {self.post_id or self.idea_id}"
