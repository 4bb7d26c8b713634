// "/" anywhere leads to the search field of this page, or to the search page; never while somebody types.
const typing = (element) => element?.closest?.("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target)) return;
  const field = document.querySelector('input[type="search"]');
  const link = document.querySelector("[data-search-key]");
  if (!field && !link) return;
  event.preventDefault();
  if (field) field.focus(), field.select();
  else link.click();
});
