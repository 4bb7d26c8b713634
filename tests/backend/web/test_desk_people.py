"""People on the organizer's desk: the roll, lists of guests, one person's place, registrations."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.groups import actions
from games.groups.models import Membership
from games.notices.actions import mark_bounced
from games.notices.models import Message
from games.organizations.guests import Guest
from games.organizations.models import Invitation
from tests.cast import Cast
from tests.factories.groups import MembershipFactory, RegistrationFactory
from tests.factories.organizations import PersonFactory
from tests.factories.submissions import without_designs

pytestmark = pytest.mark.django_db
PEOPLE = "/cycles/water/desk/people/"
INVITE = f"{PEOPLE}invite/"
REGISTRATIONS = "/cycles/water/desk/registrations/"


def words(response):
    return re.sub(r"\s+", " ", response.content.decode())


def invited(cast: Cast, email="noor@example.org", **cells) -> Membership:
    actions.invite_guests(cast.cycle, [Guest(1, "Noor", email, **cells)], role="judge", by=cast.org.user)
    return Membership.objects.select_related("person").get(person__email=email)


def mail_of(membership: Membership, state="sent") -> Message:
    return Message.objects.create(
        to=membership.person.email,
        person=membership.person,
        kind="person.invited",
        key=f"m:{membership.pk}",
        subject="x",
        body="x",
        state=state,
    )


# --- The roll -------------------------------------------------------------------------------------------------------------------------


def test_everybody_stands_in_the_roll_with_role_team_and_state(cast: Cast):
    waiting = invited(cast)
    text = words(cast.org.client.get(PEOPLE))
    for name in ("Ada", "Ben", "Judith", "Org", "Noor"):
        assert name in text
    assert "Red Herons" in text
    assert "mail on its way" in text
    mail = mail_of(waiting)
    assert "mail on its way" not in words(cast.org.client.get(PEOPLE))
    mark_bounced(mail, error="550 no such user")
    assert "550 no such user" in words(cast.org.client.get(PEOPLE))
    Invitation.objects.update(expires_at=now() - timedelta(seconds=1))
    assert "link has run out" in words(cast.org.client.get(PEOPLE))


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("q=judi", "Judith", "Ben"),
        ("q=red+her", "Ada", "Judith"),
        ("role=judge", "Judith", "Ada"),
        ("state=joined", "Ada", "Noor"),
        ("state=sending", "Noor", "Ada"),
        ("q=%00nobody", "Nobody fits", "Judith"),
    ],
)
def test_the_roll_is_searched_and_filtered(cast: Cast, query, there, gone):
    invited(cast)
    text = words(cast.org.client.get(f"{PEOPLE}?{query}")).partition("<main")[2]
    assert there in text
    assert f">{gone}" not in text


def test_the_roll_is_a_table_for_spreadsheets_and_no_cell_is_a_formula(cast: Cast):
    invited(cast)
    MembershipFactory(group=cast.red, person=PersonFactory(name="=1+1", email="x@example.org"))
    answer = cast.org.client.get(f"{PEOPLE}people.csv?sort=name")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "name,email,role,team,division,state,since"
    assert any(line.startswith("Noor,noor@example.org,judge,,,sending,") for line in lines)
    assert any(line.startswith("'=1+1,") for line in lines)
    assert answer["Content-Disposition"] == 'attachment; filename="water-people.csv"'


def test_the_roll_takes_as_many_statements_for_many_as_for_few(cast: Cast):
    client = cast.org.client
    for number in range(60):
        MembershipFactory(group=cast.red, person=PersonFactory(name=f"P{number}"))
    for path in (PEOPLE, f"{PEOPLE}?page=2&sort=team", f"{PEOPLE}people.csv", f"{PEOPLE}mail/", REGISTRATIONS):
        with CaptureQueriesContext(connection) as sent:
            assert client.get(path).status_code == 200
        assert len(without_designs(sent)) <= 12, path


def test_one_persons_place_is_changed_on_the_roll(cast: Cast):
    client, waiting = cast.org.client, invited(cast)
    place = f"{PEOPLE}{waiting.pk}/"
    text = words(client.get(f"{place}?back={PEOPLE}%3Fstate%3Dsending"))
    assert "noor@example.org" in text
    assert f'value="{PEOPLE}?state=sending"' in text
    assert "evil" not in words(client.get(f"{place}?back=//evil.example/"))
    client.post(place, {"do": "again", "email": "noor.new@example.org"})
    waiting.person.refresh_from_db()
    assert waiting.person.email == "noor.new@example.org"
    assert Invitation.objects.count() == 2
    client.post(place, {"do": "withdraw"})
    waiting.refresh_from_db()
    assert waiting.until is not None
    judith = Membership.objects.get(person=cast.judith.person)
    assert (
        client.post(
            f"{PEOPLE}{judith.pk}/", {"do": "role", "role": "organizer", "reason": "Steers.", "back": "//evil.example/"}
        ).url
        == PEOPLE
    )
    judith = Membership.objects.get(person=cast.judith.person, until=None)
    assert judith.role == "organizer"
    client.post(f"{PEOPLE}{judith.pk}/", {"do": "end", "reason": ""})
    assert Membership.objects.filter(pk=judith.pk, until=None).exists()
    assert client.post(f"{PEOPLE}{judith.pk}/", {"do": "explode"}).status_code == 404


def test_a_team_gets_another_captain_and_loses_a_member(cast: Cast):
    other = MembershipFactory(
        group=cast.red, person=PersonFactory(name="Second", user=cast.eve.user, organization=None, claimed_at=now())
    )
    cast.org.client.post(f"{PEOPLE}{other.pk}/", {"do": "lead"})
    other.refresh_from_db()
    assert "captain" in other.capabilities
    ada = Membership.objects.get(person=cast.ada.person)
    cast.org.client.post(f"{PEOPLE}{ada.pk}/", {"do": "end"})
    ada.refresh_from_db()
    assert ada.until is not None


# --- Lists of guests ------------------------------------------------------------------------------------------------------------------

LIST = "Noor <noor@example.org>\nAmir;amir@example.org;Grey Seals;captain\njudith@example.org"


def test_a_list_is_looked_at_first_and_sent_only_when_confirmed(cast: Cast):
    client = cast.org.client
    before = Membership.objects.count()
    text = words(client.post(INVITE, {"people": LIST, "role": "judge", "do": "look"}))
    assert "gets an invitation" in text
    assert "has this place already" in text
    assert "Send 2 invitations" in text
    assert "Grey Seals" in text
    assert Membership.objects.count() == before
    assert client.post(INVITE, {"people": LIST, "role": "judge", "do": "send"}).status_code == 302
    assert Membership.objects.count() == before + 2
    assert "2 mails are on their way" in words(client.get(PEOPLE))


def test_faults_are_named_by_row_and_nothing_is_sent(cast: Cast):
    bad = "noor@example.org\nnobody\nAmir;amir@example.org;;jester"
    for do in ("look", "send"):
        answer = cast.org.client.post(INVITE, {"people": bad, "role": "judge", "do": do})
        text = words(answer)
        assert answer.status_code == 422
        assert "row 2, email" in text
        assert "row 3, role" in text
        assert "nobody" in text  # what was typed is still there
    assert not Membership.objects.filter(person__email="noor@example.org").exists()


def test_a_table_is_uploaded_and_lands_in_the_box(cast: Cast):
    upload = SimpleUploadedFile("judges.csv", b"\xef\xbb\xbfE-mail;Name\r\nnoor@example.org;Noor\r\n", content_type="text/csv")
    text = words(cast.org.client.post(INVITE, {"file": upload, "role": "judge", "do": "look"}))
    assert "Send 1 invitation" in text
    assert "noor@example.org;Noor" in text
    latin = SimpleUploadedFile("judges.csv", "name,email\nJosé,j@example.org".encode("latin-1"), content_type="text/csv")
    assert "no UTF-8 text" in words(cast.org.client.post(INVITE, {"file": latin, "role": "judge", "do": "look"}))


def test_the_mails_progress_is_a_fragment_with_a_tag_that_ends(cast: Cast):
    waiting, client = invited(cast), cast.org.client
    first = client.get(f"{PEOPLE}mail/")
    assert "0 of 1" in words(first)
    assert "X-Live-Over" not in first
    assert client.get(f"{PEOPLE}mail/", headers={"If-None-Match": first["ETag"]}).status_code == 304
    mail_of(waiting)
    last = client.get(f"{PEOPLE}mail/", headers={"If-None-Match": first["ETag"]})
    assert "All invitations are sent" in words(last)
    assert last["X-Live-Over"] == "1"


# --- Registrations --------------------------------------------------------------------------------------------------------------------


def test_registrations_are_answered_one_by_one_and_all_at_once(cast: Cast):
    client = cast.org.client
    rows = [
        RegistrationFactory(group__cycle=cast.cycle, group__state="pending", group__name=f"Late {n}", state="pending")
        for n in range(3)
    ]
    assert "Accept all 3" in words(client.get(REGISTRATIONS))
    path = f"/cycles/water/desk/registrations/{rows[0].pk}/"
    assert client.post(path, {"act": "refuse", "reason": "", "back": REGISTRATIONS}).url == REGISTRATIONS
    rows[0].refresh_from_db()
    assert rows[0].state == "pending"
    client.post(path, {"act": "refuse", "reason": "Too late."})
    client.post(f"{REGISTRATIONS}accept/")
    for row in rows:
        row.refresh_from_db()
    assert [row.state for row in rows] == ["refused", "accepted", "accepted"]
    assert "Too late." in words(client.get(f"{REGISTRATIONS}?state=refused"))


# --- Outsiders ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [PEOPLE, f"{PEOPLE}people.csv", f"{PEOPLE}mail/", INVITE, REGISTRATIONS])
def test_for_everybody_else_these_pages_do_not_exist(cast: Cast, path):
    for someone in (cast.ada, cast.judith, cast.eve):
        assert someone.client.get(path).status_code == 404
    assert cast.visitor.client.get(path).url.startswith("/sign-in/")


def test_nobody_else_invites_or_changes_a_place(cast: Cast):
    waiting = invited(cast)
    tries = [
        (INVITE, {"people": "x@example.org", "role": "judge", "do": "send"}),
        (f"{PEOPLE}{waiting.pk}/", {"do": "withdraw"}),
        (f"{REGISTRATIONS}accept/", {}),
    ]
    for path, data in tries:
        for someone in (cast.ada, cast.judith, cast.eve):
            assert someone.client.post(path, data).status_code == 404
            assert someone.client.get(f"{PEOPLE}{waiting.pk}/").status_code == 404
    waiting.refresh_from_db()
    assert waiting.until is None
    assert not Membership.objects.filter(person__email="x@example.org").exists()
