"""Organizations, and the people known to them."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class Organization(models.Model):
    """A school, firm, hospital, association: whom groups come from and who runs cycles."""

    key = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """Somebody in the game. Without `user` the person is unclaimed: imported or invited, and cannot sign in.

    A user's own person was made for the user: it has no organization and was never claimed. A claimed one waited for the user.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, null=True, blank=True, related_name="people")
    key = models.CharField(max_length=100, help_text="Unique in the organization; the key of people.csv.")
    name = models.CharField(max_length=300)
    email = models.EmailField(blank=True, help_text="Leaves only in organizers' exports.")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="people")
    claimed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organization", "key"], name="person_key_once"),
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(organization__isnull=True, claimed_at__isnull=True),
                name="one_own_person_per_user",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """A hashed, expiring link by which a person claims the place that waits for them."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    next_path = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"invitation of {self.person_id}"
