// The covered board: who stands last is asked first; a cell is opened, a row may climb. `show(n)` stands after n steps.

const GLIDE = 1200, ASK = 900;

export async function opening(scene, calm) {
  const data = await (await fetch(scene.dataset.url)).json();
  const words = scene.querySelector("[data-words]").dataset, word = scene.querySelector("[data-word]"), first = word.textContent;
  const list = scene.querySelector("[data-rows]");
  const rows = data.groups.map((name, group) => build(name, data, group));
  // Groups sit in the order of the start; `states[n]` is what stands after n steps, made once so that going back is exact.
  const states = [state(data)];
  for (const step of data.steps) states.push(after(states.at(-1), step));
  let at = -1, timer = 0;

  function put(now, step) {
    for (const [group, row] of rows.entries()) {
      const [place, ...keys] = now.lines[group];
      row.place.textContent = place;
      keys.forEach((value, number) => { row.keys[number].textContent = value; });
      now.cells[group].forEach(([kind, text, told], number) => {
        const cell = row.cells[number];
        cell.dataset.state = kind;
        cell.textContent = text;
        cell.title = told;
        cell.removeAttribute("data-asked");
      });
      row.node.toggleAttribute("data-here", step?.group === group);
      row.node.toggleAttribute("data-kept", now.kept.has(group));
    }
  }

  function arrange(now, moving, instant) {
    const before = new Map(rows.map((row) => [row, row.node.getBoundingClientRect().top]));
    list.append(...now.order.map((group) => rows[group].node));
    if (instant || calm.matches) return;
    for (const [group, row] of rows.entries()) {
      const shift = before.get(row) - row.node.getBoundingClientRect().top;
      row.node.toggleAttribute("data-moving", group === moving && shift !== 0);
      row.node.classList.remove("gliding");
      row.node.style.transform = shift ? `translateY(${shift}px)` : "";
    }
    requestAnimationFrame(() => requestAnimationFrame(() => {
      for (const row of rows) {
        row.node.classList.add("gliding");
        row.node.style.transform = "";
      }
    }));
    setTimeout(() => rows.forEach((row) => { row.node.classList.remove("gliding"); row.node.removeAttribute("data-moving"); }), GLIDE + 100);
  }

  function say(step, now, was) {
    if (!step) return first;
    const told = { group: data.groups[step.group], task: data.tasks[step.task]?.key ?? "", place: now.lines[step.group][0] };
    const solved = step.task >= 0 && step.cell[0] === "solved";
    const kind = step.task < 0 ? "keeps" : !solved ? "wrong" : was.lines[step.group][0] !== told.place ? "climbs" : "solved";
    return filled(words[kind], told);
  }

  function settle(number, instant) {
    const step = data.steps[number - 1], now = states[number];
    put(now, step);
    arrange(now, step?.group, instant);
    word.textContent = say(step, now, states[Math.max(0, number - 1)]);
    follow(rows[step ? step.group : now.order.at(-1)].node);
  }

  const follow = (node) => node.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });

  function ask(number) {
    const step = data.steps[number - 1], row = rows[step.group];
    rows.forEach((one, group) => one.node.toggleAttribute("data-here", group === step.group));
    row.cells[step.task].setAttribute("data-asked", "");
    word.textContent = filled(words.asks, { group: data.groups[step.group], task: data.tasks[step.task].key });
    follow(row.node);
    timer = setTimeout(() => settle(number, false), ASK);
  }

  function show(number, { instant }) {
    clearTimeout(timer);
    if (at >= 0 && !instant && number === at + 1 && number > 1) settle(at, true);
    at = number;
    if (!instant && number > 0 && data.steps[number - 1].task >= 0 && !calm.matches) ask(number);
    else settle(number, instant);
  }

  scene.querySelector("[data-head]").append(head(data));
  show(0, { instant: true });
  return { length: data.steps.length, show };
}

const filled = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);

function state(data) {
  return { order: data.rows.map((line) => line[0]), lines: Object.fromEntries(data.rows.map(([group, ...line]) => [group, line])), cells: data.cells, kept: new Set() };
}

function after(now, step) {
  const next = { ...now };
  if (step.order) next.order = step.order;
  if (step.rows) next.lines = { ...now.lines, ...Object.fromEntries(step.rows.map(([group, ...line]) => [group, line])) };
  if (step.cell) next.cells = now.cells.map((row, group) => (group === step.group ? row.map((cell, task) => (task === step.task ? step.cell : cell)) : row));
  if (step.task < 0) next.kept = new Set(now.kept).add(step.group);
  return next;
}

function make(kind, text, parent) {
  const node = document.createElement("span");
  node.className = kind;
  node.textContent = text;
  parent.append(node);
  return node;
}

function build(name, data, group) {
  const node = document.createElement("div");
  node.className = "opening-row";
  node.setAttribute("role", "listitem");
  const place = make("number", "", node);
  make("opening-name", name, node).title = name;
  const cells = make("opening-cells", "", node), keys = make("opening-keys", "", node);
  return { node, place, cells: data.tasks.map(() => make("opening-cell", "", cells)), keys: data.labels.map(() => make("", "", keys)) };
}

function head(data) {
  const row = build("", data, -1);
  row.node.classList.add("opening-top");
  row.node.removeAttribute("role");
  row.node.setAttribute("aria-hidden", "true");
  data.tasks.forEach((task, number) => { row.cells[number].textContent = task.key; row.cells[number].title = task.name; });
  data.labels.forEach((label, number) => { row.keys[number].textContent = label; });
  return row.node;
}
