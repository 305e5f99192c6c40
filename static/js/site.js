// What every page does: colours, help, tables that sort.

import { sortable } from "./analysis/table.js";
import { themeButton } from "./lib/prefs.js";

const action = (name) => document.querySelector(`[data-action="${name}"]`);

document.documentElement.dataset.js = "";
themeButton(action("theme"));
action("help").addEventListener("click", () => document.getElementById("help").showModal());
document.querySelectorAll("table.figures").forEach(sortable);
