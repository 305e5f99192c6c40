// What every page does: colours, details of a failure that are copied.

import { find, on } from "../progress/dom.js";
import { themeButton } from "./lib/prefs.js";

document.documentElement.dataset.js = "";
themeButton(find(document, "[data-action=theme]"));
on(document, {
  async click({ target: button }) {
    if (!button.matches("[data-action=copy]")) return;
    const lines = button.closest("[data-copied]").querySelectorAll("h1, p");
    await navigator.clipboard.writeText([...lines].map((line) => line.innerText).join("\n"));
    button.textContent = "Copied";
  },
});
