// The conversation page: puts the log, the chat and the keys together.

import "./site.js";
import { fill, find, on, slot } from "../progress/dom.js";
import { LogView } from "../progress/log.js";
import { Chat } from "./analysis/chat.js";
import { suggest } from "./analysis/suggest.js";
import { markup } from "./lib/api.js";
import { toggleView } from "./lib/prefs.js";

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
  late: () => say("This takes longer than usual."),
  change: () => fill(main, { badge: "" }), // tabs on a small screen
});

// -- Said aloud: step boundaries politely, questions at once; failures are alerts of their own

const say = (announce) => fill(document, { announce });

function announce({ kind, data, step, total_steps: total }) {
  if (kind === "step" && data.state === "started") say(`Step ${step} of ${total}: ${data.name}`);
  else if (kind === "state" && data.state === "succeeded") say("Done.");
  else if (kind === "ask" && data.question) fill(document, { alert: `Needs you: ${data.question}` });
}

// -- Silent for three seconds, then it says that nothing is lost

const notice = slot(main, "connection");
let lost = Infinity, retryAt = 0;

function explain({ state, retryAt: at = 0, code }) {
  retryAt = at;
  lost = state === "live" ? Infinity : Math.min(lost, code ? 0 : Date.now());
  if (code) fill(notice, { text: slot(log.root, "state").textContent });
}

setInterval(() => {
  notice.hidden = Date.now() - lost < 3000;
  if (retryAt) fill(notice, { seconds: Math.max(0, Math.ceil((retryAt - Date.now()) / 1000)) });
}, 250);

const retry = ({ type }) => log.connection?.retry(type === "online");
on(window, { online: retry, visibilitychange: retry, popstate: () => location.hash || location.reload() });

// -- Clicks and keys

const viewButton = find(document, "[data-action=view]");
on(viewButton, { click: () => toggleView(viewButton) });
on(slot(notice, "retry"), { click: retry });

function showLog() {
  if (viewButton.ariaPressed === "false") toggleView(viewButton);
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
