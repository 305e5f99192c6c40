// Sorting by a heading: numbers by value, text by alphabet, empty cells last.

import { find, on } from "../../progress/dom.js";

const value = (row, index) => row.cells[index]?.dataset.value ?? "";

export function compare(a, b, down) {
  if (a === "" || b === "") return (a === "") - (b === "");
  const order = isNaN(a) || isNaN(b) ? a.localeCompare(b, "en", { numeric: true }) : a - b;
  return down ? -order : order;
}

export function sortable(table) {
  for (const [index, heading] of [...table.tHead.rows[0].cells].entries()) {
    const label = find(heading, "[data-sort]");
    if (!label) continue;
    const button = document.createElement("button");
    button.textContent = label.textContent;
    label.replaceWith(button);
    on(button, { click: () => sort(table, index, heading) });
  }
}

function sort(table, index, heading) {
  const down = heading.ariaSort === "none" ? heading.matches(".number") : heading.ariaSort === "ascending";
  for (const other of table.tHead.rows[0].cells) other.ariaSort = "none";
  heading.ariaSort = down ? "descending" : "ascending";
  const [body] = table.tBodies;
  body.append(...[...body.rows].sort((a, b) => compare(value(a, index), value(b, index), down)));
}
