// What every page does: colours, help.

import { themeButton } from "./lib/prefs.js";
import { sortable } from "./analysis/table.js";

document.documentElement.dataset.js = "";
const action = (name) => document.querySelector(`[data-action="${name}"]`);
const help = document.getElementById("help");

themeButton(action("theme"));
action("help").addEventListener("click", () => help.showModal());
for (const table of document.querySelectorAll("table.figures")) sortable(table);
