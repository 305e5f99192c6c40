// The log element: one renderer for what is stored and what arrives, rows cloned from the
// template that the server rendered.

import { Connection } from "./connection.js";
import { clone, fill, remember, slot } from "./dom.js";
import { describe, fromQuery, isEmpty, matches, toQuery } from "./filters.js";
import { Follow } from "./follow.js";
import { clock, since } from "./times.js";

const TAGS = { info: "• info", success: "✓ done", warning: "⚠ warn", error: "✕ error" };
const PAGE = 1000;

export class LogView {
  #began = new Map();
  #held = null;
  #news = [0, 0];
  #loading = null;

  constructor(root) {
    this.root = root;
    for (const name of ["rows", "scroll", "pill", "empty", "state", "scope", "copy", "times", "wrap"]) this[name] = slot(root, name);
    this.form = root.querySelector("form");
    this.template = slot(root, "row");
    this.filters = fromQuery(location.search);
    this.counts = isEmpty(this.filters) ? { info: 0, success: 0, warning: 0, error: 0 } : null;
    this.follow = new Follow(this.scroll, this.pill);
    this.times.value = remember("log-times") ?? "local";
    this.wrap.checked = remember("log-wrap") !== "no";
    this.#listen();
    this.#adopt();
    if (root.dataset.liveLog) this.start(root.dataset.liveLog);
  }

  /** Follow a session; called again for the first question of a new conversation. */
  start(session, after = Number(this.root.dataset.head ?? 0)) {
    this.root.dataset.liveLog = session;
    this.url = `/api/progress/${session}/events`;
    this.connection = new Connection({ session, after, level: Number(sessionStorage.getItem("transport") ?? 0) });
    this.connection.addEventListener("fallback", ({ detail }) => sessionStorage.setItem("transport", detail));
    this.connection.addEventListener("events", ({ detail }) => this.#arrived(detail));
    this.connection.addEventListener("reset", () => this.#cleared());
    this.connection.addEventListener("state", ({ detail }) => this.#showState(detail));
    this.connection.open();
    this.#links();
    this.ready = this.#older().then(() => this.#goToHash());
  }

  // -- Rows --

  #row(event) {
    const row = clone(this.template);
    const at = Date.parse(event.created_at);
    if (event.run && !this.#began.has(event.run)) this.#began.set(event.run, at);
    row.id = `e${event.seq}`;
    Object.assign(row.dataset, { level: event.level, kind: event.kind, at: event.created_at });
    const [time, passed, level, step, text] = row.children;
    time.href = `#e${event.seq}`;
    time.textContent = clock(event.created_at, this.times.value);
    if (event.run) passed.textContent = since(at - this.#began.get(event.run));
    level.textContent = TAGS[event.level];
    if (event.step) step.textContent = `${event.step}/${event.total_steps}`;
    text.textContent = event.message + (event.elapsed_ms ? ` · ${(event.elapsed_ms / 1000).toFixed(2)} s` : "");
    return row;
  }

  #rowsOf(events) {
    const rows = document.createDocumentFragment();
    for (const event of events) rows.append(this.#row(event));
    return rows;
  }

  /** What the server rendered gets the reader's own times, and is counted. */
  #adopt() {
    this.root.dataset.wrap = this.wrap.checked;
    for (const row of this.rows.children) this.counts && this.counts[row.dataset.level]++;
    this.#retime();
    this.#showCounts();
    this.follow.toEnd();
  }

  #retime() {
    for (const row of this.rows.children) row.firstElementChild.textContent = clock(row.dataset.at, this.times.value);
  }

  #arrived(events) {
    if (this.counts) for (const { level } of events) this.counts[level]++;
    this.#showCounts();
    const shown = events.filter((event) => matches(event, this.filters) && (event.message || event.kind !== "progress"));
    if (this.#held) return this.#held.push(...shown);
    if (shown.length) this.#append(shown);
  }

  #append(events) {
    this.rows.append(this.#rowsOf(events));
    this.empty.hidden = true;
    const waiting = this.#news[0] > 0;
    this.#news[0] += events.length;
    this.#news[1] += events.filter(({ level }) => level === "warning" || level === "error").length;
    if (!waiting) requestAnimationFrame(() => this.follow.added(...this.#news.splice(0, 2, 0, 0)));
  }

  #cleared() {
    this.rows.replaceChildren();
    if (this.counts) for (const level in this.counts) this.counts[level] = 0;
    this.empty.hidden = false;
    this.#showCounts();
  }

  #showCounts() {
    for (const chip of this.form.querySelectorAll(".level-chip[value]:not([value=''])")) slot(chip, "count").textContent = this.counts?.[chip.value] || "";
  }

  // -- Older events and filters: always from the server --

  /** What came before the rows of the first paint, a page at a time, put above them. */
  async #older() {
    const { first, oldest } = this.root.dataset;
    if (!isEmpty(this.filters) || !(Number(first) < Number(oldest))) return;
    const anchor = this.rows.firstElementChild;
    for (let after = Number(first) - 1; after < oldest - 1; ) {
      const events = (await this.#page(`${this.url}?after=${after}&limit=${Math.min(PAGE, oldest - 1 - after)}`))?.events;
      if (!events?.length || !anchor?.isConnected) return;
      for (const { level } of events) this.counts[level]++;
      this.rows.insertBefore(this.#rowsOf(events), anchor);
      after = events.at(-1).seq;
      if (this.follow.pinned) this.follow.toEnd();
    }
    this.#showCounts();
  }

  async #page(url, signal) {
    const answer = await fetch(url, { signal, headers: { Accept: "application/json" } });
    return answer.ok ? answer.json() : null;
  }

  /** Show only what matches; `filters` go into the address, so that it can be shared. */
  async show(filters) {
    this.filters = Object.fromEntries(Object.entries(filters).filter(([, value]) => value));
    history.replaceState(history.state, "", `${location.pathname}${toQuery(this.filters)}${location.hash}`);
    this.#links();
    this.#loading?.abort();
    if (!this.connection) return;
    const { signal } = (this.#loading = new AbortController());
    this.#held = [];
    const upTo = this.connection.last;
    const found = document.createDocumentFragment();
    const query = toQuery(this.filters).replace("?", "&");
    try {
      for (let url = `${this.url}?after=0&limit=${PAGE}${query}`; url; ) {
        const page = await this.#page(url, signal);
        found.append(this.#rowsOf(page?.events.filter(({ seq }) => seq <= upTo) ?? []));
        url = page?.next;
      }
    } catch (error) {
      if (error.name === "AbortError") return;
    }
    this.rows.replaceChildren(found);
    if (this.#held.length) this.rows.append(this.#rowsOf(this.#held));
    this.#held = null;
    this.empty.hidden = this.rows.childElementCount > 0;
    if (isEmpty(this.filters)) this.#recount();
    this.follow.toEnd();
  }

  #recount() {
    this.counts = { info: 0, success: 0, warning: 0, error: 0 };
    for (const row of this.rows.children) this.counts[row.dataset.level]++;
    this.#showCounts();
  }

  /** Chips, scope line and export links say what is shown. */
  #links() {
    for (const chip of this.form.querySelectorAll(".level-chip")) chip.setAttribute("aria-pressed", chip.value === (this.filters.level ?? ""));
    const text = describe(this.filters);
    slot(this.scope, "scope-text").textContent = text;
    this.scope.hidden = !text;
    const query = toQuery(this.filters).replace("?", "&");
    for (const link of this.root.querySelectorAll(".log-exports a")) {
      const format = new URL(link.href).searchParams.get("format");
      link.href = `${this.url ?? ""}?format=${format}&limit=1000${link.dataset.export ? query : ""}`;
    }
  }

  // -- What the reader does --

  #listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.show({ ...this.filters, q: this.form.q.value.trim(), level: event.submitter?.name ? event.submitter.value : this.filters.level });
    });
    this.form.q.addEventListener("search", () => this.form.q.value || this.show({ ...this.filters, q: "" }));
    this.root.querySelector("[data-action=show-all]").addEventListener("click", (event) => {
      event.preventDefault();
      this.show({ ...this.filters, run: "", step: "" });
    });
    this.times.addEventListener("change", () => {
      remember("log-times", this.times.value);
      this.#retime();
    });
    this.wrap.addEventListener("change", () => {
      remember("log-wrap", this.wrap.checked ? "yes" : "no");
      this.root.dataset.wrap = this.wrap.checked;
    });
    this.rows.addEventListener("pointerover", ({ target }) => this.#offerCopy(target.closest(".row")));
    this.root.addEventListener("pointerleave", () => (this.copy.hidden = true));
    this.copy.addEventListener("click", () => this.#copyLine());
    addEventListener("hashchange", () => this.#goToHash());
  }

  #offerCopy(row) {
    if (!row) return;
    this.copied = row;
    this.copy.hidden = false;
    this.copy.textContent = "Copy";
    this.copy.style.top = `${row.getBoundingClientRect().top - this.root.getBoundingClientRect().top}px`;
  }

  async #copyLine() {
    const cells = [...this.copied.children].map((cell) => cell.textContent).filter(Boolean);
    const link = new URL(`#${this.copied.id}`, location.href);
    await navigator.clipboard.writeText(`${cells.join("  ")}\n${link}`);
    this.copy.textContent = "Copied";
  }

  #goToHash() {
    const row = /^#e\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
    if (!row) return;
    this.follow.unpin();
    for (const old of this.rows.querySelectorAll(".marked")) old.classList.remove("marked");
    row.classList.add("marked");
    row.scrollIntoView({ block: "center" });
  }

  #showState({ state, transport }) {
    this.state.dataset.state = state;
    const over = { websocket: "", sse: " over server-sent events", poll: " by asking again and again" }[transport] ?? "";
    this.state.textContent = { live: `Live${over}`, waiting: "Not connected; nothing is lost", connecting: "Connecting", refused: "Not available" }[state] ?? "";
  }
}
