import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { test } from "node:test";
import { load } from "./site.js";

const { Steps } = await load("js/analysis/steps.js");
const { compare } = await load("js/analysis/table.js");
const { completed } = await load("js/analysis/suggest.js");

const at = (ms) => new Date(1_000_000 + ms).toISOString();
const log = (step, ms, level = "info") => ({ kind: "log", step, level, message: "…", created_at: at(ms) });
const started = (step, ms) => ({ kind: "step", level: "info", step, data: { state: "started" }, created_at: at(ms) });
const finished = (step, ms, elapsed) => ({ kind: "step", level: "success", step, elapsed_ms: elapsed, data: { state: "finished" }, created_at: at(ms) });
const state = (name) => ({ kind: "state", level: "info", step: null, data: { state: name }, created_at: at(0) });

function after(...events) {
  const steps = new Steps(Array.from({ length: 5 }, (_, n) => ({ number: n + 1, state: "pending", begin: null, end: null, share: null })));
  for (const event of events) steps.apply(event);
  return steps;
}

const states = (steps) => steps.list.map((step) => step.state);

test("steps go from pending over running to done", () => {
  const steps = after(started(1, 0), finished(1, 90, 90), started(2, 100));
  assert.deepEqual(states(steps), ["done", "running", "pending", "pending", "pending"]);
  assert.equal(steps.current.number, 2);
});

test("a warning marks its step for good", () => {
  assert.equal(states(after(started(1, 0), log(1, 5, "warning"), finished(1, 10, 10)))[0], "warning");
});

test("steps that the server rendered in the middle of a run go on from there", () => {
  const steps = new Steps([{ number: 1, state: "done", begin: 1_000_000, end: 1_000_100 }, { number: 2, state: "running", begin: 1_000_100, end: null }]);
  assert.equal(steps.current.number, 2);
  steps.apply(finished(2, 400, 300));
  assert.deepEqual(states(steps), ["done", "done"]);
  assert.deepEqual(steps.bars(0), [[1, 0, 25], [2, 25, 75]]);
});

test("every final state settles the step that was running", () => {
  for (const [end, shown] of [["succeeded", "done"], ["unsupported", "done"], ["failed", "failed"], ["cancelled", "cancelled"], ["interrupted", "interrupted"]]) {
    assert.equal(states(after(started(1, 0), state(end)))[0], shown);
  }
});

test("steps that a cached answer did not need are skipped, those after a failure stay pending", () => {
  assert.deepEqual(states(after(started(1, 0), state("succeeded"))), ["done", "skipped", "skipped", "skipped", "skipped"]);
  assert.deepEqual(states(after(started(1, 0), state("failed"))).slice(1), Array(4).fill("pending"));
});

test("a run that waits or is queued again keeps its step open", () => {
  assert.equal(states(after(started(2, 0), state("waiting"), state("queued")))[1], "running");
});

test("bars show when each step began and how long it took", () => {
  const steps = after(started(1, 0), finished(1, 100, 100), started(2, 100), finished(2, 400, 300));
  assert.deepEqual(steps.bars(0), [[1, 0, 25], [2, 25, 75]]);
});

test("the bar of a running step grows with the clock", () => {
  const steps = after(started(1, 0), finished(1, 100, 100), started(2, 100));
  assert.deepEqual(steps.bars(1_000_200), [[1, 0, 50], [2, 50, 50]]);
});

test("a share of a step is kept until the step ends", () => {
  const steps = after(started(4, 0), { kind: "progress", level: "info", step: 4, data: { share: 0.4 }, created_at: at(3) });
  assert.equal(steps.list[3].share, 0.4);
  steps.apply(finished(4, 10, 10));
  assert.equal(steps.list[3].share, null);
});

test("events of unknown steps or of none change nothing", () => {
  assert.deepEqual(states(after(log(9, 0), log(null, 0))), Array(5).fill("pending"));
});

test("tables sort numbers by value, text by alphabet, and empty cells last either way", () => {
  const sorted = (values, down) => [...values].sort((a, b) => compare(a, b, down));
  assert.deepEqual(sorted(["-0.5", "0.7", "", "0.12"], true), ["0.7", "0.12", "-0.5", ""]);
  assert.deepEqual(sorted(["RRC", "", "AMD"], false), ["AMD", "RRC", ""]);
});

test("a suggested name replaces the word being typed, a past question the whole text", () => {
  assert.equal(completed("volatility of micr", { kind: "company", label: "Microsoft" }), "volatility of Microsoft");
  assert.equal(completed("what st", { kind: "question", label: "What stocks?" }), "What stocks?");
});

test("the page's own JavaScript stays within 40 KB", () => {
  const root = new URL("../../", import.meta.url);
  const size = (folder) => readdirSync(new URL(folder, root), { recursive: true, withFileTypes: true })
    .filter((file) => file.name.endsWith(".js") && file.name !== "live-log.js") // that one is for other sites
    .reduce((sum, file) => sum + statSync(`${file.parentPath ?? file.path}/${file.name}`).size, 0);
  const total = size("static/js/") + size("progress/static/progress/");
  assert.ok(total <= 40 * 1024, `${total} bytes`);
});
