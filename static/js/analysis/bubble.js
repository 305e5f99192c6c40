// One question on the page: its steps move with the events, its outcome comes from the server as
// the same markup that the server renders at a reload.

import { clone, fill, slot } from "../../progress/dom.js";
import { duration } from "../../progress/times.js";
import { fragment } from "../lib/api.js";
import { watch } from "./chart.js";
import { LIVE, Steps } from "./steps.js";
import { sortable } from "./table.js";

const template = (name) => document.getElementById(`${name}-template`);

export class Bubble {
  #clockFrom = null;
  #refreshing = null;

  constructor(element) {
    this.element = element;
    this.steps = new Steps(element.querySelectorAll(".step").length);
    this.touched = new Set();
    element.addEventListener("click", ({ target }) => this.touched.add(target.closest("summary")?.parentElement));
    if (element.dataset.started) this.#clockFrom = Date.parse(element.dataset.started);
    this.#dress();
  }

  static asked(question) {
    const bubble = new Bubble(clone(template("bubble")));
    fill(bubble.element, { question });
    bubble.#clockFrom = Date.now();
    return bubble;
  }

  get id() { return this.element.dataset.id; }
  get run() { return this.element.dataset.run; }
  get status() { return this.element.dataset.status; }
  get live() { return LIVE.has(this.status); }

  /** The server took the question: from now on this is that analysis. */
  became({ id, run, status, created_at, eta_ms }) {
    this.element.id = `a-${id}`;
    Object.assign(this.element.dataset, { id, run: run ?? "", status });
    if (created_at) this.skew = Math.max(0, Date.now() - Date.parse(created_at) - 2000);
    this.eta = eta_ms;
    for (const link of this.element.querySelectorAll(".bar")) link.href = `?run=${run}&step=${link.closest(".step").dataset.step}#log`;
    return this.refresh();
  }

  // -- Events --

  apply(event) {
    const step = this.steps.apply(event);
    if (step) this.#showStep(step);
    if (event.kind === "state") return this.#state(event.data?.state);
    if (event.kind === "ask") return this.refresh();
    return undefined;
  }

  #state(state) {
    if (!state) return undefined;
    this.element.dataset.status = state;
    const headline = { queued: "Waiting for a free worker", running: "Working", waiting: "Waiting for your answer" }[state];
    if (headline) fill(this.element, { headline });
    for (const step of this.steps.list) this.#showStep(step);
    return state === "waiting" || !LIVE.has(state) ? this.refresh() : undefined;
  }

  #showStep(step) {
    const element = this.element.querySelector(`.step[data-step="${step.number}"]`);
    const progress = element.querySelector("progress");
    element.dataset.state = step.state;
    fill(element, { state: step.state, time: step.end ? duration(step.end - step.begin) : "" });
    progress.hidden = step.share === null;
    progress.value = step.share ?? 0;
    const messages = slot(element, "messages");
    for (const { level, text } of step.messages.slice(messages.childElementCount)) {
      const line = clone(template("message"));
      line.dataset.level = level;
      line.textContent = text;
      messages.append(line);
    }
    const details = element.querySelector("details");
    if (!this.touched.has(details)) details.open = ["running", "warning", "failed"].includes(step.state);
  }

  /** Called ten times a second while anything runs. */
  tick(now) {
    if (!this.live) return;
    const passed = now - this.#clockFrom - (this.skew ?? 0);
    fill(this.element, { clock: duration(Math.max(0, passed)) });
    const current = this.steps.list[this.steps.current - 1];
    this.element.classList.toggle("slow", current?.state === "running" && now - current.begin > 1000);
    if (this.eta && this.status !== "waiting" && passed > this.eta[1]) fill(this.element, { eta: "longer than usual" });
    for (const [number, x, width] of this.steps.bars(now)) {
      const bar = this.element.querySelector(`.step[data-step="${number}"] rect`);
      bar.setAttribute("x", x);
      bar.setAttribute("width", width);
    }
  }

  // -- What came out --

  /** Take the outcome from the server; calls that overlap end in one that is newer than all. */
  async refresh() {
    if (!this.id) return;
    if (this.#refreshing) {
      this.again = true;
      return this.#refreshing;
    }
    this.#refreshing = this.#fetch().finally(() => (this.#refreshing = null));
    await this.#refreshing;
    if (this.again) {
      this.again = false;
      await this.refresh();
    }
  }

  async #fetch() {
    const fresh = (await fragment(`/a/${this.id}`)).querySelector(".bubble");
    const had = this.element.querySelector("[data-part=body]");
    const focused = had.contains(document.activeElement);
    had.replaceWith(fresh.querySelector("[data-part=body]"));
    if (LIVE.has(fresh.dataset.status) && !this.live) return;
    this.element.dataset.status = fresh.dataset.status;
    for (const name of ["headline", "clock", "eta"]) if (name !== "clock" || !this.live) fill(this.element, { [name]: slot(fresh, name).textContent });
    if (!this.live) this.#close(fresh.querySelector(".steps"));
    this.#dress();
    if (focused) this.element.querySelector(".steps > summary").focus();
    this.element.dispatchEvent(new Event("changed", { bubbles: true }));
  }

  /** The end: steps as the server has them, folded if all went well, unless the reader chose. */
  #close(fresh) {
    const steps = this.element.querySelector(".steps");
    this.element.classList.remove("slow");
    if (this.touched.has(steps)) fresh.open = steps.open;
    for (const touched of this.touched) {
      const number = touched?.closest(".step")?.dataset.step;
      if (number) fresh.querySelector(`[data-step="${number}"] details`).open = touched.open;
    }
    steps.querySelector("ol").replaceWith(fresh.querySelector("ol"));
    steps.open = fresh.open;
  }

  #dress() {
    for (const table of this.element.querySelectorAll("table.figures")) sortable(table);
    for (const figure of this.element.querySelectorAll("figure.chart")) watch(figure);
  }

  /** The question never became an analysis. */
  fail(problem) {
    this.element.dataset.status = "failed";
    const card = clone(template("error"));
    const where = [problem.status ? `HTTP ${problem.status}` : "", problem.code, problem.request_id && `request ${problem.request_id}`];
    fill(card, { title: problem.title ?? "Not sent", message: problem.message, where: where.filter(Boolean).join(" · ") });
    this.element.querySelector("[data-part=body]").replaceChildren(card);
    fill(this.element, { headline: "Not started", eta: "" });
    this.element.querySelector(".steps").open = false;
  }
}
