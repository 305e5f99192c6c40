import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./site.js";

const { Connection } = await load("progress/connection.js");

const event = (seq) => ({ seq, message: `event ${seq}` });
const events = (...seqs) => ({ events: seqs.map(event) });

/** Time that passes when a test says so. */
class Timers {
  now = 0;
  waiting = [];
  setTimeout = (act, ms = 0) => this.waiting.push({ act, at: this.now + ms }) && this.waiting.at(-1);
  clearTimeout = (timer) => (this.waiting = this.waiting.filter((other) => other !== timer));
  pass(ms) {
    this.now += ms;
    for (const due of this.waiting.filter(({ at }) => at <= this.now)) {
      this.clearTimeout(due);
      due.act();
    }
  }
}

function wire(name, sends = true) {
  const opened = [];
  const transport = (session, after, on) => {
    const line = { name, after, on, sent: [], closed: false };
    line.send = (frame) => sends && Boolean(line.sent.push(frame));
    line.close = () => (line.closed = true);
    opened.push(line);
    return line;
  };
  return { opened, transport };
}

function connect({ transports, after = 0, random = () => 1 } = {}) {
  const timers = new Timers();
  const first = wire("websocket");
  const connection = new Connection({ session: "s", after, transports: transports ?? [first.transport], random, timers });
  const seen = [];
  const states = [];
  connection.addEventListener("events", ({ detail }) => seen.push(...detail.map(({ seq }) => seq)));
  connection.addEventListener("state", ({ detail }) => states.push(detail.state));
  connection.open();
  return { connection, timers, seen, states, opened: first.opened };
}

test("events that were seen before are dropped and new ones are acknowledged", () => {
  const { opened: [line], seen } = connect({ after: 2 });
  line.on.ready({ heartbeat: 15 });
  line.on.events(events(1, 2, 3, 4));
  line.on.events(events(3, 4, 5));
  assert.deepEqual(seen, [3, 4, 5]);
  assert.deepEqual(line.sent, [{ type: "ack", seq: 4 }, { type: "ack", seq: 5 }]);
});

test("a site below a prefix is asked below it, whatever the transport", async () => {
  const asked = [];
  const heard = class extends EventTarget {
    constructor(url) {
      super();
      asked.push(url);
    }
  };
  const fetch = async (url) => asked.push(url) && { ok: false, status: 404 };
  Object.assign(globalThis, { location: { origin: "http://x" }, WebSocket: heard, EventSource: heard, fetch });
  for (const level of [0, 1, 2]) new Connection({ session: "s", base: "/live", level, timers: new Timers() }).open();
  assert.deepEqual(asked.map((url) => url.split("?")[0]), ["ws://x/live/ws/progress/s", "/live/api/progress/s", "/live/api/progress/s/events"]);
});

test("a server that sees by itself what was read gets no acknowledgements", () => {
  const { opened: [line], seen } = connect();
  line.on.ready({ heartbeat: 15, ack: false });
  line.on.events(events(1, 2));
  assert.deepEqual([seen, line.sent], [[1, 2], []]);
});

test("a gap shows nothing beyond it and asks again from the last event, once", () => {
  const { opened: [line], seen } = connect();
  line.on.events(events(1, 3));
  line.on.events(events(4));
  assert.deepEqual(seen, [1]);
  assert.deepEqual(line.sent.filter(({ type }) => type === "resume"), [{ type: "resume", after: 1 }]);
  line.on.events(events(2, 3, 4));
  assert.deepEqual(seen, [1, 2, 3, 4]);
});

test("a transport that cannot be asked is opened anew from the last event", () => {
  const sse = wire("sse", false);
  const { timers, seen } = connect({ transports: [sse.transport] });
  sse.opened[0].on.events(events(1, 5));
  timers.pass(1);
  assert.equal(sse.opened[1].after, 1);
  sse.opened[1].on.events(events(2, 3, 4, 5));
  assert.deepEqual(seen, [1, 2, 3, 4, 5]);
});

test("a heartbeat whose head is beyond the last event asks for what is missing", () => {
  const { opened: [line] } = connect({ after: 7 });
  line.on.heartbeat({ head: 7 });
  assert.deepEqual(line.sent, []);
  line.on.heartbeat({ head: 9 });
  assert.deepEqual(line.sent, [{ type: "resume", after: 7 }]);
});

test("a cleared log starts again below its first event", () => {
  const { connection, opened: [line], seen } = connect({ after: 40 });
  let cleared = 0;
  connection.addEventListener("reset", () => cleared++);
  line.on.reset({ first: 51, head: 52, reason: "cleared" });
  line.on.events(events(51, 52));
  assert.deepEqual([cleared, ...seen], [1, 51, 52]);
});

test("reconnecting waits longer each time, up to twenty seconds, and resumes from the last event", () => {
  const { timers, opened } = connect();
  opened[0].on.ready({ heartbeat: 15 });
  opened[0].on.events(events(1, 2));
  const waits = [];
  for (let n = 0; n < 8; n++) {
    opened.at(-1).on.closed({ code: 1006 });
    const before = opened.length;
    let waited = 0;
    while (opened.length === before && waited < 30_000) {
      timers.pass(500);
      waited += 500;
    }
    waits.push(waited);
  }
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]);
  assert.equal(opened.at(-1).after, 2);
});

test("ten stable seconds make the next wait short again", () => {
  const { timers, opened } = connect();
  for (let n = 0; n < 5; n++) {
    opened.at(-1).on.closed({ code: 1006 });
    timers.pass(20_000);
  }
  opened.at(-1).on.ready({ heartbeat: 15 });
  timers.pass(10_000);
  const before = opened.length;
  opened.at(-1).on.closed({ code: 1006 });
  timers.pass(500);
  assert.equal(opened.length, before + 1);
});

test("the wait is spread at random", () => {
  const { timers, opened } = connect({ random: () => 0.5 });
  opened[0].on.closed({ code: 1006 });
  timers.pass(249);
  assert.equal(opened.length, 1);
  timers.pass(1);
  assert.equal(opened.length, 2);
});

test("a transport that failed twice without getting through gives way to the next", () => {
  const [ws, sse, poll] = [wire("websocket"), wire("sse", false), wire("poll", false)];
  const { connection, timers } = connect({ transports: [ws.transport, sse.transport, poll.transport] });
  const levels = [];
  connection.addEventListener("fallback", ({ detail }) => levels.push(detail));
  for (const way of [ws, ws, sse, sse]) {
    way.opened.at(-1).on.closed({ code: 1006 });
    timers.pass(20_000);
  }
  assert.deepEqual([ws, sse, poll].map(({ opened }) => opened.length), [2, 2, 1]);
  assert.deepEqual(levels, [1, 2]);
});

test("a transport that was through before is not given up for a lost connection", () => {
  const [ws, sse] = [wire("websocket"), wire("sse", false)];
  const { timers } = connect({ transports: [ws.transport, sse.transport] });
  for (let n = 0; n < 4; n++) {
    ws.opened.at(-1).on.ready({ heartbeat: 15 });
    ws.opened.at(-1).on.closed({ code: 1006 });
    timers.pass(20_000);
  }
  assert.equal(sse.opened.length, 0);
});

test("while the server is away a transport that was through is kept, until the network is another one", () => {
  const [ws, sse] = [wire("websocket"), wire("sse", false)];
  const { connection, timers } = connect({ transports: [ws.transport, sse.transport] });
  ws.opened[0].on.ready({ heartbeat: 15 });
  const lose = () => {
    ws.opened.at(-1).on.closed({ code: 1006 });
    timers.pass(20_000);
  };
  for (let n = 0; n < 5; n++) lose();
  assert.deepEqual([ws.opened.length, sse.opened.length], [6, 0]);
  ws.opened.at(-1).on.closed({ code: 1006 });
  connection.retry(true);
  for (let n = 0; n < 2; n++) lose();
  assert.deepEqual([ws.opened.length, sse.opened.length], [8, 1]);
});

test("a transport that is never answered, nor refused, gives way as well", () => {
  const [ws, sse] = [wire("websocket"), wire("sse", false)];
  const { timers } = connect({ transports: [ws.transport, sse.transport] });
  for (let n = 0; n < 4; n++) timers.pass(15_000); // silence, a pause, silence, a pause
  assert.deepEqual([ws.opened.length, sse.opened.length], [2, 1]);
});

test("a connection that has been silent for two and a half heartbeats is replaced", () => {
  const { timers, opened } = connect();
  opened[0].on.ready({ heartbeat: 10 });
  timers.pass(20_000);
  opened[0].on.heartbeat({ head: 0 });
  timers.pass(20_000);
  assert.equal(opened[0].closed, false);
  timers.pass(5_000);
  assert.equal(opened[0].closed, true);
});

test("a refusal is final and says why", () => {
  const { connection, timers, opened, states } = connect();
  let code;
  connection.addEventListener("state", ({ detail }) => (code = detail.code ?? code));
  opened[0].on.closed({ code: 4404 });
  timers.pass(60_000);
  assert.equal(opened.length, 1);
  assert.equal(states.at(-1), "refused");
  assert.equal(code, 4404);
});

test("a server that says goodbye is come back to within the time it names", () => {
  const { timers, opened } = connect();
  opened[0].on.bye({ retry_ms: [200, 3000] });
  opened[0].on.closed({ code: 1012 });
  timers.pass(2999);
  assert.equal(opened.length, 1);
  timers.pass(1);
  assert.equal(opened.length, 2);
});

test("a reader that was too slow comes back at once", () => {
  const { timers, opened } = connect();
  opened[0].on.closed({ code: 4408 });
  timers.pass(0);
  assert.equal(opened.length, 2);
});

test("a command gets its own reply, and is refused while nothing is open", async () => {
  const { connection, opened: [line] } = connect();
  assert.equal(connection.request({ type: "cancel" }), null);
  line.on.ready({ heartbeat: 15 });
  const [a, b] = [connection.request({ type: "cancel" }), connection.request({ type: "answer" })];
  line.on.reply({ id: "c3", ok: false });
  line.on.reply({ id: "c2", ok: true });
  assert.deepEqual([(await a).ok, (await b).ok], [true, false]);
});

test("a command whose connection breaks fails instead of hanging", async () => {
  const { connection, opened: [line] } = connect();
  line.on.ready({ heartbeat: 15 });
  const asked = connection.request({ type: "analyze" });
  line.on.closed({ code: 1006 });
  await assert.rejects(asked, /broke/);
});
