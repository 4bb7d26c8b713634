"""Pages of the door, of oneself and of the desk."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from backend.accounts.models import ApiToken, User
from games.groups.actions import invite_to_role
from games.notices.models import Message
from tests.cast import Actor, Cast
from tests.factories.accounts import PASSWORD, ApiTokenFactory, SignInLinkFactory, UserFactory

pytestmark = pytest.mark.django_db


def secret_of_last_mail() -> str:
    message = Message.objects.order_by("-pk").first()
    assert message is not None
    found = re.search(r"/([\w-]{43})/", message.body)
    assert found is not None
    return found[1]


def signed_in(client: Client) -> str:
    """Who the browser is, empty for a visitor."""
    pk = client.session.get("_auth_user_id")
    return User.objects.get(pk=pk).email if pk else ""


@pytest.mark.parametrize("path", ["/sign-up/", "/sign-in/", "/sign-in/link/", "/password/forgotten/", "/check-mail/"])
def test_the_door_is_open_to_everybody_and_every_control_has_a_label(client, path):
    page = client.get(path)
    assert page.status_code == 200
    html = page.content.decode()
    for control in re.findall(r'<input(?![^>]*type="(?:hidden|search)")[^>]*id="(\w+)"', html):
        assert f'for="{control}"' in html, control
    assert "style=" not in html


def test_signing_up_confirming_and_being_in(client):
    sent = {"name": "Ada", "email": "Ada@Example.org", "password": PASSWORD}
    assert client.post("/sign-up/?next=/join/", sent).headers["Location"] == "/check-mail/"
    address = f"/confirm/{secret_of_last_mail()}/"
    assert "Did you sign up as Ada" in client.get(address).content.decode()
    assert signed_in(client) == ""
    assert client.post(address).headers["Location"] == "/join/"
    assert signed_in(client) == "ada@example.org"
    assert client.post(address).status_code == 410


def test_a_known_address_gets_the_same_answer_at_sign_up(client):
    UserFactory(email="ada@example.org")
    sent = {"name": "Eve", "email": "ada@example.org", "password": PASSWORD}
    assert client.post("/sign-up/", sent).headers["Location"] == "/check-mail/"


def test_faults_stand_beside_their_fields_and_what_was_typed_stays(client):
    page = client.post("/sign-up/", {"name": "Ada", "email": "nonsense", "password": "x"})
    html = page.content.decode()
    assert 'value="Ada"' in html
    assert 'aria-invalid="true"' in html
    assert 'value="x"' not in html
    weak = client.post("/sign-up/", {"name": "Ada", "email": "ada@example.org", "password": "1234567890"}).content.decode()
    assert "entirely numeric" in weak


def test_signing_in_leads_where_one_wanted_to_go_but_never_elsewhere(client):
    user = UserFactory()
    sent = {"email": user.email, "password": PASSWORD}
    assert client.post("/sign-in/?next=/me/", sent).headers["Location"] == "/me/"
    client.post("/sign-out/")
    assert signed_in(client) == ""
    assert client.post("/sign-in/?next=https://evil.example/", sent).headers["Location"] == "/"


def test_a_locked_door_answers_429_and_says_when_to_try_again(client):
    for _ in range(5):
        assert client.post("/sign-in/", {"email": "ada@example.org", "password": "wrong"}).status_code == 200
    locked = client.post("/sign-in/", {"email": "ada@example.org", "password": "wrong"})
    assert locked.status_code == 429
    assert 50 <= int(locked.headers["Retry-After"]) <= 60
    assert "Too many tries" in locked.content.decode()


def test_signing_out_takes_a_press_not_a_link(client):
    client.force_login(UserFactory())
    assert client.get("/sign-out/").status_code == 405


def test_a_link_by_mail_signs_in_when_pressed_not_when_looked_at(client):
    user = UserFactory()
    client.post("/sign-in/link/?next=/me/", {"email": user.email})
    address = f"/sign-in/link/{secret_of_last_mail()}/"
    assert client.get(address).status_code == 200
    assert signed_in(client) == ""
    assert client.post(address).headers["Location"] == "/me/"
    assert signed_in(client) == user.email
    assert Client().get(address).status_code == 410


@pytest.mark.parametrize("path", ["/sign-in/link/", "/password/forgotten/"])
def test_asking_for_a_link_reads_the_same_for_every_address(client, path):
    UserFactory(email="ada@example.org")
    known = client.post(path, {"email": "ada@example.org"})
    unknown = client.post(path, {"email": "nobody@example.org"})
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])


def test_a_new_password_by_link_signs_out_elsewhere(client):
    user = UserFactory()
    elsewhere = Client()
    elsewhere.force_login(user)
    client.post("/password/forgotten/", {"email": user.email})
    address = f"/password/{secret_of_last_mail()}/"
    assert "too short" in client.post(address, {"password": "x"}).content.decode()
    assert client.post(address, {"password": "a wholly other evening"}).status_code == 302
    assert signed_in(client) == user.email
    assert elsewhere.get("/me/").status_code == 302
    assert client.get(address).status_code == 410


@pytest.mark.parametrize("path", ["/confirm/{}/", "/sign-in/link/{}/", "/password/{}/", "/invitations/{}/"])
def test_links_that_are_dead_unknown_or_for_something_else_read_alike(client, path):
    SignInLinkFactory(secret="dead", expires_at=now() - timedelta(days=1), purpose="confirm")
    SignInLinkFactory(secret="other", purpose="none")
    pages = [client.get(path.format(secret)) for secret in ("dead", "other", "unknown")]
    assert {one.status_code for one in pages} == {410}
    assert len({one.content for one in pages}) == 1


def test_an_invited_judge_comes_in_without_an_account_or_a_password(cast: Cast, client):
    _, _, secret = invite_to_role(cast.cycle, role="judge", by=cast.org.user, email="dr@example.org", name="Dr. No")
    page = client.get(f"/invitations/{secret}/").content.decode()
    assert "Org keeps it for Dr. No." in page
    assert client.post(f"/invitations/{secret}/").headers["Location"] == "/cycles/water/"
    assert signed_in(client) == "dr@example.org"
    assert not User.objects.get(email="dr@example.org").has_usable_password()
    assert Client().get(f"/invitations/{secret}/").status_code == 410


def test_an_invitation_to_a_suspended_address_lets_nobody_in(cast: Cast, client):
    UserFactory(email="dr@example.org", is_active=False)
    _, _, secret = invite_to_role(cast.cycle, role="judge", by=cast.org.user, email="dr@example.org")
    client.post(f"/invitations/{secret}/")
    assert signed_in(client) == ""


def test_who_is_signed_in_takes_the_place_as_themselves(cast: Cast):
    _, _, secret = invite_to_role(cast.cycle, role="judge", by=cast.org.user, email="other@example.org")
    browser = cast.eve.client
    assert browser.post(f"/invitations/{secret}/").headers["Location"] == "/cycles/water/"
    assert "judge" in cast.eve.access.cycles[cast.cycle.pk]


PRIVATE = ["/me/", "/me/tokens/", "/instance/", "/instance/mail/", "/join/", "/cycles/water/register/"]


@pytest.mark.parametrize("path", PRIVATE)
def test_a_visitor_is_sent_to_the_door_first(cast: Cast, path):
    assert cast.visitor.client.get(path).headers["Location"] == f"/sign-in/?next={path}"


def test_ones_own_page_shows_what_one_takes_part_in(cast: Cast):
    page = cast.ada.client.get("/me/").content.decode()
    assert "Red Herons" in page
    assert "/cycles/water/teams/red/" in page
    assert cast.ada.client.post("/me/", {"name": "Ada L.", "timezone": "Europe/Berlin"}).status_code == 302
    cast.ada.user.refresh_from_db()
    assert (cast.ada.user.name, cast.ada.user.timezone) == ("Ada L.", "Europe/Berlin")
    assert 'action="See' not in cast.eve.client.get("/me/").content.decode()  # words of an empty place are no address of a form
    assert '<meta name="zone" content="Europe/Berlin">' in cast.ada.client.get("/cycles/").content.decode()
    assert 'name="zone"' not in cast.ben.client.get("/cycles/").content.decode()  # the device says


def test_a_token_is_shown_once_on_its_page_and_revoked_there(cast: Cast):
    browser = cast.ada.client
    page = browser.post("/me/tokens/", {"name": "script", "life": "30", "capabilities": ["submit"], "cycles": [cast.cycle.pk]})
    assert "ludus_" in page.content.decode()
    token = ApiToken.objects.get()
    assert (token.cycles, token.capabilities) == ([cast.cycle.pk], ["submit"])
    again = browser.get("/me/tokens/").content.decode()
    assert again.count("ludus_") == 1
    assert f"{token.hint}…" in again
    browser.post(f"/me/tokens/{token.pk}/revoke/")
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_eve_does_not_revoke_adas_token(cast: Cast):
    token = ApiTokenFactory(user=cast.ada.user)
    assert cast.eve.client.post(f"/me/tokens/{token.pk}/revoke/").status_code == 404


DESK = [
    ("get", "/instance/"),
    ("post", "/instance/accounts/{user}/"),
    ("get", "/instance/mail/"),
    ("post", "/instance/mail/{mail}/"),
]


@pytest.mark.parametrize(("verb", "path"), DESK)
def test_eve_and_organizers_are_refused_at_the_desk(cast: Cast, verb, path):
    mail = Message.objects.create(to="x@example.org", kind="k", key="k", subject="s", body="b")
    address = path.format(user=cast.ada.user.pk, mail=mail.pk)
    for someone in (cast.eve, cast.org, cast.ada):
        assert getattr(someone.client, verb)(address, {"do": "suspend"}).status_code == 403
    assert getattr(cast.visitor.client, verb)(address, {"do": "suspend"}).status_code == 302
    cast.ada.user.refresh_from_db()
    assert cast.ada.user.is_active


def test_the_owner_works_at_the_desk(cast: Cast):
    browser = Actor("root", UserFactory(is_superuser=True)).client
    address = f"/instance/accounts/{cast.ada.user.pk}/"
    assert "ada@example.org" in browser.get("/instance/?q=ada").content.decode()
    for do in ("allow", "reset", "suspend", "restore", "forbid"):
        assert browser.post(address, {"do": do}).status_code == 302
    assert browser.post(address, {"do": "nonsense"}).status_code == 404
    mail = Message.objects.get()
    Message.objects.update(state="sent")
    browser.post(f"/instance/mail/{mail.pk}/", {"do": "bounced"})
    mail.refresh_from_db()
    assert mail.state == "bounced"
    assert "ada@example.org" in browser.get("/instance/mail/?state=bounced").content.decode()
    browser.post(f"/instance/mail/{mail.pk}/", {"do": "again"})
    mail.refresh_from_db()
    assert mail.state == "queued"


def test_desk_pages_take_the_same_statements_for_one_row_and_for_four(cast: Cast, django_assert_num_queries):
    browser = Actor("root", UserFactory(is_superuser=True)).client
    for number in range(4):
        Message.objects.create(to="x@example.org", kind="k", key=f"{number}", subject="s", body="b")
        for path, count in (("/instance/", 8), ("/instance/mail/", 7)):
            with django_assert_num_queries(count):
                assert browser.get(path).status_code == 200
        UserFactory()


def test_one_deletes_ones_account_by_typing_the_address(cast: Cast):
    browser = cast.eve.client
    page = browser.post("/me/leave/", {"email": "ada@example.org"}).content.decode()
    assert "This is not the address of your account." in page
    assert 'value="Eve"' in page
    assert browser.post("/me/leave/", {"email": "Eve@example.org"}).headers["Location"] == "/"
    assert not User.objects.filter(email="eve@example.org").exists()
    assert browser.get("/me/").status_code == 302
