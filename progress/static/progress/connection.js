// One session's events, each once and in order, whatever the network does.
//
// seq <= last: dropped. seq == last + 1: applied. A gap, or a heartbeat beyond `last`: asked again.
// A transport that failed twice before it was ever through gives way to the next.

import { poll, sse, websocket } from "./transports.js";

const REFUSED = [4401, 4403, 4404];

export class Connection extends EventTarget {
  #transport = null;
  #timers = {};
  #replies = new Map();
  #requests = 0;
  #through = false;
  #attempt = 0;
  #asked = -1;
  #heartbeat = 6000; // until the server has told its own

  constructor({ session, after = 0, base = "", transports = [websocket, sse, poll], level = 0, random = Math.random, timers = globalThis }) {
    super();
    Object.assign(this, { session, last: after, base, transports, level, random, timers, state: "idle" });
  }

  #tell(type, detail) {
    this.dispatchEvent(Object.assign(new Event(type), { detail }));
  }

  #become(state, detail) {
    this.state = state;
    this.#tell("state", { state, transport: this.#transport?.name, ...detail });
  }

  open() {
    this.close();
    this.#become("connecting");
    const alive = (act) => (frame) => {
      act(frame);
      this.#watch();
    };
    this.#transport = this.transports[this.level](this.session, this.last, {
      ready: alive(({ heartbeat, ack = true }) => {
        this.#through = true;
        this.acks = ack;
        this.#heartbeat = heartbeat * 1000;
        this.#timer("stable", 10_000, () => (this.#attempt = 0));
        this.#become("live");
      }),
      events: alive(({ events }) => this.#take(events)),
      reset: alive((frame) => {
        this.last = frame.first - 1;
        this.#tell("reset", frame);
      }),
      heartbeat: alive(({ head }) => head > this.last && this.#again()),
      reply: alive((reply) => {
        this.#replies.get(reply.id)?.resolve(reply);
        this.#replies.delete(reply.id);
      }),
      bye: ({ retry_ms: [low, high] }) => (this.pause = low + this.random() * (high - low)),
      closed: ({ code }) => this.#closed(code),
    }, this.base);
    this.#watch();
  }

  close() {
    for (const name in this.#timers) this.timers.clearTimeout(this.#timers[name]);
    this.#transport?.close();
    this.#transport = null;
    this.#asked = -1;
    for (const { reject } of this.#replies.values()) reject(new Error("The connection broke before the server replied."));
    this.#replies.clear();
  }

  #timer(name, ms, act) {
    this.timers.clearTimeout(this.#timers[name]);
    this.#timers[name] = this.timers.setTimeout(act, ms);
  }

  /** Silent for two and a half heartbeats is dead. */
  #watch() {
    if (this.#heartbeat) this.#timer("silence", this.#heartbeat * 2.5, () => this.#closed(1006));
    else this.timers.clearTimeout(this.#timers.silence);
  }

  #take(events) {
    const fresh = events.filter(({ seq }) => seq === this.last + 1 && (this.last = seq));
    if (fresh.length) {
      if (this.acks) this.#transport?.send({ type: "ack", seq: this.last });
      this.#tell("events", fresh);
    }
    if (events.at(-1).seq > this.last) this.#again();
  }

  /** Ask for what follows `last`, once a place; a transport that cannot is opened anew. */
  #again() {
    if (this.#asked === this.last) return;
    this.#asked = this.last;
    if (!this.#transport?.send({ type: "resume", after: this.last })) this.#timer("retry", 0, () => this.open());
  }

  #closed(code) {
    this.close();
    if (REFUSED.includes(code)) return this.#become("refused", { code });
    const ms = this.pause ?? (code === 4408 ? 0 : this.random() * Math.min(20_000, 500 * 2 ** this.#attempt++));
    this.pause = undefined;
    if (!this.#through && this.#attempt === 2 && this.transports[this.level + 1]) {
      this.#attempt = 0;
      this.#tell("fallback", ++this.level);
    }
    this.#become("waiting", { retryAt: Date.now() + ms });
    this.#timer("retry", ms, () => this.open());
  }

  /** Now, because the network is back; one that was `changed` may block what the last let through. */
  retry(changed = false) {
    if (this.state !== "waiting") return;
    if (changed) [this.#through, this.#attempt] = [false, 0];
    this.open();
  }

  /** Send a command; gives its reply, or null where the transport only listens. */
  request(frame) {
    const id = `c${++this.#requests}`;
    if (this.state !== "live" || !this.#transport.send({ ...frame, id })) return null;
    return new Promise((resolve, reject) => this.#replies.set(id, { resolve, reject }));
  }
}
