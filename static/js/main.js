// The conversation page: puts the log, the chat and the keys together.

import "./site.js";
import { find, on, slot } from "../progress/dom.js";
import { LogView } from "../progress/log.js";
import { Chat } from "./analysis/chat.js";
import { suggest } from "./analysis/suggest.js";
import { markup } from "./lib/api.js";
import { toggleView } from "./lib/prefs.js";

const root = document.documentElement;
const main = find(document, "#main");
const log = new LogView(find(document, "[data-live-log]"));
const chat = new Chat(main, log, announce);
suggest(find(document, "#question"));

function connect(after) {
  log.start(chat.session, after);
  on(log.connection, {
    events({ detail }) {
      chat.take(detail);
      countForTab(detail.length);
    },
    state: ({ detail }) => explain(detail),
  });
}

if (chat.session) connect(chat.seen);
on(main, {
  async opened() {
    connect(0);
    const fresh = await markup(`/sessions?current=${chat.session}`);
    find(document, "#sessions").replaceChildren(...fresh.body.children);
  },
});

// -- Said aloud: step boundaries politely, failures and questions at once

function announce({ kind, data, message, step, total_steps: total }) {
  const say = (name, text) => (slot(document, name).textContent = text);
  if (kind === "step" && data.state === "started") say("announce", `Step ${step} of ${total}: ${data.name}`);
  else if (kind === "state" && data.state === "succeeded") say("announce", "Done.");
  else if (kind === "refused" || (kind === "state" && data.state === "failed")) say("alert", message);
  else if (kind === "ask" && data.question) say("alert", `Needs you: ${data.question}`);
}

// -- Silent for three seconds, then it says that nothing is lost

const notice = slot(main, "connection");
let counting, lost = Infinity;

function explain({ state, retryAt, message }) {
  clearInterval(counting);
  lost = state === "live" ? Infinity : Math.min(lost, Date.now());
  const show = () => {
    const seconds = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
    slot(notice, "text").textContent = message ?? `The analysis goes on on the server; retrying in ${seconds} s ·`;
    notice.hidden = !message && Date.now() - lost < 3000;
  };
  if (retryAt) counting = setInterval(show, 250);
  if (state !== "connecting") show();
}

const retry = () => log.connection?.retry();
on(window, { online: retry, popstate: () => location.hash || location.reload() });
on(document, { visibilitychange: retry });

// -- Tabs on a small screen

const badge = slot(main, "badge");

function countForTab(count) {
  badge.textContent = root.dataset.tab === "log" ? "" : Number(badge.textContent) + count;
}

function showTab(name) {
  root.dataset.tab = name;
  for (const tab of main.querySelectorAll("[data-tab]")) tab.ariaPressed = tab.dataset.tab === name;
  countForTab(0);
}

// -- Clicks and keys

const ACTIONS = {
  view: toggleView,
  reconnect: retry,
  "copy-error": async (button) => {
    await navigator.clipboard.writeText(button.closest(".problem").innerText);
    button.textContent = "Copied";
  },
};

on(document, {
  click(event) {
    const { target } = event;
    const [action, tab, bar] = ["[data-action]", "button[data-tab]", "a.bar"].map((selector) => target.closest(selector));
    ACTIONS[action?.dataset.action]?.(action);
    if (tab) showTab(tab.dataset.tab);
    if (bar) {
      event.preventDefault();
      log.show(`run=${bar.closest(".bubble").dataset.run}&step=${bar.parentElement.dataset.step}`);
      if (root.dataset.view === "single") toggleView(find(document, "[data-action=view]"));
      if (matchMedia("(max-width: 900px)").matches) showTab("log");
    }
    closeMenus(target);
  },
  keydown(event) {
    const { key, target } = event;
    if (key === "Escape") closeMenus(null);
    if (target.closest("input, textarea, select, dialog") || event.ctrlKey || event.metaKey || event.altKey || !KEYS[key]) return;
    event.preventDefault();
    KEYS[key]();
  },
});

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = menu.contains(except);
}

function moveStep(by) {
  const all = [...main.querySelectorAll(".steps summary")].filter((summary) => summary.checkVisibility());
  all[Math.max(0, all.indexOf(document.activeElement) + by)]?.focus();
}

const KEYS = {
  "/": () => {
    showTab("log");
    slot(log.root, "bar").q.focus();
  },
  "?": () => find(document, "[data-action=help]").click(),
  End: () => [log, chat].forEach(({ follow }) => follow.toEnd()),
  j: () => moveStep(1),
  k: () => moveStep(-1),
};
