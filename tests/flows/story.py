"""People who tell a story through the API: everything they do is a request; only the worker is called by hand."""

from dataclasses import dataclass, field
from typing import Any

from rest_framework.test import APIClient

from games.journal.queries import db_now
from games.organizations.models import Invitation
from games.organizations.queries import invitation_secret
from games.progression.actions import settle_round_states
from games.results.actions import due_runs
from games.results.models import RecomputeRun
from tests.factories.accounts import UserFactory
from worker import pulse, steps

ROOT = "/api/v1"


class Refused(AssertionError):
    """The answer was not a yes; carries status and code."""

    def __init__(self, path: str, status: int, body: Any) -> None:
        super().__init__(f"{path}: {status} {body}")
        self.status = status
        self.code = body.get("code") if isinstance(body, dict) else ""
        self.body = body


class Somebody:
    """A person with an account and an API client."""

    def __init__(self, name: str, **account: Any) -> None:
        self.name = name
        self.user = UserFactory(email=f"{name}@example.org", name=name.title(), **account)
        self.client = APIClient()
        self.client.force_login(self.user)

    def ask(self, path: str) -> Any:
        """GET."""
        return self._answer(path, self.client.get(ROOT + path))

    def list(self, path: str) -> list[Any]:
        """The rows of a list."""
        return self.ask(path)["results"]

    def do(self, path: str, *, method: str = "post", **body: Any) -> Any:
        """POST, PUT or PATCH."""
        return self._answer(path, getattr(self.client, method)(ROOT + path, body, format="json"))

    def _answer(self, path: str, response: Any) -> Any:
        body = response.json() if response.content else {}
        if response.status_code >= 400:
            raise Refused(path, response.status_code, body)
        return body


def the_worker_works() -> None:
    """The clock, the journal's seal, points, and every run that is due, until nothing is left to do."""
    settle_round_states()
    while True:
        pulse.pulse()
        RecomputeRun.objects.filter(state="waiting").update(not_before=None)
        runs = list(due_runs(db_now()))
        if not runs:
            return
        for run in runs:
            done = steps.do_step(run)
            assert done is None or not done.error, done.error


@dataclass
class Story:
    """A cycle and those who are in it. Rounds and challenges are named by key."""

    org: Somebody
    cycle: int = 0
    teams: dict[str, tuple[Somebody, int]] = field(default_factory=dict)
    judges: list[Somebody] = field(default_factory=list)

    def launch(self, **asked: Any) -> Any:
        found = self.org.do("/cycles", **asked)
        self.cycle = found["id"]
        return found

    def round(self, key: str) -> Any:
        return next(one for one in self.org.list(f"/rounds?cycle={self.cycle}") if one["key"] == key)

    def challenge(self, round_key: str, key: str) -> int:
        return next(
            one["id"] for one in self.org.list(f"/challenges?cycle={self.cycle}&key={key}") if one["round_key"] == round_key
        )

    def steer(self, round_key: str, verb: str, **asked: Any) -> Any:
        return self.org.do(f"/rounds/{self.round(round_key)['id']}/{verb}", **{"reason": "as the story goes"} | asked)

    def register(self, name: str, **asked: Any) -> Any:
        captain = Somebody(name)
        made = captain.do(f"/cycles/{self.cycle}/register", name=name.title(), **asked)
        self.teams[name] = (captain, made["group"])
        return made

    def appoint(self, name: str, *, role: str = "judge") -> Somebody:
        judge = Somebody(name)
        self.org.do(f"/cycles/{self.cycle}/invite", email=judge.user.email, role=role)
        judge.do("/invitations/accept", secret=invitation_secret(Invitation.objects.latest("pk")))
        self.judges.append(judge)
        return judge

    def seat(self, challenge: int, judge: Somebody, panel: str = "") -> None:
        found = self.org.list("/people?limit=200")
        person = next(one["id"] for one in found if one["name"] == judge.user.name)
        self.org.do(f"/cycles/{self.cycle}/panelists", challenge=challenge, person=person, **({"panel": panel} if panel else {}))

    def enter(self, name: str, challenge: int, **data: Any) -> Any:
        captain, group = self.teams[name]
        entry = captain.do(f"/groups/{group}/submissions", challenge=challenge)
        return captain.do(f"/submissions/{entry['id']}/versions", data=data)

    def judge(self, challenge: int, marks: dict[str, dict[str, Any]], *, comment: str = "Thank you.") -> None:
        """Every judge of the task gives every team the same marks."""
        self.org.do(f"/cycles/{self.cycle}/assignments", challenge=challenge)
        names = {group: name for name, (_, group) in self.teams.items()}
        for judge in self.judges:
            for sheet in self._sheets(judge, challenge):
                team = names[self._group_of(sheet["id"])]
                given = [{"criterion": key, "value": str(value)} for key, value in marks[team].items()]
                judge.do(f"/sheets/{sheet['id']}/finalize", marks=given, comment=comment)

    def _sheets(self, judge: Somebody, challenge: int) -> list[Any]:
        return [one for one in judge.list(f"/sheets?challenge={challenge}&limit=200") if one["state"] == "assigned"]

    def _group_of(self, sheet: int) -> int:
        """In a blind round a judge does not know; the story does."""
        return self.org.ask(f"/sheets/{sheet}")["group"]["id"]

    def publish(self, round_key: str) -> None:
        self.steer(round_key, "publish")
        the_worker_works()

    def snapshot(self, board: str) -> list[tuple[str, str, str]]:
        """What everybody reads: place, group, score."""
        visitor = APIClient()
        boards = visitor.get(f"{ROOT}/boards?cycle={self.cycle}").json()["results"]
        pk = next(one["id"] for one in boards if one["key"] == board)
        found = visitor.get(f"{ROOT}/snapshots?board={pk}").json()["results"]
        rows = visitor.get(f"{ROOT}/snapshots/{found[-1]['id']}").json()["rows"]
        return [(row["place"], row["group"], row["score"]) for row in rows]
