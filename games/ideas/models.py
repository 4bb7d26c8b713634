"""Ideas, their versions and drafts, what came from what, and how credit is shared."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from games.ideas.rules import Audience, DerivationKind, IdeaKind, MergeState


class Idea(models.Model):
    """Something shared. It exists from the moment it is shared, so whatever builds on it has a higher id: see `Derivation`.

    Without a group it is the organizers' own (with an author) or anonymous (without: then nobody's key is stored).
    """

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="ideas")
    number = models.PositiveIntegerField(help_text="Its name in addresses and files, from 1 in each cycle.")
    kind = models.CharField(max_length=13, choices=[(k.value, k.value) for k in IdeaKind])
    title = models.CharField(max_length=200)
    group = models.ForeignKey("games.Group", models.CASCADE, null=True, blank=True, related_name="ideas")
    author = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    submission = models.OneToOneField(
        "games.Submission", models.CASCADE, null=True, blank=True, related_name="idea", help_text="The entry it stands for."
    )
    attempt = models.OneToOneField(
        "games.Attempt", models.CASCADE, null=True, blank=True, related_name="idea", help_text="The attempt it stands for."
    )
    challenge = models.ForeignKey(
        "games.Challenge", models.SET_NULL, null=True, blank=True, related_name="ideas", help_text="The task it helps with."
    )
    step = models.CharField(max_length=100, blank=True, help_text="Which step of the task, in words.")
    audience = models.CharField(max_length=10, choices=[(a.value, a.value) for a in Audience], default=Audience.ORGANIZERS.value)
    readers = models.ManyToManyField("games.Group", related_name="+", blank=True, help_text="Groups it was shared with by name.")
    licence = models.CharField(max_length=100, blank=True)
    summary = models.TextField(blank=True)
    words = models.TextField(blank=True, help_text="Title and text of the newest version, for search.")
    complete = models.PositiveSmallIntegerField(default=0, help_text="How many of the six parts are told.")
    grade = models.CharField(
        max_length=1, blank=True, help_text="Evidence: raised by recorded tests elsewhere, and by nothing else."
    )
    safe = models.BooleanField(default=False, help_text="Told in the safe room: outside every board, and no points for telling.")
    key_digest = models.CharField(
        max_length=64, blank=True, help_text="Anonymous: the hash of the random key that its teller alone holds."
    )
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="merged")
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_why = models.TextField(blank=True)
    shared_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "number"], name="idea_number_once"),
            models.CheckConstraint(
                condition=models.Q(submission__isnull=True) | models.Q(attempt__isnull=True), name="idea_of_one_thing"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["cycle", "-shared_at"], name="idea_feed")]

    def __str__(self) -> str:
        return self.title


class IdeaTag(models.Model):
    """A word an idea is found by."""

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="tags")
    word = models.CharField(max_length=50)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["idea", "word"], name="idea_tag_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["word"], name="idea_by_tag")]

    def __str__(self) -> str:
        return self.word


class IdeaVersion(models.Model):
    """What was told, once and for all. `parts`: steps, time, cost, people, went_wrong, ask."""

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    parts = models.JSONField(default=dict, blank=True)
    note = models.TextField(blank=True, help_text="What changed, and why.")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["idea", "number"], name="idea_version_once")
        ]
        ordering: ClassVar[list[str]] = ["idea", "number"]

    def __str__(self) -> str:
        return f"version {self.number}"


class IdeaDraft(models.Model):
    """What is being written: a new idea, or the next version of one. Read by nobody but its writer. `content`: the fields of the form."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="+")
    person = models.ForeignKey("games.Person", models.CASCADE, related_name="idea_drafts")
    group = models.ForeignKey("games.Group", models.CASCADE, null=True, blank=True, related_name="+")
    idea = models.ForeignKey(Idea, models.CASCADE, null=True, blank=True, related_name="drafts")
    content = models.JSONField(default=dict, blank=True)
    saved_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"draft of {self.person_id}"


class Derivation(models.Model):
    """The newer idea (`target`) did something with an older one (`source`).

    The source was shared before the target, so its id is lower: the check makes a ring impossible, whoever writes at the same time.
    Somebody who takes up a younger idea shares a new one that builds on both.
    """

    source = models.ForeignKey(Idea, models.CASCADE, related_name="led_to")
    target = models.ForeignKey(Idea, models.CASCADE, related_name="came_from")
    kind = models.CharField(max_length=9, choices=[(k.value, k.value) for k in DerivationKind])
    reason = models.TextField(blank=True)
    by = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["target", "source"], name="derivation_once"),
            models.CheckConstraint(condition=models.Q(source__lt=models.F("target")), name="derivation_from_older"),
        ]

    def __str__(self) -> str:
        return f"{self.target_id} {self.kind} {self.source_id}"


class CreditShare(models.Model):
    """How the groups of a joint idea share its credit, in basis points: 10,000 together."""

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="shares")
    group = models.ForeignKey("games.Group", models.CASCADE, related_name="+")
    basis_points = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["idea", "group"], name="credit_share_once"),
            models.CheckConstraint(
                condition=models.Q(basis_points__gte=1, basis_points__lte=10000), name="credit_share_in_whole"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.basis_points} of {self.idea_id} to {self.group_id}"


class IdeaMerger(models.Model):
    """One team asks that two ideas become one: `source` goes into `into`. `shares`: the credit of `into` from then on, group id → basis points."""

    source = models.ForeignKey(Idea, models.CASCADE, related_name="merging")
    into = models.ForeignKey(Idea, models.CASCADE, related_name="taking_in")
    group = models.ForeignKey(
        "games.Group", models.CASCADE, related_name="+", help_text="The team that asked; the other answers."
    )
    shares = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=[(s.value, s.value) for s in MergeState], default=MergeState.ASKED.value)
    by = models.ForeignKey("games.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source"], condition=models.Q(state="asked"), name="one_open_merger_of_idea"),
            models.CheckConstraint(condition=~models.Q(source=models.F("into")), name="idea_merges_into_another"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} into {self.into_id}"


class RiskAnswer(models.Model):
    """An answer to "what makes it risky here?". Nobody's: no person, no team, no time; its key is random, so that no order tells either.

    `shown`: it is read since enough others were given. They come into sight several at a time, so that nobody sees whose came last.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    round = models.ForeignKey("games.Round", models.CASCADE, related_name="risk_answers")
    text = models.TextField()
    shown = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"an answer in {self.round_id}"


class RiskTicket(models.Model):
    """That somebody answered in a round, so that everybody answers once. The digest names nobody without the secret of this server.

    It stands apart from the answers: nothing tells which of them it was for.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    round = models.ForeignKey("games.Round", models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"a ticket in {self.round_id}"
