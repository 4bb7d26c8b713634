"""A wrong value is one sentence that names the variable, the value and what was expected."""

import pytest

from backend.env import SettingError, env_bool, env_int, env_list, env_secret, env_str, env_url, without_password


@pytest.mark.parametrize(("text", "value"), [("yes", True), ("1", True), ("On", True), ("no", False), ("0", False), ("", False)])
def test_yes_and_no_are_read_in_every_usual_spelling(monkeypatch, text, value):
    monkeypatch.setenv("LUDUS_X", text)
    assert env_bool("LUDUS_X", default=not value) is value


def test_unset_means_the_default(monkeypatch):
    monkeypatch.delenv("LUDUS_X", raising=False)
    assert env_bool("LUDUS_X", default=True) is True
    assert env_int("LUDUS_X", 7) == 7
    assert env_str("LUDUS_X", "a") == "a"
    assert env_list("LUDUS_X", "a, b,") == ["a", "b"]
    assert env_secret("LUDUS_X", "s") == "s"
    assert env_url("LUDUS_X", "redis://a", schemes=frozenset({"redis"})) == "redis://a"


@pytest.mark.parametrize(
    ("read", "value", "sentence"),
    [
        (lambda: env_bool("LUDUS_X"), "maybe", "LUDUS_X is 'maybe'; expected yes or no (also 1, 0, true, false, on, off)."),
        (lambda: env_int("LUDUS_X", 1, least=1, most=9), "many", "LUDUS_X is 'many'; expected a whole number from 1 to 9."),
        (lambda: env_int("LUDUS_X", 1, least=1, most=9), "10", "LUDUS_X is '10'; expected a whole number from 1 to 9."),
        (lambda: env_str("LUDUS_X", choices=frozenset({"a", "b"})), "c", "LUDUS_X is 'c'; expected one of a, b."),
        (
            lambda: env_url("LUDUS_X", "", schemes=frozenset({"redis"})),
            "localhost",
            "LUDUS_X is 'localhost'; expected a URL that starts with redis://.",
        ),
        (
            lambda: env_url("LUDUS_X", "", schemes=frozenset({"redis"})),
            "redis://h:x",
            "LUDUS_X is 'redis://h:x'; expected a URL that starts with redis://.",
        ),
    ],
)
def test_a_wrong_value_is_one_clear_sentence(monkeypatch, read, value, sentence):
    monkeypatch.setenv("LUDUS_X", value)
    with pytest.raises(SettingError) as caught:
        read()
    assert str(caught.value) == sentence


def test_a_secret_is_read_from_a_file(monkeypatch, tmp_path):
    path = tmp_path / "key"
    path.write_text("from the file\n")
    monkeypatch.setenv("LUDUS_X_FILE", str(path))
    assert env_secret("LUDUS_X") == "from the file"


def test_a_secret_file_that_cannot_be_read_is_named(monkeypatch):
    monkeypatch.setenv("LUDUS_X_FILE", "/nowhere")
    with pytest.raises(SettingError, match=r"^LUDUS_X_FILE is '/nowhere'; expected the path of a readable text file\.$"):
        env_secret("LUDUS_X")


def test_a_secret_given_twice_is_refused(monkeypatch):
    monkeypatch.setenv("LUDUS_X", "a")
    monkeypatch.setenv("LUDUS_X_FILE", "/somewhere")
    with pytest.raises(SettingError, match="only one of LUDUS_X and LUDUS_X_FILE"):
        env_secret("LUDUS_X")


def test_a_password_is_never_repeated(monkeypatch):
    monkeypatch.setenv("LUDUS_X", "mysql://root:hunter2@db/ludus")
    with pytest.raises(SettingError) as caught:
        env_url("LUDUS_X", "", schemes=frozenset({"postgresql"}))
    assert "hunter2" not in str(caught.value)
    assert without_password("redis://:hunter2@h/0") == "redis://:...@h/0"
