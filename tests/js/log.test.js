import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./site.js";

const { Follow } = await load("progress/follow.js");
const { matches } = await load("progress/log.js");
const { clock, duration, since } = await load("progress/times.js");

globalThis.ResizeObserver = class {
  constructor(act) {
    this.act = act;
  }

  observe(content) {
    content.resized = this.act;
  }
};

class Scroller extends EventTarget {
  lastElementChild = {};
  scrollTop = 900;
  scrollHeight = 1000;
  clientHeight = 100;

  byUser(to, type = "wheel") {
    this.dispatchEvent(Object.assign(new Event(type), { key: "PageUp" }));
    this.scrollTo(to);
    this.dispatchEvent(new Event("scrollend"));
  }

  scrollTo(to) {
    this.scrollTop = to;
    this.dispatchEvent(new Event("scroll"));
  }

  grow(by = 100) {
    this.scrollHeight += by;
    this.lastElementChild.resized?.();
  }
}

function following() {
  const scroller = new Scroller();
  const pill = Object.assign(new EventTarget(), { hidden: true });
  return { scroller, pill, follow: new Follow(scroller, pill) };
}

test("a pinned list stays at its end as it grows", () => {
  const { scroller, pill, follow } = following();
  follow.added(5);
  scroller.grow();
  assert.equal(scroller.scrollTop, scroller.scrollHeight);
  assert.equal(pill.hidden, true);
});

test("a reader who scrolled up is left alone and told what is new", () => {
  const { scroller, pill, follow } = following();
  scroller.byUser(300);
  scroller.grow();
  follow.added(11, 0);
  follow.added(1, 1);
  assert.equal(scroller.scrollTop, 300);
  assert.equal(pill.hidden, false);
  assert.equal(pill.textContent, "12 new · 1 warning ↓");
});

test("scrolling that no user did never unpins", () => {
  const { scroller, follow } = following();
  scroller.grow(500);
  scroller.scrollTo(400);
  assert.equal(follow.pinned, true);
});

test("within 60 px of the end counts as the end", () => {
  const { scroller, follow } = following();
  scroller.byUser(839);
  assert.equal(follow.pinned, false);
  scroller.byUser(840);
  assert.equal(follow.pinned, true);
});

test("keys that scroll unpin like a wheel", () => {
  const { scroller, follow } = following();
  scroller.byUser(100, "keydown");
  assert.equal(follow.pinned, false);
});

test("the top of a long answer stays in sight when it arrives", () => {
  const { scroller } = following();
  new Follow(scroller, Object.assign(new EventTarget(), { hidden: true }), () => ({ offsetTop: 950 }));
  scroller.grow(2000);
  assert.equal(scroller.scrollTop, 950);
});

test("who reads the end of a long answer is not taken back to its top when something unfolds", () => {
  const { scroller, pill } = following();
  const follow = new Follow(scroller, pill, () => ({ offsetTop: 500 }));
  scroller.byUser(900);
  assert.equal(follow.pinned, true);
  scroller.grow();
  assert.equal(scroller.scrollTop, 900);
});

test("the pill goes to the end, pins and disappears", () => {
  const { scroller, pill, follow } = following();
  scroller.byUser(0);
  follow.added(3);
  pill.dispatchEvent(new Event("click"));
  assert.deepEqual([follow.pinned, pill.hidden, scroller.scrollTop], [true, true, scroller.scrollHeight]);
});

test("live events pass the same filters as stored ones", () => {
  const event = { level: "warning", step: 2, run: "r1", message: "Cache not reachable" };
  assert.ok(matches(event, {}));
  assert.ok(matches(event, { level: "warning", step: "2", run: "r1", q: "CACHE" }));
  for (const other of [{ level: "info" }, { step: "1" }, { run: "r2" }, { q: "disk" }]) assert.ok(!matches(event, other));
});

test("times are read as people read them", () => {
  assert.equal(clock("2026-11-22T12:03:04.512345Z", true), "12:03:04.512");
  assert.match(clock("2026-11-22T12:03:04.512345Z"), /^\d\d:\d\d:04\.512$/);
  assert.deepEqual([42, 420, 3140, 59_600, 185_000].map(duration), ["42 ms", "0.42 s", "3.1 s", "1 min 0 s", "3 min 5 s"]);
  assert.deepEqual([since(1204), since(-3)], ["+1.204s", "+0.000s"]);
});
