// What every page does: colours, help, tables that sort.

import { find, on } from "../progress/dom.js";
import { sortable } from "./analysis/table.js";
import { themeButton } from "./lib/prefs.js";

document.documentElement.dataset.js = "";
themeButton(find(document, "[data-action=theme]"));
on(find(document, "[data-action=help]"), { click: () => find(document, "#help").showModal() });
document.querySelectorAll("table.figures").forEach(sortable);
