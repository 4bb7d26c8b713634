// What was typed stays in this browser until the server said that it is saved. A private window keeps nothing; that is no fault.
const PREFIX = "ludus:writing:", DAYS = 30 * 24 * 3600 * 1000;

export function keep(place, what) {
  try { localStorage.setItem(PREFIX + place, JSON.stringify({ ...what, at: Date.now() })); return true; } catch { return false; }
}

export function kept(place) {
  try { return JSON.parse(localStorage.getItem(PREFIX + place)); } catch { return null; }
}

export function forget(place) {
  try { localStorage.removeItem(PREFIX + place); } catch { /* nothing was kept */ }
}

export function sweep() {
  try {
    for (const name of Object.keys(localStorage)) {
      if (!name.startsWith(PREFIX)) continue;
      const at = JSON.parse(localStorage.getItem(name))?.at ?? 0;
      if (Date.now() - at > DAYS) localStorage.removeItem(name);
    }
  } catch { /* nothing to sweep */ }
}
