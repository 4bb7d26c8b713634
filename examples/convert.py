"""Turn the source files of the example competitions into bundle tables: `python examples/convert.py SOURCES [NAME ...]`.

SOURCES is a folder with one sub-folder per competition, holding the files that each example's SOURCE.md names.
Only tables are written (and the cycle.toml of each Strictly series, which differ by their number of weeks);
the rules in the other cycle.toml files are written by hand. Running it twice gives identical files.
"""

import csv
import io
import json
import shutil
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

EXAMPLES = Path(__file__).parent
Row = dict[str, str]

COMPONENTS = {
    "Skating Skills": "skills",
    "Transitions": "transitions",
    "Performance": "performance",
    "Composition": "composition",
    "Interpretation of the Music": "interpretation",
    "Interpretation of the Music / Timing": "interpretation",
}
STRICTLY_JUDGES = {
    "craig": "Craig Revel Horwood",
    "arlene": "Arlene Phillips",
    "len": "Len Goodman",
    "bruno": "Bruno Tonioli",
    "alesha": "Alesha Dixon",
    "darcey": "Darcey Bussell",
    "jennifer": "Jennifer Grey",
    "donny": "Donny Osmond",
    "shirley": "Shirley Ballas",
}
STRICTLY_CYCLE = """\
format = 1
cycle = {{ key = "strictly-{number:02}", name = "Strictly Come Dancing, series {number}", series = "strictly", \
source = "Scores: github.com/four-tens/strictly-come-dancing-results (CC0 1.0).", licence = "CC0-1.0", \
summary = "Judges' scores only: the public vote, which decided who left, was never published." }}
rounds = [
{rounds}
]
boards = [{{ key = "season", name = "Judges' total over the season", ranked = "any" }}, {{ each = true }}]
[[challenges]]
keys = [{dances}]
criteria = [{{ key = "dance", min = 1, max = 10, step = 1, not_marked = 0 }}]
panels = [{{ key = "judges", combine = "sum", quorum = 0 }}]                # a dance that nobody marked counts 0
form = [{{ key = "dance", name = "Dance", type = "text" }}, {{ key = "song", name = "Song", type = "text" }}, \
{{ key = "partner", name = "Professional partner", type = "text" }}]
"""


def slug(name: str) -> str:
    """A readable ASCII key: "Krzysztof Jabłoński" -> "krzysztof-jablonski"."""
    plain = unicodedata.normalize("NFKD", name.replace("ł", "l").replace("Ł", "L")).encode("ascii", "ignore").decode()
    words = "".join(letter.lower() if letter.isalnum() else "" if letter == "'" else " " for letter in plain)
    return "-".join(words.split())


def read(path: Path) -> list[Row]:
    """The rows of a CSV file as dictionaries."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, columns: str, rows: Iterable[Sequence[object]]) -> None:
    """Write a table with the given space-separated columns and LF line ends."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns.split())
    writer.writerows(rows)
    path.write_text(buffer.getvalue(), encoding="utf-8")


def chopin(source: Path, target: Path) -> None:
    """84 and 40 pianists, 17 jurors; an empty cell or "s" is a juror who had to abstain (own student)."""
    marks: list[tuple[object, ...]] = []
    names: dict[str, str] = {}
    jurors: list[str] = []
    for stage in ("stage1", "stage2"):
        with (source / f"scores_{stage}.csv").open(encoding="utf-8", newline="") as file:
            header, *lines = list(csv.reader(file))
        jurors = header[3:]
        for number, first, last, *found in lines:
            cells = [*found[:-1], "19", "19"] if found[-1] == "19.19" else found  # the documented slip of row 63
            if len(cells) != len(jurors):
                message = f"{stage}, number {number}: {len(cells)} marks for {len(jurors)} jurors"
                raise ValueError(message)
            names[number] = f"{first} {last}"
            for juror, cell in zip(jurors, cells, strict=True):
                value = cell.strip()
                away = value in {"", "s"}
                marks.append(
                    (stage, "recital", number, slug(juror), "performance", "" if away else value, "recused" if away else "")
                )
    write(target / "groups.csv", "group name", [(number, names[number]) for number in sorted(names, key=int)])
    write(target / "people.csv", "person name role", [(slug(juror), juror, "judge") for juror in jurors])
    write(target / "marks.csv", "round challenge group judge criterion value state", marks)
    write(target / "official.csv", "kind key group name value", chopin_official(source, {name: n for n, name in names.items()}))


def chopin_official(source: Path, numbers: dict[str, str]) -> list[tuple[str, ...]]:
    """Published positions, scores and qualifiers. Positions inside a shared score are shared here (see SOURCE.md)."""
    official: list[tuple[str, ...]] = []
    shared: dict[tuple[str, str], str] = {}
    for row in read(source / "official_results.csv"):
        stage, group = f"stage{row['stage']}", numbers[row["name"]]
        score = row["official_score"]
        place = shared.setdefault((stage, score), row["position"])
        official += [("board", stage, group, "place", place), ("board", stage, group, "score", score)]
        if row["earlier_stage_scores"]:
            first, second = row["earlier_stage_scores"].split(";")
            official += [
                ("value", "stage1/recital", group, "score", first),
                ("value", "stage2/recital", group, "score", second),
            ]
        else:
            official.append(("value", "stage1/recital", group, "score", score))
        if row["advanced_or_place"]:
            official.append(("entrants", "stage2", group, "", "") if stage == "stage1" else ("award", "to-stage3", group, "", ""))
    return list(dict.fromkeys(official))


def skating(source: Path, target: Path) -> None:
    """217 performances of four divisions, five components, nine judges per panel; element scores are taken as given."""
    performances: dict[str, tuple[str, str, str]] = {}  # id -> round, challenge, group
    groups: dict[str, tuple[str, str, str]] = {}
    submissions: list[tuple[object, ...]] = []
    official: list[tuple[str, ...]] = []
    sums: dict[str, list[Decimal]] = defaultdict(list)
    for row in read(source / "worlds2017_performances.csv"):
        division = {"MEN": "men", "LADIES": "ladies", "PAIRS": "pairs", "ICE": "dance"}[row["program"].split()[0]]
        part = "short" if "SHORT" in row["program"] else "free"
        group, challenge = f"{division}-{slug(row['name'])}", f"{division}-{part}"
        performances[row["performance_id"]] = (part, challenge, group)
        groups[group] = (row["name"], division, row["nation"])
        submissions.append((part, challenge, group, row["starting_number"], row["total_element_score"], row["total_deductions"]))
        score, components = row["total_segment_score"], row["total_component_score"]
        sums[group].append(Decimal(score))
        official += [("board", part, group, "place", row["rank"]), ("board", part, group, "score", score)]
        official += [("value", f"{part}/{challenge}", group, "score", score)]
        official += [("value", f"{part}/{challenge}", group, "components", components)]
        official += [("entrants", "free", group, "", "")] if part == "free" else []
    official += [("board", "result", group, "score", str(sum(parts))) for group, parts in sums.items() if len(parts) > 1]
    aspects = {r["aspect_id"]: r for r in read(source / "worlds2017_judged-aspects.csv") if r["section"] == "components"}
    for aspect in aspects.values():
        part, challenge, group = performances[aspect["performance_id"]]
        official.append(("value", f"{part}/{challenge}", group, COMPONENTS[aspect["aspect_desc"]], aspect["scores_of_panel"]))
    marks, people = skating_marks(source, aspects, performances)
    write(target / "groups.csv", "group name division nation", sorted((key, *rest) for key, rest in groups.items()))
    write(target / "people.csv", "person name role", sorted(people))
    write(target / "submissions.csv", "round challenge group start elements deductions", sorted(submissions))
    write(target / "marks.csv", "round challenge group judge criterion value", sorted(marks))
    write(target / "official.csv", "kind key group name value", sorted(official))


def skating_marks(
    source: Path, aspects: dict[str, Row], performances: dict[str, tuple[str, str, str]]
) -> tuple[list[tuple[str, ...]], set[tuple[str, str, str]]]:
    """One mark per judge and component. The judge at seat 1 differs from segment to segment: so do the keys."""
    marks: list[tuple[str, ...]] = []
    people: set[tuple[str, str, str]] = set()
    for row in read(source / "worlds2017_judge-scores.csv"):
        if row["aspect_id"] in aspects:
            aspect = aspects[row["aspect_id"]]
            part, challenge, group = performances[aspect["performance_id"]]
            seat = row["judge"].removeprefix("J")
            people.add((f"{challenge}-judge{seat}", f"Judge {seat}, {challenge.replace('-', ' ')}", "judge"))
            component = COMPONENTS[aspect["aspect_desc"]]
            marks.append((part, challenge, group, f"{challenge}-judge{seat}", component, row["score"]))
    return marks, people


def strictly(source: Path, target: Path) -> None:
    """15 series; a week is a round, a couple's first dance of the week is dance1.

    Couples are told apart by the celebrity's name: the source gives two people the id 96.
    """
    series: dict[int, list[Row]] = defaultdict(list)
    for row in read(source / "results.csv"):
        series[int(row["series"])].append(row)
    for number, rows in sorted(series.items()):
        folder = target / "cycles" / f"strictly-{number:02}"
        folder.mkdir(parents=True, exist_ok=True)
        strictly_series(number, rows, folder)


def strictly_series(number: int, rows: list[Row], folder: Path) -> None:
    """Tables and cycle.toml of one series."""
    judging: dict[str, set[str]] = defaultdict(set)  # week -> judges who marked anything in it
    for row in rows:
        judging[row["week"]].update(judge for judge in STRICTLY_JUDGES if row[f"score_{judge}"] != "0")
    danced: dict[str, list[int]] = defaultdict(list)
    couples: dict[str, tuple[str, str]] = {}
    count: dict[tuple[str, str], int] = defaultdict(int)
    submissions, marks, official = [], [], []
    for row in rows:
        week, group = f"week{row['week']}", slug(row["celebrity"])
        couples.setdefault(group, (f"{row['celebrity']} and {row['professional']}", row["celebrity"]))
        danced[group].append(int(row["week"]))
        count[week, group] += 1
        dance = f"dance{count[week, group]}"
        submissions.append((week, dance, group, row["dance"], row["song"], row["professional"], row["running_order"]))
        official.append(("value", f"{week}/{dance}", group, "score", row["total"]))
        present = sorted(judging[row["week"]])
        marks += [(week, dance, group, slug(STRICTLY_JUDGES[judge]), "dance", row[f"score_{judge}"]) for judge in present]
    last = max(max(weeks) for weeks in danced.values())
    leaving = [
        (f"week{week + 1}", "stop", group, "left by judges' and public vote, or withdrew")
        for week, group in sorted((max(weeks), group) for group, weeks in danced.items())
        if week < last
    ]
    judges = sorted(set().union(*judging.values()))
    write(folder / "groups.csv", "group name celebrity", sorted((key, *names) for key, names in couples.items()))
    write(folder / "people.csv", "person name role", [(slug(STRICTLY_JUDGES[j]), STRICTLY_JUDGES[j], "judge") for j in judges])
    write(folder / "submissions.csv", "round challenge group dance song partner running_order", submissions)
    write(folder / "marks.csv", "round challenge group judge criterion value", marks)
    write(folder / "decisions.csv", "round kind group reason", leaving)
    write(folder / "official.csv", "kind key group name value", official)
    weeks = "\n".join(
        f'  {{ key = "week{week}", name = "Week {week}", visibility = "full", judges_named = true }},'
        for week in range(1, last + 1)
    )
    dances = ", ".join(f'"dance{n}"' for n in range(1, max(count.values()) + 1))
    toml = STRICTLY_CYCLE.format(number=number, rounds=weeks, dances=dances)
    (folder / "cycle.toml").write_text(toml, encoding="utf-8")


def wf47(source: Path, target: Path) -> None:
    """The feed stays as it is: the importer reads it. The final table lies beside it, outside the computation."""
    shutil.copyfile(source / "wf47-event-feed-public.ndjson", target / "event-feed.ndjson")
    shutil.copyfile(source / "wf47_official_final.csv", target / "external" / "official_final.csv")
    lines = (target / "event-feed.ndjson").read_text(encoding="utf-8").splitlines()
    events = [event for event in map(json.loads, lines) if event["type"] in {"teams", "organizations"}]
    formal = {event["data"]["id"]: event["data"]["formal_name"] for event in events if event["type"] == "organizations"}
    keys = {formal[event["data"]["organization_id"]]: event["data"]["id"] for event in events if event["type"] == "teams"}
    external = [
        ("external", "Official final table", keys[row["team"]], name, row[column])
        for row in read(source / "wf47_official_final.csv")
        for name, column in (("row", "row"), ("solved", "solved"), ("penalty", "penalty_minutes"))
    ]
    write(target / "official.csv", "kind key group name value", external)


@dataclass
class Story:
    """What came from what: an idea for each record, and the one before it in its track."""

    ideas: list[tuple[object, ...]] = field(default_factory=list)
    versions: list[tuple[object, ...]] = field(default_factory=list)
    derivations: list[tuple[object, ...]] = field(default_factory=list)
    before: dict[str, int] = field(default_factory=dict)

    def tell(self, row: dict[str, str], group: str, at: datetime, *, again: bool) -> None:
        """Add a row of the source."""
        track = row["track"]
        if again:
            return
        number, when = len(self.ideas) + 1, f"{at:%Y-%m-%dT%H:%M:%SZ}"
        title = row["description"][:200]
        self.ideas.append((number, "concept", title, group, "open", f"track{track}", "everybody", "MIT", f"track {track}", when))
        summary = f"Record {row['record']} of track {track}: {row['minutes']} minutes."
        people = "" if row["contributors"] in {"", "-"} else row["contributors"].replace(";", ", ")
        self.versions.append((number, 1, title, summary, people, when))
        if track in self.before:
            self.derivations.append((number, self.before[track], "builds-on", when))
        self.before[track] = number

    def write(self, target: Path) -> None:
        """The three tables."""
        write(target / "ideas.csv", "number kind title group round challenge audience licence tags shared", self.ideas)
        write(target / "idea_versions.csv", "idea number title summary people at", self.versions)
        write(target / "derivations.csv", "target source kind at", self.derivations)


def nanogpt(source: Path, target: Path) -> None:
    """Two tracks of records. The source has days, no hours: a record is put one minute after the one before it at least.

    Each record is an idea that builds on the record before it in its track, with who contributed. A re-timing measures again: it is
    no step of its own, and the next record builds on the one that was timed anew.
    """
    clock: dict[str, datetime] = {}
    holder: dict[str, str] = {}
    groups: dict[str, str] = {}
    attempts, official, story = [], [], Story()
    for row in read(source / "records.csv"):
        track = row["track"]
        earlier = clock.get(track, datetime(2024, 5, 27, 23, 59, tzinfo=UTC)) + timedelta(minutes=1)
        day = earlier if row["date"] == "-" else datetime.strptime(f"{row['date']} +0000", "%m/%d/%y %z")
        at = clock[track] = max(earlier, day)
        again = "re-timing" in row["note"] or "re-timing" in row["contributors"]
        people = "" if again else row["contributors"]
        name = holder.get(track, "") if again else people.split(";")[0] if people not in {"", "-"} else "maintainers"
        holder[track] = name  # a re-timing measures the standing record again, so it belongs to who holds it
        groups[slug(name)] = name
        verdict = "rebase" if again else ""
        attempts.append(
            ("open", f"track{track}", slug(name), f"{at:%Y-%m-%dT%H:%M:%SZ}", verdict, row["minutes"], row["description"], people)
        )
        official += [] if again else [("record", f"records{track}", slug(name), row["record"], row["minutes"])]
        story.tell(row, slug(name), at, again=again)
    story.write(target)
    write(target / "groups.csv", "group name", sorted(groups.items()))
    write(target / "attempts.csv", "round challenge group at verdict value description contributors", attempts)
    write(target / "official.csv", "kind key group name value", official)


CONVERTERS: dict[str, Callable[[Path, Path], None]] = {
    "chopin-2025": chopin,
    "skating-worlds-2017": skating,
    "strictly": strictly,
    "icpc-wf47": wf47,
    "nanogpt-speedrun": nanogpt,
}

if __name__ == "__main__":
    sources = Path(sys.argv[1])
    for example in sys.argv[2:] or CONVERTERS:
        CONVERTERS[example](sources / example, EXAMPLES / example)
