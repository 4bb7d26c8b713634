"""Looking back on a cycle: the numbers, the organizers' words, what they propose to change, what becomes of the winner's idea."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from games.retrospectives.rules import AdoptionWay, ProposalState, RetroState


class Retrospective(models.Model):
    """One for each cycle, generated from its data when it closes, and again on demand. `data`: each section's numbers, exact as text.

    It names nobody: teams and people are counted. Organizers read it; everybody, once it is published.
    """

    cycle = models.OneToOneField("games.Cycle", models.CASCADE, related_name="retrospective")
    state = models.CharField(max_length=6, choices=[(s.value, s.value) for s in RetroState], default=RetroState.WANTED.value)
    data = models.JSONField(default=dict, blank=True)
    design_number = models.PositiveIntegerField(default=0, help_text="The version of the rules it was written under.")
    seal = models.BigIntegerField(default=0, help_text="How far the journal had come.")
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True, blank=True)
    held_until = models.DateTimeField(null=True, blank=True, help_text="A worker writes it, at most until then.")
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    next_draft = models.ForeignKey(
        "games.Cycle", models.SET_NULL, null=True, blank=True, related_name="+", help_text="The cycle begun from it."
    )

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "held_until"], name="retrospectives_to_write")]

    def __str__(self) -> str:
        return f"retrospective of {self.cycle_id}"


class RetroWords(models.Model):
    """What organizers say to a section: what the numbers do not tell."""

    retrospective = models.ForeignKey(Retrospective, models.CASCADE, related_name="words")
    section = models.CharField(max_length=20)
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name_plural = "words"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["retrospective", "section"], name="retro_words_once")
        ]

    def __str__(self) -> str:
        return f"{self.section} of {self.retrospective_id}"


class Proposal(models.Model):
    """Something to change in the next cycle. `code` and `facts` say why in any language, `change` what to set, as [{path, value}].

    What the numbers do not propose any more is gone when it is written again, unless it was decided.
    """

    retrospective = models.ForeignKey(Retrospective, models.CASCADE, related_name="proposals")
    number = models.PositiveIntegerField(help_text="Its name in addresses, from 1.")
    section = models.CharField(max_length=20)
    code = models.CharField(max_length=40)
    about = models.CharField(max_length=100, blank=True, help_text="The round, rule or suggestion it is about.")
    facts = models.JSONField(default=dict, blank=True)
    change = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=5, choices=[(s.value, s.value) for s in ProposalState], default=ProposalState.OPEN.value)
    reason = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["retrospective", "number"], name="proposal_number_once"),
            models.UniqueConstraint(fields=["retrospective", "code", "about"], name="proposal_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.about}"


class Adoption(models.Model):
    """What becomes of an idea that won: a recorded decision. `draft`: the cycle begun from it, or the next one whose teams test it."""

    cycle = models.ForeignKey("games.Cycle", models.CASCADE, related_name="adoptions")
    idea = models.ForeignKey("games.Idea", models.CASCADE, related_name="adoptions")
    way = models.CharField(max_length=7, choices=[(w.value, w.value) for w in AdoptionWay])
    prediction = models.TextField(blank=True, help_text="What is expected when others try it.")
    playbook = models.CharField(max_length=120, blank=True)
    draft = models.ForeignKey("games.Cycle", models.SET_NULL, null=True, blank=True, related_name="+")
    decision = models.ForeignKey("games.Decision", models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [models.UniqueConstraint(fields=["idea"], name="adoption_once")]

    def __str__(self) -> str:
        return f"{self.way} of {self.idea_id}"
