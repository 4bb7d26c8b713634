// One scene at a time: space or → goes on, ← goes back, p plays by itself, f fills the screen. Touch has the buttons of the bar.
import { opening } from "./ceremony-board.js";

const stage = document.querySelector("[data-stage]");
const scenes = [...stage.querySelectorAll("[data-scene]")];
const bar = stage.querySelector("[data-bar]");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const board = stage.querySelector("[data-scene=opening]") ? await opening(stage.querySelector("[data-scene=opening]"), calm) : null;

// Every stop is a scene and a phase of it: an award is first named, then told; the covered board has a stop for each step.
const stops = scenes.flatMap((scene) => {
  const phases = scene.dataset.scene === "award" ? 2 : scene.dataset.scene === "opening" ? board.length + 1 : 1;
  return Array.from({ length: phases }, (_, phase) => ({ scene, phase }));
});
let at = 0, playing = 0, drum = 0;

function show(next, { instant = false } = {}) {
  if (next < 0 || next >= stops.length) return;
  clearTimeout(drum);
  const { scene, phase } = stops[next], same = stops[at].scene === scene && next !== at, forward = next > at;
  at = next;
  for (const one of scenes) {
    one.hidden = one !== scene;
    one.toggleAttribute("data-entering", one === scene && !same);
  }
  if (scene.dataset.scene === "award") tell(scene, phase, forward && !instant);
  if (scene.dataset.scene === "opening") board.show(phase, { instant: instant || !forward });
  if (scene.dataset.scene === "end" && forward && !instant) confetti();
  if (!same) scene.querySelector("h1, h2").focus({ preventScroll: true });
  const progress = bar.querySelector("[data-progress]");
  [progress.max, progress.value] = [stops.length - 1, at];
  bar.querySelector("[data-do=back]").disabled = at === 0;
  bar.querySelector("[data-do=next]").disabled = at === stops.length - 1;
  if (at === stops.length - 1) play(false);
}

function tell(scene, phase, suspense) {
  scene.removeAttribute("data-drum");
  if (!phase) return scene.removeAttribute("data-told");
  if (!suspense || calm.matches) return scene.setAttribute("data-told", "");
  scene.setAttribute("data-drum", "");
  drum = setTimeout(() => {
    scene.removeAttribute("data-drum");
    scene.setAttribute("data-told", "");
    if (scene.dataset.rank === "1") confetti();
  }, 1600);
}

const forward = () => show(at + 1);
const back = () => show(at - 1);

function play(on) {
  clearInterval(playing);
  playing = on ? setInterval(forward, 3200) : 0;
  bar.querySelector("[data-do=play]").setAttribute("aria-pressed", String(on));
}

function full() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}

const doing = { next: forward, back, full, play: () => play(!playing) };
bar.addEventListener("click", (event) => doing[event.target.closest("[data-do]")?.dataset.do]?.());
const keys = { " ": forward, ArrowRight: forward, PageDown: forward, Enter: forward, ArrowLeft: back, PageUp: back, Backspace: back, f: full, p: doing.play, Home: () => show(0, { instant: true }), End: () => show(stops.length - 1, { instant: true }) };
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
  if (event.target.closest("a, button") && (event.key === " " || event.key === "Enter")) return;
  event.preventDefault();
  keys[event.key]();
});

// The bar hides while nobody touches anything.
let quiet = 0;
const wake = () => {
  stage.removeAttribute("data-quiet");
  clearTimeout(quiet);
  quiet = setTimeout(() => document.fullscreenElement && stage.setAttribute("data-quiet", ""), 2500);
};
for (const kind of ["pointermove", "keydown", "focusin"]) document.addEventListener(kind, wake);

function confetti() {
  if (calm.matches) return;
  const canvas = stage.querySelector("[data-confetti]"), pen = canvas.getContext("2d"), look = getComputedStyle(document.documentElement);
  const colours = ["--gold", "--accent", "--red", "--ink"].map((name) => look.getPropertyValue(name));
  [canvas.width, canvas.height] = [innerWidth, innerHeight];
  const bits = Array.from({ length: 140 }, (_, number) => ({ x: Math.random() * innerWidth, y: -Math.random() * innerHeight * 0.6, size: 8 + Math.random() * 8, fall: 2 + Math.random() * 3, sway: Math.random() * 6.3, turn: Math.random() * 6.3, colour: colours[number % colours.length] }));
  const started = performance.now();
  requestAnimationFrame(function draw(now) {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    if (now - started > 6000) return;
    for (const bit of bits) {
      bit.y += bit.fall;
      bit.x += Math.sin(bit.sway + now / 600);
      pen.save();
      pen.translate(bit.x, bit.y);
      pen.rotate(bit.turn + now / 500);
      pen.fillStyle = bit.colour;
      pen.globalAlpha = Math.max(0, 1 - (now - started) / 6000);
      pen.fillRect(-bit.size / 2, -bit.size / 2, bit.size, bit.size);
      pen.restore();
    }
    requestAnimationFrame(draw);
  });
}

bar.hidden = false;
stage.dataset.playing = "";
show(0, { instant: true });
