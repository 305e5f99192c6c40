// The conversation page: puts the log, the chat and the keys together.

import "./site.js";
import { slot } from "../progress/dom.js";
import { LogView } from "../progress/log.js";
import { Chat } from "./analysis/chat.js";
import { suggest } from "./analysis/suggest.js";
import { fragment } from "./lib/api.js";
import { viewButton } from "./lib/prefs.js";

const root = document.documentElement;
const main = document.getElementById("main");
const log = new LogView(document.querySelector("[data-live-log]"));
const chat = new Chat(main, { log, announce });
suggest(document.getElementById("question"));
viewButton(document.querySelector("[data-action=view]"));

// -- Said aloud: step boundaries politely, failures and questions at once --

function announce(bubble, { kind, data, message, step, total_steps: total }) {
  const say = (text) => (slot(document, "announce").textContent = text);
  const call = (text) => (slot(document, "alert").textContent = text);
  if (kind === "step" && data?.state === "started") say(`Step ${step} of ${total}: ${data.name}`);
  else if (kind === "ask" && data?.question) call(`Needs you: ${data.question}`);
  else if (kind === "refused" || (kind === "state" && data?.state === "failed")) call(message);
  else if (kind === "state" && data?.state === "succeeded") say("Done.");
}

// -- The connection: silent for three seconds, then it says that nothing is lost --

const notice = slot(main, "connection");
let quiet, counting;

function connectionState({ detail: { state, retryAt, message } }) {
  clearInterval(counting);
  if (state === "live" || state === "refused") {
    clearTimeout(quiet);
    quiet = null;
    notice.hidden = state === "live";
    if (message) slot(notice, "text").textContent = message;
  } else if (state === "waiting") {
    const say = () => (slot(notice, "text").textContent = `The analysis goes on on the server; retrying in ${Math.max(0, Math.ceil((retryAt - Date.now()) / 1000))} s ·`);
    say();
    counting = setInterval(say, 500);
    quiet ??= setTimeout(() => (notice.hidden = false), 3000);
  }
}

function connected() {
  log.connection.addEventListener("state", connectionState);
  log.connection.addEventListener("events", ({ detail }) => countForTab(detail.length));
}

for (const type of ["online", "visibilitychange"]) (type === "online" ? window : document).addEventListener(type, () => document.hidden || log.connection?.retry());
document.querySelector("[data-action=reconnect]").addEventListener("click", () => log.connection?.retry());
addEventListener("session", async () => {
  connected();
  const list = document.getElementById("sessions");
  list.replaceChildren(...(await fragment(`/sessions?current=${chat.session}`)).body.children);
});
if (log.connection) {
  log.connection.addEventListener("events", ({ detail }) => chat.take(detail));
  connected();
}
addEventListener("popstate", () => location.hash || location.reload());

// -- Tabs on a small screen --

const badge = slot(main, "badge");
let unseen = 0;

function countForTab(count) {
  if (root.dataset.tab === "log") return;
  unseen += count;
  badge.textContent = unseen;
  badge.hidden = false;
}

function showTab(name) {
  root.dataset.tab = name;
  for (const tab of main.querySelectorAll("[data-tab]")) tab.setAttribute("aria-pressed", tab.dataset.tab === name);
  if (name !== "log") return;
  unseen = 0;
  badge.hidden = true;
  log.follow.added();
}

// -- Clicks and keys --

document.addEventListener("click", async ({ target }) => {
  const tab = target.closest("[data-tab]");
  if (tab && main.contains(tab)) showTab(tab.dataset.tab);
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(target)) menu.open = false;
  if (target.closest("[data-action=copy-error]")) {
    const card = target.closest(".problem");
    await navigator.clipboard.writeText(["title", "message", "where"].map((name) => slot(card, name).textContent).join("\n"));
    target.textContent = "Copied";
  }
});

main.addEventListener("click", (event) => {
  const bar = event.target.closest("a.bar");
  if (!bar) return;
  event.preventDefault();
  log.show(new URL(bar.href).searchParams);
  if (root.dataset.view === "single") document.querySelector("[data-action=view]").click();
  if (matchMedia("(max-width: 900px)").matches) showTab("log");
});

const KEYS = {
  "/": () => {
    showTab("log");
    slot(log.root, "bar").q.focus();
  },
  "?": () => document.getElementById("help").showModal(),
  End: () => [log, chat].forEach(({ follow }) => follow.toEnd()),
  j: () => moveStep(1),
  k: () => moveStep(-1),
};

function moveStep(by) {
  const all = [...main.querySelectorAll(".bubble summary")].filter((summary) => summary.checkVisibility() && summary.closest(".steps"));
  const at = all.indexOf(document.activeElement);
  all.at(at < 0 ? (by > 0 ? 0 : -1) : Math.min(Math.max(at + by, 0), all.length - 1))?.focus();
}

addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
  const typing = event.target.closest("input, textarea, select, dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});
