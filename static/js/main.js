// The conversation page: puts the log, the chat and the keys together.

import "./site.js";
import { fill, find, on, slot } from "../progress/dom.js";
import { LogView } from "../progress/log.js";
import { Chat } from "./analysis/chat.js";
import { suggest } from "./analysis/suggest.js";
import { markup } from "./lib/api.js";
import { toggleView } from "./lib/prefs.js";

const root = document.documentElement;
const main = find(document, "#main");
const badge = slot(main, "badge");
const log = new LogView(find(document, "[data-live-log]"));
const chat = new Chat(main, log, announce);
suggest(find(document, "#question"), find(document, "#suggestions"));

function connect(after) {
  log.start(chat.session, after);
  on(log.connection, {
    events({ detail }) {
      chat.take(detail);
      badge.textContent = Number(badge.textContent) + detail.length;
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

// -- Said aloud: step boundaries politely, questions at once; failures are alerts of their own

function announce({ kind, data, step, total_steps: total }) {
  if (kind === "step" && data.state === "started") fill(document, { announce: `Step ${step} of ${total}: ${data.name}` });
  else if (kind === "state" && data.state === "succeeded") fill(document, { announce: "Done." });
  else if (kind === "ask" && data.question) fill(document, { alert: `Needs you: ${data.question}` });
}

// -- Silent for three seconds, then it says that nothing is lost

const notice = slot(main, "connection");
let counting, lost = Infinity;

function explain({ state, retryAt, code }) {
  clearInterval(counting);
  lost = state === "live" ? Infinity : Math.min(lost, Date.now());
  const show = () => {
    fill(notice, { seconds: Math.max(0, Math.ceil((retryAt - Date.now()) / 1000)) });
    if (code) fill(notice, { text: slot(log.root, "state").textContent });
    notice.hidden = !code && Date.now() - lost < 3000;
  };
  if (retryAt) counting = setInterval(show, 250);
  if (state !== "connecting") show();
}

const retry = () => log.connection?.retry();
on(window, { online: retry, popstate: () => location.hash || location.reload() });
on(document, { visibilitychange: retry });

// -- Tabs on a small screen

on(main, { change: () => fill(main, { badge: "" }) });

// -- Clicks and keys

const viewButton = find(document, "[data-action=view]");
on(viewButton, { click: () => toggleView(viewButton) });
on(slot(notice, "retry"), { click: retry });

function showLog() {
  if (root.dataset.view === "single") toggleView(viewButton);
  find(main, "#log-tab").click();
}

on(document, {
  click(event) {
    const bar = event.target.closest("a.bar");
    if (!bar) return;
    event.preventDefault();
    log.show(`run=${bar.closest(".bubble").dataset.run}&step=${bar.parentElement.dataset.step}`);
    showLog();
  },
  keydown(event) {
    const { key, target } = event;
    if (target.closest("input, textarea, select, :popover-open") || event.ctrlKey || event.metaKey || event.altKey || !KEYS[key]) return;
    event.preventDefault();
    KEYS[key]();
  },
});

function moveStep(by) {
  const all = [...main.querySelectorAll(".steps summary")].filter((summary) => summary.checkVisibility());
  all[Math.max(0, all.indexOf(document.activeElement) + by)]?.focus();
}

const KEYS = {
  "/": () => {
    showLog();
    slot(log.root, "bar").q.focus();
  },
  "?": () => find(document, "#help").showPopover(),
  End: () => [log, chat].forEach(({ follow }) => follow.toEnd()),
  j: () => moveStep(1),
  k: () => moveStep(-1),
};
