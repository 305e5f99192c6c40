// The steps of one run as data: what each event makes of them.

const MARKS = { warning: "warning", error: "failed" };

export class Steps {
  /** `list`: {step, state, begin, end, share} each, which may be elements' datasets. Times in ms.
      `ends`: when it should be over and when it is late. */
  constructor(list, ends) {
    Object.assign(this, { list, ends });
    this.current = list.find(({ state }) => state === "running");
  }

  /** Take one event; gives the step it changed, if any. */
  apply({ kind, level, step: number, elapsed_ms: elapsed, data, created_at: created }) {
    const step = this.list[number - 1];
    if (!step || kind === "state") return undefined;
    const at = Date.parse(created);
    this.current = step;
    if (kind === "step" && data?.state === "finished") Object.assign(step, { begin: at - elapsed, end: at, state: step.state === "running" ? "done" : step.state });
    else if (step.state === "pending") Object.assign(step, { state: "running", begin: at });
    if (kind === "progress") step.share = data.share;
    if (data?.eta_ms) this.ends = [at + data.eta_ms[1], at + data.slow_in_ms];
    step.state = MARKS[level] ?? step.state;
    return step;
  }

  /** {step, x, width} of each that began, in per cent of the run so far; a sliver stays visible. */
  bars(now) {
    const begun = this.list.filter(({ begin }) => begin);
    const start = Math.min(...begun.map(({ begin }) => begin));
    const whole = (Math.max(...begun.map(({ end }) => end || now)) - start || 1) / 100;
    return begun.map(({ step, begin, end }) => ({ step, x: Math.min((begin - start) / whole, 99), width: Math.max(((end || now) - begin) / whole, 1) }));
  }
}
