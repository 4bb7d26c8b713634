"""Every foreign key points down the list of slices, or to the user. What happened below never depends on what is above."""

from django.apps import apps
from django.conf import settings
from django.db.models import Field, Model

from tests.habits.house import slices


def place(model: type[Model]) -> int:
    """How high a model stands: leaderboards at the bottom, then the slices in their order, then the shell."""
    package, _, rest = model.__module__.partition(".")
    if package == "games":
        return 1 + slices().index(rest.split(".")[0])
    return {"leaderboards": 0}.get(package, 1 + len(slices()))


def upward(model: type[Model], field: Field) -> bool:
    target = field.related_model
    if not isinstance(target, type) or target._meta.label == settings.AUTH_USER_MODEL:
        return False
    return place(target) > place(model)


def test_every_foreign_key_points_down_or_to_the_user():
    ours = [model for model in apps.get_models() if model._meta.app_label in {"games", "leaderboards"}]
    assert len(ours) > 20
    wrong = [
        f"{model._meta.label}.{f.name} -> {f.related_model}"
        for model in ours
        for f in model._meta.get_fields()
        if isinstance(f, Field) and f.is_relation and upward(model, f)
    ]
    assert wrong == []


def test_every_slice_is_in_the_order():
    from tests.habits.house import ROOT

    folders = {path.parent.name for path in (ROOT / "games").glob("*/__init__.py")} - {"migrations", "templatetags"}
    assert folders - set(slices()) == set()


def test_leaderboards_knows_no_game():
    models = apps.get_app_config("leaderboards").get_models()
    targets = {
        f.related_model._meta.app_label for m in models for f in m._meta.get_fields() if isinstance(f, Field) and f.is_relation
    }
    assert "games" not in targets
