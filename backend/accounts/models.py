"""Who signs in: the user, the tokens that act for a user, the links that sign in without a password."""

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.timezone import now

if TYPE_CHECKING:  # the table of permissions knows every model
    from games.permissions import Held


class UserManager(BaseUserManager["User"]):
    """Creates users by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user; without a password the account can only be entered by a link."""
        user = self.model(email=self.normalize_email(email).strip().lower(), **fields)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create the owner of this instance."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, may_launch=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can sign in. The journal knows only `pseudonym`: deleting the user unlinks the acts from the person."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200, blank=True)
    pseudonym = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    timezone = models.CharField(max_length=64, default="UTC")
    may_launch = models.BooleanField(default=False, help_text="May launch cycles on this instance.")
    is_active = models.BooleanField(default=True, help_text="Off: suspended, cannot sign in.")
    is_staff = models.BooleanField(default=False)
    email_confirmed_at = models.DateTimeField(null=True, blank=True)
    date_joined = models.DateTimeField(default=now)

    held: "list[Held] | None" = None
    """What the user held when they were looked up for this request, if that was asked; good for this request only."""

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("email"), name="user_email_once_whatever_case")
        ]

    def __str__(self) -> str:
        return self.name or self.email


class ApiToken(models.Model):
    """A hashed, expiring token. Empty `cycles` = every cycle of the user; empty `capabilities` = all that the user has."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token; the token itself is shown once.")
    hint = models.CharField(max_length=12, help_text="First characters, to recognise it in a list.")
    cycles = models.JSONField(default=list, blank=True, help_text="Ids of the cycles it is good for.")
    capabilities = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"


class SignInLink(models.Model):
    """A link sent by mail that signs in once: for judges and voters, for a forgotten password, to confirm an address."""

    user = models.ForeignKey(User, models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(
        max_length=20, choices=[("sign_in", "sign in"), ("password", "new password"), ("confirm", "confirm address")]
    )
    next_path = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.purpose} for {self.user_id}"
