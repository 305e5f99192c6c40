// One question on the page: its steps move with the events, its outcome comes from the server as
// the same markup that the server renders at a reload.

import { clone, fill, slot } from "../../progress/dom.js";
import { duration } from "../../progress/times.js";
import { markup } from "../lib/api.js";
import { watch } from "./chart.js";
import { LIVE, Steps } from "./steps.js";
import { sortable } from "./table.js";

const HEADLINES = { queued: "Waiting for a free worker", running: "Working", waiting: "Waiting for your answer" };
const OPEN = new Set(["running", "warning", "failed"]);
const template = (name) => clone(document.getElementById(`${name}-template`));

export class Bubble {
  #touched = new Set();
  #turn = Promise.resolve();

  constructor(element) {
    this.element = element;
    this.data = element.dataset;
    this.seq = Number(this.data.seq);
    this.steps = new Steps([...element.querySelectorAll(".step")].map(({ dataset: { step, state, begin, end } }) => (
      { number: Number(step), state, begin: Number(begin) || null, end: Number(end) || null, share: null })));
    this.began = Date.parse(this.data.started);
    element.addEventListener("click", ({ target }) => this.#touched.add(target.closest("summary")?.parentElement));
    this.#dress();
  }

  static asked(question) {
    const bubble = new Bubble(fill(template("bubble"), { question }));
    bubble.began = Date.now();
    return bubble;
  }

  get live() {
    return LIVE.has(this.data.status);
  }

  step(number) {
    return this.element.querySelector(`.step[data-step="${number}"]`);
  }

  /** The server took the question: from now on this is that analysis. */
  became({ id, run, eta_ms: eta }) {
    this.element.id = `a-${id}`;
    Object.assign(this.data, { id, run, eta: eta?.[1] ?? "" });
    for (const { number } of this.steps.list) slot(this.step(number), "bar").href = `?run=${run}&step=${number}#log`;
    this.refresh();
  }

  // -- Events --

  apply(event) {
    if (event.seq <= this.seq) return;
    this.seq = event.seq;
    const step = this.steps.apply(event);
    if (step) this.#showStep(step);
    if (step && event.kind === "log") this.#say(step, event);
    if (event.kind === "state") this.#become(event.data.state);
    if (event.kind === "ask") this.refresh();
  }

  #say({ number }, { level, message }) {
    const line = template("message");
    line.dataset.level = level;
    line.textContent = message;
    slot(this.step(number), "messages").append(line);
  }

  #become(state) {
    this.data.status = state;
    if (HEADLINES[state]) fill(this.element, { headline: HEADLINES[state] });
    for (const step of this.steps.list) this.#showStep(step);
    if (state !== "running") this.refresh();
  }

  #showStep({ number, state, begin, end, share }) {
    const element = this.step(number);
    const [details, progress] = ["details", "progress"].map((name) => element.querySelector(name));
    element.dataset.state = state;
    fill(element, { state, time: end ? duration(end - begin) : "" });
    progress.hidden = share === null;
    progress.value = share ?? 0;
    if (!this.#touched.has(details)) details.open = OPEN.has(state);
  }

  /** Called ten times a second: the clock, the shimmer after a second, the bars. */
  tick(now) {
    if (!this.live) return;
    const { current } = this.steps;
    const passed = Math.max(0, now - this.began);
    fill(this.element, { clock: duration(passed) });
    if (this.data.status === "running" && this.data.eta && passed > this.data.eta) fill(this.element, { eta: "longer than usual" });
    this.element.classList.toggle("slow", current?.state === "running" && now - current.begin > 1000);
    for (const [number, x, width] of this.steps.bars(now)) {
      const bar = this.step(number).querySelector("rect");
      bar.setAttribute("x", x);
      bar.setAttribute("width", width);
    }
  }

  // -- What came out --

  /** Take the outcome from the server. One at a time, so that an older one never comes last. */
  refresh() {
    this.#turn = this.#turn.then(() => this.data.id && this.#fetch()).catch(() => {});
    return this.#turn;
  }

  async #fetch() {
    const fresh = (await markup(`/a/${this.data.id}`)).querySelector(".bubble");
    const body = this.element.querySelector("[data-part=body]");
    const focused = body.contains(document.activeElement);
    body.replaceWith(fresh.querySelector("[data-part=body]"));
    if (!LIVE.has(fresh.dataset.status)) this.#close(fresh);
    fill(this.element, { eta: slot(fresh, "eta").textContent });
    this.#dress();
    if (focused) this.element.querySelector("summary").focus();
    this.element.dispatchEvent(new Event("changed", { bubbles: true }));
  }

  /** The end: steps as the server has them, folded if all went well, unless the reader chose. */
  #close(fresh) {
    this.data.status = fresh.dataset.status;
    this.element.classList.remove("slow");
    fill(this.element, { headline: slot(fresh, "headline").textContent, clock: slot(fresh, "clock").textContent });
    const [steps, ended] = [this.element, fresh].map((bubble) => bubble.querySelector(".steps"));
    for (const step of steps.querySelectorAll(".step > details")) {
      if (this.#touched.has(step)) ended.querySelector(`[data-step="${step.parentElement.dataset.step}"] details`).open = step.open;
    }
    if (!this.#touched.has(steps)) steps.open = ended.open;
    steps.querySelector("ol").replaceWith(ended.querySelector("ol"));
  }

  #dress() {
    this.element.querySelectorAll("table.figures").forEach(sortable);
    this.element.querySelectorAll("figure.chart").forEach(watch);
  }

  /** The question never became an analysis. */
  fail({ title, message, status, code, request_id: request }) {
    const where = [status && `HTTP ${status}`, code, request && `request ${request}`].filter(Boolean).join(" · ");
    this.data.status = "failed";
    this.element.querySelector("[data-part=body]").replaceChildren(fill(template("error"), { title: title ?? "Not sent", message, where }));
    this.element.querySelector(".steps").open = false;
    fill(this.element, { headline: "Not started" });
  }
}
