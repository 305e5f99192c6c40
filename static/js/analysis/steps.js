// The steps of one run as data: what each event makes of them.

const MARKS = { warning: "warning", error: "failed" };
export const LIVE = new Set(["queued", "running", "waiting"]);

export class Steps {
  /** `list`: {number, state, begin, end, share} each, times in milliseconds. */
  constructor(list) {
    this.list = list;
    this.current = list.find(({ state }) => state === "running");
  }

  /** Take one event; gives the step it changed, if any. */
  apply({ kind, level, step: number, elapsed_ms: elapsed, data, created_at: created }) {
    if (kind === "state") return this.#settle(data?.state);
    const step = this.list[number - 1];
    if (!step) return undefined;
    const at = Date.parse(created);
    this.current = step;
    if (kind === "step" && data?.state === "finished") Object.assign(step, { begin: at - elapsed, end: at, share: null, state: step.state === "running" ? "done" : step.state });
    else if (step.state === "pending") Object.assign(step, { state: "running", begin: at });
    if (kind === "progress") step.share = data.share;
    step.state = MARKS[level] ?? step.state;
    return step;
  }

  /** Nothing goes on turning when the run has ended. */
  #settle(state) {
    if (!state || LIVE.has(state)) return;
    const settled = ["succeeded", "unsupported"].includes(state) ? "done" : state;
    for (const step of this.list) {
      if (step.state === "running") step.state = settled;
      if (step.state === "pending" && state === "succeeded") step.state = "skipped";
    }
  }

  /** [offset, width] in per cent of the run so far, by the number of each step that began. */
  bars(now) {
    const begun = this.list.filter(({ begin }) => begin);
    const start = Math.min(...begun.map(({ begin }) => begin));
    const whole = Math.max(...begun.map(({ end }) => end ?? now)) - start || 1;
    return begun.map(({ number, begin, end }) => [number, (100 * (begin - start)) / whole, Math.max((100 * ((end ?? now) - begin)) / whole, 1)]);
  }
}
