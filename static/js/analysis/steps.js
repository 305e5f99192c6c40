// The steps of one run as data: what each event makes of them. The bubble shows it.

const MARKED = { warning: "warning", error: "failed" };
const SETTLED = { succeeded: "done", unsupported: "done" };
export const LIVE = new Set(["queued", "running", "waiting"]);

export class Steps {
  constructor(total) {
    this.list = Array.from({ length: total }, (_, i) => ({ number: i + 1, state: "pending", begin: null, end: null, share: null, messages: [] }));
    this.current = null;
  }

  /** Take one event; gives the step it changed, or undefined. */
  apply(event) {
    if (event.kind === "state") return this.#settle(event.data?.state);
    const step = this.list[event.step - 1];
    if (!step || !["log", "step", "progress"].includes(event.kind)) return undefined;
    const at = Date.parse(event.created_at);
    if (event.kind === "step" && event.data?.state === "finished") this.#finish(step, event.elapsed_ms ?? 0, at);
    else this.#touch(step, event, at);
    if (MARKED[event.level]) step.state = MARKED[event.level];
    return step;
  }

  #touch(step, event, at) {
    if (step.state === "pending") Object.assign(step, { state: "running", begin: at });
    this.current = step.number;
    if (event.kind === "progress") step.share = event.data.share;
    if (event.kind === "log") step.messages.push({ level: event.level, text: event.message });
  }

  #finish(step, elapsed, at) {
    Object.assign(step, { begin: at - elapsed, end: at, share: null });
    if (!Object.values(MARKED).includes(step.state)) step.state = "done";
  }

  /** No step goes on turning when its run has ended. */
  #settle(state) {
    if (!state || LIVE.has(state)) return;
    for (const step of this.list) if (step.state === "running") step.state = SETTLED[state] ?? state;
  }

  /** [offset, width] in per cent of the run so far, for each step that began. */
  bars(now) {
    const begun = this.list.filter(({ begin }) => begin !== null);
    const start = Math.min(...begun.map(({ begin }) => begin));
    const whole = Math.max(...begun.map(({ end }) => end ?? now)) - start || 1;
    return begun.map(({ number, begin, end }) => [number, (100 * (begin - start)) / whole, Math.max((100 * ((end ?? now) - begin)) / whole, 1)]);
  }
}
