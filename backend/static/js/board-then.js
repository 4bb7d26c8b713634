// The slider of a board as it was: letting it go shows that moment, without a second press.
for (const form of document.querySelectorAll("[data-then]")) {
  form.addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.type === "range") form.requestSubmit();
  });
}
