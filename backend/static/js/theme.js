// Light or dark before the first paint (so this one is not a module), and the switch in the head of the page.
(() => {
  const root = document.documentElement;
  const kept = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const keep = (theme) => { try { localStorage.setItem("theme", theme); } catch { /* private window: for this page only */ } };
  const chosen = kept();
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;

  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.dataset.ready = "";
      button.setAttribute("aria-pressed", String(dark()));
      button.addEventListener("click", () => {
        const theme = dark() ? "light" : "dark";
        root.dataset.theme = theme;
        button.setAttribute("aria-pressed", String(theme === "dark"));
        keep(theme);
      });
    }
  });
})();
