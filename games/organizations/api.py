"""Organizations and people over the API. Addresses of people never leave here: only organizers' exports carry them."""

from typing import Any

import django_filters
from rest_framework import serializers
from rest_framework.mixins import CreateModelMixin
from rest_framework.viewsets import ReadOnlyModelViewSet

from games.organizations.actions import create_organization
from games.organizations.models import Organization, Person


class OrganizationSerializer(serializers.ModelSerializer[Organization]):
    """A school, firm, hospital, association. Without `key` one is made from the name."""

    key = serializers.SlugField(max_length=90, required=False, allow_blank=True)

    class Meta:
        model = Organization
        fields = ("id", "key", "name", "kind", "created_at")
        read_only_fields = ("created_at",)

    def create(self, validated_data: dict[str, Any]) -> Organization:
        """By the action, which makes the key."""
        return create_organization(by=self.context["request"].user, **validated_data)


class Organizations(CreateModelMixin, ReadOnlyModelViewSet[Organization]):
    """Whom groups come from, and who runs cycles."""

    queryset = Organization.objects.all()
    serializer_class = OrganizationSerializer
    seen_as = "organization.view"
    permissions = {"create": "cycle.launch"}
    filterset_fields = ("key", "kind")
    ordering = ("name", "id")


class PersonSerializer(serializers.ModelSerializer[Person]):
    """Somebody in the game. `claimed`: they have an account; others are imported or invited and cannot sign in yet."""

    claimed = serializers.SerializerMethodField()

    class Meta:
        model = Person
        fields = ("id", "key", "name", "organization", "claimed")
        read_only_fields = fields

    def get_claimed(self, person: Person) -> bool:
        """Whether the person has an account."""
        return person.user_id is not None


class PersonFilter(django_filters.FilterSet):
    """Of one organization, in one cycle."""

    cycle = django_filters.NumberFilter(field_name="memberships__cycle_id", distinct=True)

    class Meta:
        model = Person
        fields = ("organization", "key")


class People(ReadOnlyModelViewSet[Person]):
    """Oneself, and for organizers everybody in their cycles."""

    queryset = Person.objects.all()
    serializer_class = PersonSerializer
    seen_as = "person.view"
    filterset_class = PersonFilter
    ordering = ("name", "id")
