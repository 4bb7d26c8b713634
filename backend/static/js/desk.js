// Small courtesies of the organizer's desk. Everything works without them.

// A form that takes a while is sent once, and its button says what is going on.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    const button = event.submitter;
    if (button) setTimeout(() => { button.setAttribute("aria-disabled", "true"); button.textContent = form.dataset.once; });
  });
}
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// "All of these": one box ticks the others of its name. Delegated: the boxes come anew with each live answer.
document.addEventListener("change", (event) => {
  const all = event.target.closest?.("[data-all]");
  if (!all) return;
  const scope = all.closest("table") ?? document;
  for (const box of scope.querySelectorAll(`input[type=checkbox][name="${all.dataset.all}"]`)) box.checked = all.checked;
});

// "More time" beside a team opens the form for it, filled in.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-choose]");
  const field = link && document.getElementById(link.dataset.for);
  if (!field) return;
  event.preventDefault();
  const part = field.closest("details");
  if (part) part.open = true;
  field.value = link.dataset.choose;
  if (field.value !== link.dataset.choose) field.add(new Option(link.dataset.name, link.dataset.choose, true, true)); // came while one watched
  field.scrollIntoView({ block: "center" });
  (field.form?.querySelector("[data-then]") ?? field).focus();
});
