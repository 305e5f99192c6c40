import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { test } from "node:test";
import { load } from "./site.js";

const { Steps } = await load("js/analysis/steps.js");
const { compare } = await load("js/analysis/table.js");

const at = (ms) => new Date(1_000_000 + ms).toISOString();
const log = (step, ms, level = "info") => ({ kind: "log", step, level, message: "…", created_at: at(ms) });
const started = (step, ms) => ({ kind: "step", level: "info", step, data: { state: "started" }, created_at: at(ms) });
const finished = (step, ms, elapsed) => ({ kind: "step", level: "success", step, elapsed_ms: elapsed, data: { state: "finished" }, created_at: at(ms) });
const state = (name) => ({ kind: "state", level: "info", step: 1, data: { state: name }, created_at: at(0) });

function after(...events) {
  const steps = new Steps(Array.from({ length: 5 }, (_, n) => ({ step: n + 1, state: "pending", begin: "", end: "" })));
  for (const event of events) steps.apply(event);
  return steps;
}

const states = (steps) => steps.list.map((step) => step.state);

test("steps go from pending over running to done", () => {
  const steps = after(started(1, 0), finished(1, 90, 90), started(2, 100));
  assert.deepEqual(states(steps), ["done", "running", "pending", "pending", "pending"]);
  assert.equal(steps.current.step, 2);
});

test("a warning marks its step for good", () => {
  assert.equal(states(after(started(1, 0), log(1, 5, "warning"), finished(1, 10, 10)))[0], "warning");
});

test("steps that the server rendered in the middle of a run go on from there", () => {
  // As in the page: everything is text.
  const steps = new Steps([{ step: "1", state: "done", begin: "1000000", end: "1000100" }, { step: "2", state: "running", begin: "1000100", end: "" }]);
  assert.equal(steps.current.step, "2");
  assert.deepEqual(steps.bars(1_000_200), [{ step: "1", x: 0, width: 50 }, { step: "2", x: 50, width: 50 }]);
  steps.apply(finished(2, 400, 300));
  assert.deepEqual(states(steps), ["done", "done"]);
  assert.deepEqual(steps.bars(0), [{ step: "1", x: 0, width: 25 }, { step: "2", x: 25, width: 75 }]);
});

test("a state of the run, which is the server's to draw, changes no step", () => {
  assert.equal(states(after(started(2, 0), state("waiting"), state("queued")))[1], "running");
  assert.equal(states(after(state("queued"), state("running")))[0], "pending");
});

test("bars show when each step began and how long it took", () => {
  const steps = after(started(1, 0), finished(1, 100, 100), started(2, 100), finished(2, 400, 300));
  assert.deepEqual(steps.bars(0), [{ step: 1, x: 0, width: 25 }, { step: 2, x: 25, width: 75 }]);
});

test("a step that took no time at the end of a run is still a sliver inside the picture", () => {
  const steps = after(started(1, 0), finished(1, 1000, 1000), started(2, 1000), finished(2, 1000, 0));
  assert.deepEqual(steps.bars(0)[1], { step: 2, x: 99, width: 1 });
});

test("a share of a step is kept", () => {
  const steps = after(started(4, 0), { kind: "progress", level: "info", step: 4, data: { share: 0.4 }, created_at: at(3) });
  assert.equal(steps.list[3].share, 0.4);
});

test("a step that begins renews when the run should be over and when it is late", () => {
  const told = { ...started(2, 100), data: { state: "started", eta_ms: [200, 300], slow_in_ms: 900 } };
  const [end, late] = after(started(1, 0), told, log(2, 200)).ends;
  assert.deepEqual([end, late], [Date.parse(at(400)), Date.parse(at(1000))]);
});

test("events of unknown steps or of none change nothing", () => {
  assert.deepEqual(states(after(log(9, 0), log(null, 0))), Array(5).fill("pending"));
});

test("tables sort numbers by value, text by alphabet, and empty cells last either way", () => {
  const sorted = (values, down) => [...values].sort((a, b) => compare(a, b, down));
  assert.deepEqual(sorted(["-0.5", "0.7", "", "0.12"], true), ["0.7", "0.12", "-0.5", ""]);
  assert.deepEqual(sorted(["RRC", "", "AMD"], false), ["AMD", "RRC", ""]);
});

test("the page's own JavaScript stays within 40 KB", () => {
  const root = new URL("../../", import.meta.url);
  const size = (folder) => readdirSync(new URL(folder, root), { recursive: true, withFileTypes: true })
    .filter((file) => file.name.endsWith(".js") && file.name !== "live-log.js") // that one is for other sites
    .reduce((sum, file) => sum + statSync(`${file.parentPath ?? file.path}/${file.name}`).size, 0);
  const total = size("static/js/") + size("progress/static/progress/");
  assert.ok(total <= 40 * 1024, `${total} bytes`);
});
