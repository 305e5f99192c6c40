// How the reader likes the page. In cookies, so that the server's first paint is already right.

const root = document.documentElement;
const THEMES = { auto: ["◐", "light"], light: ["○", "dark"], dark: ["●", "auto"] };
const LABELS = { auto: "automatic", light: "light", dark: "dark" };

const keep = (name, value) => (document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`);

/** "light" or "dark", whatever decided it. */
export function shade() {
  if (root.dataset.theme !== "auto") return root.dataset.theme;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function show(button) {
  button.textContent = THEMES[root.dataset.theme][0];
  button.setAttribute("aria-label", `Colours: ${LABELS[root.dataset.theme]}`);
}

export function themeButton(button) {
  show(button);
  button.addEventListener("click", () => {
    root.dataset.theme = THEMES[root.dataset.theme][1];
    keep("theme", root.dataset.theme);
    show(button);
    dispatchEvent(new Event("shade"));
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => dispatchEvent(new Event("shade")));
}

export function viewButton(button) {
  button.addEventListener("click", () => {
    root.dataset.view = root.dataset.view === "single" ? "split" : "single";
    keep("view", root.dataset.view);
    button.setAttribute("aria-pressed", root.dataset.view === "split");
  });
}
