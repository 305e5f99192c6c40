// One session's events, each exactly once and in order, whatever the network does.
//
// seq <= last: seen, dropped. seq == last + 1: applied. A gap, or a head beyond `last` at a
// heartbeat: asked for again from `last`. A transport that failed twice in a row without getting
// through is left for the next one for the rest of the visit.

import { poll, sse, websocket } from "./transports.js";

const FINAL = { 4401: "Sign in again to see this.", 4403: "This conversation belongs to somebody else.", 4404: "This conversation does not exist any more." };
const STABLE_MS = 10_000;

export class Connection extends EventTarget {
  #transport = null;
  #timers = {};
  #replies = new Map();
  #requests = 0;
  #failed = 0;
  #attempt = 0;
  #level = 0;
  #asked = -1;

  constructor({ session, after = 0, transports = [websocket, sse, poll], level = 0, random = Math.random, timers = globalThis }) {
    super();
    Object.assign(this, { session, last: after, transports, random, clock: timers, state: "idle", heartbeat: 15_000 });
    this.#level = Math.min(level, transports.length - 1);
  }

  #tell(type, detail) {
    this.dispatchEvent(Object.assign(new Event(type), { detail }));
  }

  #become(state, detail = {}) {
    this.state = state;
    this.#tell("state", { state, transport: this.#transport?.name, ...detail });
  }

  open() {
    this.close();
    this.#become("connecting");
    let through = false;
    const alive = (act) => (frame) => {
      this.#watch();
      act(frame);
    };
    const arrived = () => {
      if (through) return;
      through = true;
      this.#failed = 0;
      this.#timer("stable", STABLE_MS, () => (this.#attempt = 0));
      this.#become("live");
    };
    this.#transport = this.transports[this.#level](this.session, this.last, {
      ready: alive((frame) => {
        if ("heartbeat" in frame) this.heartbeat = frame.heartbeat * 1000;
        this.#watch();
        arrived();
      }),
      events: alive(({ events }) => this.#take(events)),
      live: alive(arrived),
      reset: alive((frame) => this.#reset(frame)),
      heartbeat: alive(({ head }) => head > this.last && this.#again()),
      reply: alive((frame) => this.#settle(frame)),
      bye: ({ retry_ms: [low, high] }) => (this.pause = low + this.random() * (high - low)),
      closed: ({ code }) => this.#closed(code, through),
    });
    this.#watch();
  }

  close() {
    for (const name of Object.keys(this.#timers)) this.clock.clearTimeout(this.#timers[name]);
    this.#transport?.close();
    this.#transport = null;
    this.#asked = -1;
    for (const { reject } of this.#replies.values()) reject(new Error("The connection broke before the server replied."));
    this.#replies.clear();
  }

  #timer(name, ms, act) {
    this.clock.clearTimeout(this.#timers[name]);
    this.#timers[name] = this.clock.setTimeout(act, ms);
  }

  /** A connection on which nothing comes for two and a half heartbeats is dead, whatever it says. */
  #watch() {
    if (this.heartbeat) this.#timer("silence", this.heartbeat * 2.5, () => this.#closed(1006, true));
    else this.clock.clearTimeout(this.#timers.silence);
  }

  #take(events) {
    const fresh = events.filter(({ seq }) => seq === this.last + 1 && (this.last = seq));
    if (fresh.length) {
      this.#transport?.send({ type: "ack", seq: this.last });
      this.#tell("events", fresh);
    }
    if (events.at(-1).seq > this.last) this.#again();
  }

  /** Ask for what follows `last`, once for each place; a transport that cannot is opened anew. */
  #again() {
    if (this.#asked === this.last) return;
    this.#asked = this.last;
    if (!this.#transport.send({ type: "resume", after: this.last })) this.clock.setTimeout(() => this.open());
  }

  #reset({ first, head, reason }) {
    this.last = first - 1;
    this.#tell("reset", { first, head, reason });
  }

  #closed(code, through) {
    this.close();
    if (FINAL[code]) return this.#become("refused", { message: FINAL[code] });
    if (!through && ++this.#failed >= 2 && this.#level < this.transports.length - 1) {
      this.#level += 1;
      this.#failed = 0;
      this.#tell("fallback", this.#level);
    }
    const ms = this.pause ?? (code === 4408 ? 0 : this.random() * Math.min(20_000, 500 * 2 ** this.#attempt++));
    this.pause = undefined;
    this.#become("waiting", { retryAt: Date.now() + ms });
    this.#timer("retry", ms, () => this.open());
  }

  /** At once, for example because the network is back. */
  retry() {
    if (this.state === "waiting") this.open();
  }

  /** Send a command and wait for its reply; null where the transport only listens. */
  request(frame, timeout = 10_000) {
    const id = `c${++this.#requests}`;
    if (this.state !== "live" || !this.#transport.send({ ...frame, id })) return null;
    return new Promise((resolve, reject) => {
      this.#replies.set(id, { resolve, reject });
      this.clock.setTimeout(() => this.#replies.delete(id) && reject(new Error("The server did not reply in time.")), timeout);
    });
  }

  #settle(frame) {
    const waiting = this.#replies.get(frame.id);
    this.#replies.delete(frame.id);
    waiting?.resolve(frame);
  }
}
