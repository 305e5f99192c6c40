// The log element: stored rows come from the server, live ones are cloned from its template.

import { Connection } from "./connection.js";
import { clone, remember, slot } from "./dom.js";
import { fromQuery, isEmpty, matches } from "./filters.js";
import { Follow } from "./follow.js";
import { clock, duration, since } from "./times.js";

const TAGS = { info: "• info", success: "✓ done", warning: "⚠ warn", error: "✕ error" };
const BAD = new Set(["warning", "error"]);
const PAGE = 1000;

export class LogView {
  #began = new Map();
  #held = null;
  #news = [];
  #loading = null;

  constructor(root) {
    this.root = root;
    this.rows = slot(root, "rows");
    this.follow = new Follow(slot(root, "scroll"), slot(root, "pill"));
    this.#listen();
    this.#adopt();
  }

  get mode() {
    return slot(this.root, "times").value;
  }

  /** Go live, from what the server rendered on, or from an earlier place that others need. */
  start(session = this.root.dataset.liveLog, needed = Infinity) {
    const after = Math.min(needed, Number(this.root.dataset.head));
    const connection = new Connection({ session, after, level: Number(sessionStorage.getItem("transport")) });
    connection.addEventListener("fallback", ({ detail }) => sessionStorage.setItem("transport", detail));
    connection.addEventListener("events", ({ detail }) => this.#arrived(detail));
    connection.addEventListener("reset", () => this.#load());
    connection.addEventListener("state", ({ detail }) => this.#showState(detail));
    Object.assign(this.root.dataset, { liveLog: session, events: `/api/progress/${session}/events` });
    this.connection = connection;
    connection.open();
    this.#older().then(() => this.#goToHash());
  }

  // -- Rows --

  #row(event) {
    const row = clone(slot(this.root, "row"));
    const [time, passed, level, step, text] = row.children;
    const at = Date.parse(event.created_at);
    if (!this.#began.has(event.run)) this.#began.set(event.run, at);
    row.id = `e${event.seq}`;
    Object.assign(row.dataset, { level: event.level, kind: event.kind, at: event.created_at });
    time.href = `#e${event.seq}`;
    time.textContent = clock(event.created_at, this.mode);
    if (event.run) passed.textContent = since(at - this.#began.get(event.run));
    level.textContent = TAGS[event.level];
    if (event.step) step.textContent = `${event.step}/${event.total_steps}`;
    text.textContent = event.message + (event.elapsed_ms ? ` · ${duration(event.elapsed_ms)}` : "");
    return row;
  }

  #rowsOf(events) {
    const rows = document.createDocumentFragment();
    rows.append(...events.map((event) => this.#row(event)));
    return rows;
  }

  #arrived(arrived) {
    if (this.#held) return this.#held.push(...arrived);
    const events = arrived.filter(({ seq }) => seq > this.root.dataset.head);
    const shown = events.filter((event) => event.message && matches(event, this.filters));
    for (const { level } of events) this.#count(level);
    this.rows.append(this.#rowsOf(shown));
    slot(this.root, "empty").hidden = this.rows.hasChildNodes();
    // One measuring of the page a frame, however many batches came in it.
    if (!this.#news.length) requestAnimationFrame(() => this.#tell(this.#news.splice(0)));
    return this.#news.push(...shown);
  }

  #tell(events) {
    this.follow.added(events.length, events.filter(({ level }) => BAD.has(level)).length);
  }

  #count(level) {
    const count = slot(this.root.querySelector(`.level-chip[value=${level}]`), "count");
    count.textContent = Number(count.textContent) + 1;
  }

  /** What the server rendered gets the times as the reader wants them. */
  #adopt() {
    this.filters = fromQuery(location.search);
    slot(this.root, "times").value = remember("log-times") ?? "local";
    slot(this.root, "wrap").checked = remember("log-wrap") !== "false";
    this.#retime();
    this.follow.toEnd();
  }

  #retime() {
    this.root.dataset.wrap = slot(this.root, "wrap").checked;
    for (const row of this.rows.children) row.firstElementChild.textContent = clock(row.dataset.at, this.mode);
  }

  /** The first paint has the newest rows; what came before is put above them, a page at a time. */
  async #older() {
    const { first, oldest, events: url } = this.root.dataset;
    const anchor = this.rows.firstElementChild;
    for (let after = first - 1; isEmpty(this.filters) && after < oldest - 1; ) {
      const answer = await fetch(`${url}?after=${after}&limit=${Math.min(PAGE, oldest - 1 - after)}`);
      const { events = [] } = answer.ok ? await answer.json() : {};
      if (!events.length || !anchor?.isConnected) return;
      this.rows.insertBefore(this.#rowsOf(events.filter(({ message }) => message)), anchor);
      after = events.at(-1).seq;
      if (this.follow.pinned) this.follow.toEnd();
    }
  }

  // -- Filters: the server searches; the address can be shared --

  show(query) {
    history.replaceState(null, "", location.pathname + (`${query}` && `?${query}`));
    return this.#load();
  }

  async #load() {
    this.#loading?.abort();
    this.#loading = new AbortController();
    this.#held ??= [];
    const answer = await fetch(location.href, { signal: this.#loading.signal }).catch(() => null);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live-log]");
    for (const name of ["bar", "scope", "rows"]) slot(this.root, name).replaceWith(slot(fresh, name));
    this.rows = slot(this.root, "rows");
    Object.assign(this.root.dataset, fresh.dataset);
    this.#adopt();
    const missed = this.#held;
    this.#held = null;
    this.#arrived(missed);
    this.#older();
  }

  // -- What the reader does --

  #listen() {
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      const query = new URLSearchParams(new FormData(event.target, event.submitter));
      // Enter presses the first button, but means: search within the level that is chosen.
      if (!event.submitter?.matches(":active, :focus")) query.set("level", this.filters.level ?? "");
      for (const [name, value] of [...query]) if (!value) query.delete(name);
      this.show(query);
    });
    this.root.addEventListener("change", ({ target }) => {
      if (target === slot(this.root, "times")) remember("log-times", target.value);
      if (target === slot(this.root, "wrap")) remember("log-wrap", target.checked);
      this.#retime();
    });
    this.root.addEventListener("click", (event) => {
      if (event.target.matches("[data-action=show-all]")) {
        event.preventDefault();
        this.show("");
      } else if (event.target.matches(".row-time")) this.#copy(event.target.parentElement);
    });
    addEventListener("hashchange", () => this.#goToHash());
  }

  #copy(row) {
    const line = [...row.children].map((cell) => cell.textContent).filter(Boolean).join("  ");
    navigator.clipboard?.writeText(`${line}\n${new URL(`#${row.id}`, location.href)}`);
    slot(this.root, "state").textContent = "The line and a link to it are on the clipboard.";
  }

  #goToHash() {
    const row = /^#e\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
    if (!row) return;
    this.follow.pinned = false;
    this.rows.querySelector(".marked")?.classList.remove("marked");
    row.classList.add("marked");
    row.scrollIntoView({ block: "center" });
  }

  #showState({ state, transport }) {
    const over = { sse: " over server-sent events", poll: " by asking again and again" }[transport] ?? "";
    const text = { live: `Live${over}`, waiting: "Not connected; nothing is lost", refused: "Not available" };
    slot(this.root, "state").dataset.state = state;
    slot(this.root, "state").textContent = text[state] ?? "Connecting";
  }
}
