// The log element: stored rows come from the server, live ones are cloned from its template.

import { Connection } from "./connection.js";
import { clone, find, on, parsed, slot } from "./dom.js";
import { Follow } from "./follow.js";
import { clock, duration, since } from "./times.js";

const TAGS = { info: "• info", success: "✓ done", warning: "⚠ warn", error: "✕ error" };
const AGAIN = 2000; // milliseconds until what could not be fetched is asked for again
const SAID = 3000; // and that "copied" stays
const CHUNK = 500; // rows that are laid out or left out together

/** Whether a live event passes the filters that the server applied to the stored ones. */
export function matches(event, { q = "", ...filters }) {
  return event.message.toLowerCase().includes(q.toLowerCase())
    && Object.entries(filters).every(([name, value]) => String(event[name]) === value);
}

export class LogView {
  #held = null;
  #loading = null;
  #state = {};

  constructor(root) {
    this.root = root;
    this.data = root.dataset;
    this.follow = new Follow(this.#slot("scroll"), this.#slot("pill"));
    on(root, {
      submit: (event) => {
        event.preventDefault();
        this.show(`${new URLSearchParams(new FormData(event.target))}`);
      },
      change: () => this.#retime(localStorage.setItem("utc", this.utc || "")),
      click: (event) => this.#click(event),
    });
    on(window, { hashchange: () => this.#goToHash() });
    this.#adopt();
  }

  #slot(name) {
    return slot(this.root, name);
  }

  get rows() {
    return this.#slot("rows");
  }

  get utc() {
    return this.#slot("utc").checked;
  }

  /** Go live from where the rendering ended, or from where others need it. */
  start(session = this.data.liveLog, needed = Infinity) {
    const after = Math.min(needed, this.data.head);
    const connection = new Connection({ session, after, base: this.data.base, level: Number(sessionStorage.getItem("transport")) });
    on(connection, {
      fallback: ({ detail }) => sessionStorage.setItem("transport", detail),
      events: ({ detail }) => this.#arrived(detail),
      reset: () => this.#load(),
      state: ({ detail }) => this.#showState((this.#state = detail)),
    });
    Object.assign(this, { connection, url: `${this.data.base}/api/progress/${session}/events` });
    connection.open();
    this.#older().then(() => this.#goToHash());
  }

  #row(event) {
    const row = clone(this.#slot("row"));
    const [time, passed, level, step, text] = row.children;
    row.id = `e${event.seq}`;
    Object.assign(row.dataset, { level: event.level, kind: event.kind, at: event.created_at });
    time.href = `#${row.id}`;
    time.textContent = clock(event.created_at, this.utc);
    if (event.run) passed.textContent = since(new Date(event.created_at) - new Date(this.began[event.run]));
    level.textContent = TAGS[event.level];
    if (event.step) step.textContent = `${event.step}/${event.total_steps}`;
    text.textContent = event.message + (event.elapsed_ms ? ` · ${duration(event.elapsed_ms)}` : "");
    return row;
  }

  /** A row for what has a message and passes the filters. */
  #fill(list, events) {
    for (const { run, created_at: at } of events) this.began[run] ??= at;
    const shown = events.filter((event) => event.message && matches(event, this.filters));
    list.append(...shown.map((event) => this.#row(event)));
    return shown;
  }

  #arrived(events) {
    if (this.#held) return this.#held.push(...events);
    const fresh = events.filter(({ seq, message }) => message && seq > this.data.head);
    for (const { level } of fresh) slot(find(this.root, `.level-chip[data-level=${level}]`), "count").textContent++;
    let list = this.rows.lastElementChild;
    if (list.childElementCount >= CHUNK) this.rows.append((list = list.cloneNode()));
    const shown = this.#fill(list, fresh);
    this.#slot("empty").hidden = list.hasChildNodes();
    this.follow.added(shown.length, shown.filter(({ level }) => /warn|err/.test(level)).length);
  }

  #adopt() {
    this.filters = JSON.parse(this.data.filters);
    this.began = JSON.parse(this.data.began);
    this.#slot("utc").checked = localStorage.getItem("utc");
    this.#retime();
    this.follow.toEnd();
  }

  #retime() {
    for (const row of this.rows.querySelectorAll(".row")) row.firstElementChild.textContent = clock(row.dataset.at, this.utc);
  }

  /** The first paint has the newest rows; older ones are put above them. */
  async #older(anchor = this.rows.firstElementChild) {
    while (this.data.first < this.data.oldest) {
      const { first, oldest } = this.data;
      const answer = await fetch(`${this.url}?after=${first - 1}&limit=${Math.min(CHUNK, oldest - first)}`).catch(() => null);
      if (!answer) return void setTimeout(() => this.#older(anchor), AGAIN);
      const { events = [] } = answer.ok ? await answer.json() : {};
      if (!events.length || !anchor.isConnected) return;
      const list = anchor.cloneNode();
      this.#fill(list, events);
      anchor.before(list);
      this.data.first = events.at(-1).seq + 1;
    }
  }

  /** Filters are the server's work, and in the address, so that they can be shared. */
  show(query) {
    history.replaceState(null, "", location.pathname + (query && `?${query}`));
    return this.#load();
  }

  async #load() {
    this.#loading?.abort();
    const { signal } = (this.#loading = new AbortController());
    this.#held ??= [];
    const answer = await fetch(location.href, { signal }).catch(() => signal.aborted || setTimeout(() => this.#load(), AGAIN));
    if (!answer.ok) return;
    const fresh = find(parsed(await answer.text()), "[data-live-log]");
    for (const name of ["bar", "scope", "empty"]) this.#slot(name).replaceWith(slot(fresh, name));
    this.rows.replaceChildren(...slot(fresh, "rows").children);
    Object.assign(this.data, fresh.dataset);
    this.#adopt();
    const missed = this.#held;
    this.#held = null;
    this.#arrived(missed);
    this.#older();
  }

  #click(event) {
    const { target } = event;
    const filter = target.closest("a[href^='?']");
    if (filter) {
      event.preventDefault();
      this.show(filter.search.slice(1));
    } else if (target.matches(".row-time")) {
      navigator.clipboard.writeText(`${target.parentElement.innerText.replace(/\n+/g, "  ")}\n${target.href}`);
      this.#showState({ state: "copied" });
      setTimeout(() => this.#showState(this.#state), SAID);
    }
  }

  #goToHash() {
    const row = /^#e\d+$/.test(location.hash) && find(document, location.hash);
    if (!row) return;
    this.follow.pinned = false;
    find(this.root, ".marked")?.classList.remove("marked");
    row.classList.add("marked");
    row.scrollIntoView({ block: "center" });
  }

  /** In the words of the template. */
  #showState({ state, transport, code = "" }) {
    const line = this.#slot("state");
    line.dataset.state = state;
    line.textContent = line.dataset[state === "live" ? transport : state + code];
  }
}
