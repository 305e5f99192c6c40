// The conversation page: puts the log, the chat and the keys together.

import "./site.js";
import { slot } from "../progress/dom.js";
import { LogView } from "../progress/log.js";
import { Chat } from "./analysis/chat.js";
import { suggest } from "./analysis/suggest.js";
import { markup } from "./lib/api.js";
import { toggleView } from "./lib/prefs.js";

const root = document.documentElement;
const main = document.getElementById("main");
const log = new LogView(document.querySelector("[data-live-log]"));
const chat = new Chat(main, log, announce);
suggest(document.getElementById("question"));

function connect(after) {
  log.start(chat.session, after);
  log.connection.addEventListener("events", ({ detail }) => chat.take(detail));
  log.connection.addEventListener("events", ({ detail }) => countForTab(detail.length));
  log.connection.addEventListener("state", ({ detail }) => explain(detail));
}

if (chat.session) connect(chat.seen);
main.addEventListener("opened", async () => {
  connect(0);
  const fresh = await markup(`/sessions?current=${chat.session}`);
  document.getElementById("sessions").replaceChildren(...fresh.body.children);
});
addEventListener("popstate", () => location.hash || location.reload());

// -- Said aloud: step boundaries politely, failures and questions at once --

function announce({ kind, data, message, step, total_steps: total }) {
  const say = (name, text) => (slot(document, name).textContent = text);
  if (kind === "step" && data.state === "started") say("announce", `Step ${step} of ${total}: ${data.name}`);
  else if (kind === "state" && data.state === "succeeded") say("announce", "Done.");
  else if (kind === "refused" || (kind === "state" && data.state === "failed")) say("alert", message);
  else if (kind === "ask" && data.question) say("alert", `Needs you: ${data.question}`);
}

// -- The connection: silent for three seconds, then it says that nothing is lost --

const notice = slot(main, "connection");
let counting, lost;

function explain({ state, retryAt, message }) {
  clearInterval(counting);
  if (state === "live") lost = null;
  if (state === "waiting") lost ??= Date.now();
  const show = () => {
    const seconds = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
    slot(notice, "text").textContent = message ?? `The analysis goes on on the server; retrying in ${seconds} s ·`;
    notice.hidden = !message && !(lost && Date.now() - lost > 3000);
  };
  if (retryAt) counting = setInterval(show, 250);
  if (state !== "connecting") show();
}

const retry = () => log.connection?.retry();
addEventListener("online", retry);
document.addEventListener("visibilitychange", retry);

// -- Tabs on a small screen --

const badge = slot(main, "badge");

function countForTab(count) {
  badge.hidden = root.dataset.tab === "log";
  badge.textContent = badge.hidden ? "" : Number(badge.textContent) + count;
}

function showTab(name) {
  root.dataset.tab = name;
  for (const tab of main.querySelectorAll("[data-tab]")) tab.ariaPressed = tab.dataset.tab === name;
  countForTab(0);
  log.follow.added();
}

// -- Clicks and keys --

const ACTIONS = {
  view: toggleView,
  reconnect: retry,
  "copy-error": async (button) => {
    const card = button.closest(".problem");
    await navigator.clipboard.writeText(["title", "message", "where"].map((name) => slot(card, name).textContent).join("\n"));
    button.textContent = "Copied";
  },
};

document.addEventListener("click", (event) => {
  const { target } = event;
  const [action, tab, bar] = ["[data-action]", "button[data-tab]", "a.bar"].map((selector) => target.closest(selector));
  ACTIONS[action?.dataset.action]?.(action);
  if (tab) showTab(tab.dataset.tab);
  if (bar) {
    event.preventDefault();
    log.show(new URL(bar.href).searchParams);
    if (root.dataset.view === "single") toggleView(document.querySelector("[data-action=view]"));
    if (matchMedia("(max-width: 900px)").matches) showTab("log");
  }
  closeMenus(target);
});

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = menu.contains(except);
}

function moveStep(by) {
  const all = [...main.querySelectorAll(".steps summary")].filter((summary) => summary.checkVisibility());
  const at = all.indexOf(document.activeElement);
  all.at(at < 0 ? Math.min(by, 0) : Math.min(Math.max(at + by, 0), all.length - 1))?.focus();
}

const KEYS = {
  "/": () => {
    showTab("log");
    slot(log.root, "bar").q.focus();
  },
  "?": () => document.querySelector("[data-action=help]").click(),
  End: () => [log, chat].forEach(({ follow }) => follow.toEnd()),
  j: () => moveStep(1),
  k: () => moveStep(-1),
};

addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeMenus(null);
  const typing = event.target.closest("input, textarea, select, dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});
