// Every <time data-local> into the viewer's own zone, named: the one chosen on one's page, else that of the device. The server wrote UTC,
// which stays as the tooltip.
const zone = known(document.querySelector('meta[name="zone"]')?.content);

/** A chosen zone that this browser knows. */
function known(name) {
  if (!name) return undefined;
  try { return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone; } catch { return undefined; }
}

const forms = {
  day: { day: "numeric", month: "short" },
  date: { day: "numeric", month: "short", year: "numeric" },
  moment: { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hour12: false, timeZoneName: "short" },
};

export function localize(root = document) {
  const language = document.documentElement.lang || "en";
  const locale = language === "en" ? "en-GB" : language;
  for (const element of root.querySelectorAll("time[data-local]")) {
    const at = new Date(element.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    element.title ||= `${element.dateTime.slice(0, 16).replace("T", " ")} UTC`;
    element.textContent = new Intl.DateTimeFormat(locale, { ...(forms[element.dataset.local] ?? forms.moment), timeZone: zone }).format(at);
  }
}

localize();
document.addEventListener("htmx:after:swap", () => localize());
