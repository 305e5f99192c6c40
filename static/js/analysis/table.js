// Sorting by a heading: numbers by value, text by alphabet, empty cells last.

import { on } from "../../progress/dom.js";

export function compare(a, b, down) {
  if (a === "" || b === "") return (a === "") - (b === "");
  const order = isNaN(a) || isNaN(b) ? a.localeCompare(b, "en", { numeric: true }) : a - b;
  return down ? -order : order;
}

export function sortable(table) {
  for (const label of table.querySelectorAll("[data-sort]")) {
    const button = document.createElement("button");
    button.textContent = label.textContent;
    label.replaceWith(button);
    on(button, { click: () => sort(table, button.parentElement) });
  }
}

function sort(table, heading) {
  const down = heading.ariaSort === "none" ? heading.matches(".number") : heading.ariaSort === "ascending";
  for (const other of heading.parentElement.cells) other.ariaSort = "none";
  heading.ariaSort = down ? "descending" : "ascending";
  const [body] = table.tBodies;
  const value = (row) => row.cells[heading.cellIndex]?.dataset.value ?? "";
  body.append(...[...body.rows].sort((a, b) => compare(value(a), value(b), down)));
}
