"""What goes in and out: serializers of groups and of what people ask for."""

from typing import Any

from rest_framework import serializers

from games.groups.models import Group, JoinRequest, Membership, Registration
from games.groups.rules import Consent


class GroupSerializer(serializers.ModelSerializer[Group]):
    """A team, or another kind of group."""

    members = serializers.IntegerField(source="member_count", read_only=True, help_text="How many people are in it now.")

    class Meta:
        model = Group
        fields = (
            "id",
            "cycle",
            "key",
            "name",
            "kind",
            "division",
            "organization",
            "predecessor",
            "state",
            "members",
            "created_at",
        )
        read_only_fields = [one for one in fields if one != "name"]


class MemberSerializer(serializers.ModelSerializer[Membership]):
    """Somebody's part in a group, or in the whole cycle (`group` null). `claimed`: they have an account."""

    name = serializers.CharField(source="person.name", read_only=True)
    claimed = serializers.SerializerMethodField()

    class Meta:
        model = Membership
        fields = ("id", "cycle", "group", "person", "name", "claimed", "role", "capabilities", "affiliation", "since", "until")
        read_only_fields = fields

    def get_claimed(self, membership: Membership) -> bool:
        """Whether the person has an account."""
        return membership.person.user_id is not None


class RegistrationSerializer(serializers.ModelSerializer[Registration]):
    """A group's way into the cycle."""

    cycle = serializers.IntegerField(source="group.cycle_id", read_only=True)
    name = serializers.CharField(source="group.name", read_only=True)

    class Meta:
        model = Registration
        fields = (
            *("id", "cycle", "group", "name", "state", "answers", "terms_version", "licence_version", "age_confirmed"),
            *("reason", "asked_at", "settled_at", "by"),
        )
        read_only_fields = fields


class JoinRequestSerializer(serializers.ModelSerializer[JoinRequest]):
    """Somebody asks to join a group."""

    name = serializers.CharField(source="person.name", read_only=True)

    class Meta:
        model = JoinRequest
        fields = ("id", "group", "person", "name", "message", "state", "asked_at", "settled_at")
        read_only_fields = fields


class Asked(serializers.Serializer[Any]):
    """The body of an act."""

    @classmethod
    def of(cls, data: Any) -> dict[str, Any]:
        """The checked values. Raises ValidationError with every fault."""
        one = cls(data=data)
        one.is_valid(raise_exception=True)
        return dict(one.validated_data)


class Complete(Asked):
    """The answers to the form, and what is accepted, each in the version that was shown."""

    division = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    answers = serializers.DictField(required=False, default=dict)
    terms_version = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    licence_version = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    age_confirmed = serializers.BooleanField(required=False, default=False)

    @staticmethod
    def split(asked: dict[str, Any]) -> dict[str, Any]:
        """What was accepted, as one value; the rest as it is."""
        names = ("terms_version", "licence_version", "age_confirmed")
        return {key: value for key, value in asked.items() if key not in names} | {
            "consent": Consent(**{key: asked[key] for key in names})
        }


class Register(Complete):
    """A new team: its name, and what whoever completes a registration says."""

    name = serializers.CharField(max_length=300)
    affiliation = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class WithFiles(serializers.Serializer[Any]):
    """A registration with files: what would be sent as JSON in the part `registration`, each file in a part `files.KEY` of its question."""

    registration = serializers.CharField(help_text="The JSON of the same request without files, as text.")


class Settle(Asked):
    """Yes or no; a no has a reason."""

    accept = serializers.BooleanField()
    reason = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")


class Answer(Asked):
    """Yes or no."""

    accept = serializers.BooleanField()


class RankHidden(Asked):
    """Whether public boards leave out the group's name."""

    hidden = serializers.BooleanField()


class Why(Asked):
    """The reason; it stands in the record."""

    reason = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")


class Code(Asked):
    """The invite code of a group."""

    code = serializers.CharField(max_length=40)


class Words(Asked):
    """A message to the captain."""

    message = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class Invite(Asked):
    """Whom to invite."""

    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class InviteToRole(Invite):
    """Whom to invite, and as what."""

    role = serializers.CharField(max_length=100)


class Heir(Asked):
    """The membership that becomes the captain's."""

    to = serializers.IntegerField()


class Secret(Asked):
    """The last part of the link."""

    secret = serializers.CharField(max_length=200)


class CodeAnswer(serializers.Serializer[Any]):
    """With this code people join."""

    code = serializers.CharField()


class InvitationAnswer(serializers.Serializer[Any]):
    """The place that is kept. The link goes out by mail alone."""

    membership = MemberSerializer()
    expires_at = serializers.DateTimeField()


class AcceptedAnswer(serializers.Serializer[Any]):
    """Who one is now, and where to go on."""

    person = serializers.IntegerField()
    next_path = serializers.CharField(allow_blank=True)


class DoorAnswer(serializers.Serializer[Any]):
    """Whether groups can register now, and what they are asked. `places`: how many are left, null without a limit."""

    open = serializers.BooleanField()
    why = serializers.CharField(allow_blank=True)
    opens = serializers.DateTimeField(allow_null=True)
    closes = serializers.DateTimeField(allow_null=True)
    places = serializers.IntegerField(allow_null=True)
    rules = serializers.DictField()
