"""Talk as the API tells it, and what is sent. People are named by their groups: a person's name is theirs to tell."""

from typing import Any

from rest_framework import serializers

from games.talk.api.asking import IdField
from games.talk.models import Follow, Post, Report, Ruling, Thread
from games.talk.rules import TEXT, TITLE, WHY, ThreadKind


class ThreadShape(serializers.ModelSerializer[Thread]):
    """A thread in a list. Without a group the organizers opened it. `asked`: to how many groups an ask was put, `due_at` by when they reply."""

    group_key = serializers.CharField(source="group.key", default=None, allow_null=True)
    idea_number = serializers.IntegerField(source="idea.number", default=None, allow_null=True)
    replies = serializers.IntegerField(read_only=True, default=0)
    helped = serializers.IntegerField(read_only=True, default=0)
    hidden = serializers.SerializerMethodField()

    class Meta:
        model = Thread
        fields = (
            *("id", "cycle", "number", "kind", "idea", "idea_number", "title", "group", "group_key", "opened_at", "last_at"),
            *("accepted", "answered_at", "due_at", "replied_at", "replies", "helped", "hidden"),
        )
        read_only_fields = fields

    def get_hidden(self, thread: Thread) -> bool:
        """Taken out of sight by organizers: whose it is and they read it."""
        return thread.hidden_at is not None


class PostShape(serializers.ModelSerializer[Post]):
    """Something said. `corrects`: the post in whose place it is read; `thanked`: by how many."""

    group_key = serializers.CharField(source="group.key", default=None, allow_null=True)
    thanked = serializers.IntegerField(read_only=True, default=0)
    mine = serializers.SerializerMethodField()
    hidden = serializers.SerializerMethodField()

    class Meta:
        model = Post
        fields = (
            *(
                "id",
                "thread",
                "number",
                "group",
                "group_key",
                "text",
                "at",
                "corrects",
                "helpful_at",
                "thanked",
                "mine",
                "hidden",
            ),
        )
        read_only_fields = fields

    def get_mine(self, post: Post) -> bool:
        """Whether you said it."""
        return post.author_id in self.context.get("persons", ())

    def get_hidden(self, post: Post) -> bool:
        """Taken out of sight by organizers."""
        return post.hidden_at is not None


class OpeningAsked(serializers.Serializer[Any]):
    """A thread: on an idea `talk`, `question` or `ask`; without one, on the board, `barrier` or `question`."""

    kind = serializers.ChoiceField(choices=[one.value for one in ThreadKind])
    title = serializers.CharField(max_length=TITLE)
    text = serializers.CharField(max_length=TEXT)
    idea = IdField(required=False, allow_null=True)


class SayingAsked(serializers.Serializer[Any]):
    """What is said, for which group of yours; organizers leave the group out."""

    text = serializers.CharField(max_length=TEXT)
    group = IdField(required=False, allow_null=True)


class TextAsked(serializers.Serializer[Any]):
    """Words."""

    text = serializers.CharField(max_length=TEXT)


class WhyAsked(serializers.Serializer[Any]):
    """A reason."""

    why = serializers.CharField(max_length=WHY)


class AppealAnswerAsked(serializers.Serializer[Any]):
    """How an appeal ends: `upheld` shows it again."""

    upheld = serializers.BooleanField()
    text = serializers.CharField(max_length=WHY)


class FollowShape(serializers.ModelSerializer[Follow]):
    """What you follow: one of an idea, a thread, a group."""

    class Meta:
        model = Follow
        fields = ("id", "cycle", "idea", "thread", "group", "at")
        read_only_fields = fields


class ReportShape(serializers.ModelSerializer[Report]):
    """Something that organizers are asked to look at: a post or an idea. `ruling`: what came of it."""

    class Meta:
        model = Report
        fields = ("id", "cycle", "post", "idea", "why", "at", "ruling")
        read_only_fields = fields


class RulingShape(serializers.ModelSerializer[Ruling]):
    """What organizers decided about a post or an idea, and what came of the appeal against it."""

    class Meta:
        model = Ruling
        fields = (
            *("id", "cycle", "post", "idea", "verdict", "why", "at"),
            *("appeal", "appealed_at", "answer", "answered_at", "upheld"),
        )
        read_only_fields = fields


class DoneShape(serializers.Serializer[Any]):
    """It is so now."""

    done = serializers.BooleanField()
