// How the reader likes the page. In cookies, so that the server's first paint is already right.

import { on } from "../../progress/dom.js";

const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
const NEXT = { auto: "light", light: "dark", dark: "auto" };

function keep(name, value) {
  root.dataset[name] = value;
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
}

/** "light" or "dark", whatever decided it. A change of it is told as a "shade" event. */
export const shade = () => (root.dataset.theme === "auto" ? (dark.matches ? "dark" : "light") : root.dataset.theme);

export function themeButton(button) {
  const show = () => {
    button.ariaLabel = `Colours: ${root.dataset.theme}`;
    dispatchEvent(new Event("shade"));
  };
  on(button, { click: () => show(keep("theme", NEXT[root.dataset.theme])) });
  on(dark, { change: show });
  show();
}

export function toggleView(button) {
  keep("view", root.dataset.view === "single" ? "split" : "single");
  button.ariaPressed = root.dataset.view === "split";
}
