// On a narrow screen a row of tabs scrolls: the one where one is comes into sight, without moving the page.
for (const here of document.querySelectorAll(".tabs [aria-current], .helm-nav [aria-current]")) {
  const row = here.closest("ul, nav");
  for (const box of [row, row.closest("nav")]) if (box.scrollWidth > box.clientWidth) box.scrollLeft = here.offsetLeft - box.offsetLeft - 40;
}
