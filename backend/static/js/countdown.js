// Counts down by the server's clock: the page says what time it was there, we add what has passed here since.
const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;

export function words(left) {
  if (left >= 2 * DAY) return `${Math.floor(left / DAY)} d ${Math.floor((left % DAY) / HOUR)} h`;
  const pad = (n) => String(n).padStart(2, "0");
  return `${Math.floor(left / HOUR)}:${pad(Math.floor((left % HOUR) / MINUTE))}:${pad(Math.floor((left % MINUTE) / SECOND))}`;
}

function start(element) {
  const shown = element.querySelector("[data-left]");
  const until = Date.parse(element.dataset.countdown);
  const offset = Date.parse(element.dataset.now) - Date.now();
  if (!shown || Number.isNaN(until) || Number.isNaN(offset)) return;
  const tick = () => {
    if (!element.isConnected) return;
    const left = until - (Date.now() + offset);
    if (left <= 0) {
      shown.textContent = shown.dataset.over;
      element.dispatchEvent(new CustomEvent("countdown:over", { bubbles: true }));
      return;
    }
    shown.textContent = words(left);
    element.toggleAttribute("data-soon", left < HOUR);
    setTimeout(tick, left >= 2 * DAY ? MINUTE : SECOND - (Math.floor(Date.now() + offset) % SECOND) + 5);
  };
  tick();
}

for (const element of document.querySelectorAll("[data-countdown]")) start(element);
