// One question on the page: its steps move with the events, its outcome is the server's markup.

import { clone, fill, find, on, slot } from "../../progress/dom.js";
import { duration } from "../../progress/times.js";
import { markup } from "../lib/api.js";
import { watch } from "./chart.js";
import { LIVE, Steps } from "./steps.js";
import { sortable } from "./table.js";

const OPEN = new Set(["running", "warning", "failed"]);
const template = (name) => clone(find(document, `#${name}-template`));

export class Bubble {
  #touched = new Set();
  #turn = Promise.resolve();
  #next = null;
  #done = false;

  constructor(element) {
    this.element = element;
    this.data = element.dataset;
    this.seq = Number(this.data.seq);
    this.steps = new Steps([...element.querySelectorAll(".step")].map(({ dataset: { step, state, begin, end } }) => ({ number: Number(step), state, begin: Number(begin), end: Number(end), share: null })));
    this.began = Date.parse(this.data.started);
    on(element, { click: ({ target }) => this.#touched.add(target.closest("summary")?.parentElement) });
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
    return find(this.element, `.step[data-step="${number}"]`);
  }

  became({ id, run, eta_ms: eta }) {
    this.element.id = `a-${id}`;
    Object.assign(this.data, { id, run, eta: eta?.[1] ?? "" });
    this.refresh();
  }

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
    if (!this.#done) this.data.status = state;
    for (const step of this.steps.list) this.#showStep(step);
    this.refresh();
  }

  #showStep({ number, state, begin, end, share }) {
    const element = this.step(number);
    const [details, progress] = ["details", "progress"].map((name) => find(element, name));
    element.dataset.state = state;
    fill(element, { state, time: end ? duration(end - begin) : "" });
    progress.hidden = share === null;
    progress.value = share ?? 0;
    if (!this.#touched.has(details)) details.open = OPEN.has(state);
  }

  /** Ten times a second: clocks, the shimmer after a second, bars. */
  tick(now) {
    if (!this.live) return;
    const { current } = this.steps;
    const passed = now - this.began;
    fill(this.element, { clock: duration(passed) });
    if (this.data.status === "running" && this.data.eta && passed > this.data.eta) fill(this.element, { eta: "longer than usual" });
    const busy = current?.state === "running";
    this.element.classList.toggle("slow", busy && now - current.begin > 1000);
    if (busy) fill(this.step(current.number), { time: duration(now - current.begin) });
    for (const [number, x, width] of this.steps.bars(now)) {
      const bar = find(this.step(number), "rect");
      bar.setAttribute("x", x);
      bar.setAttribute("width", width);
    }
  }

  /** The outcome from the server, one at a time: an older one never comes last. */
  refresh() {
    if (!this.#next && this.data.id) {
      this.#next = this.#turn.then(() => {
        this.#next = null;
        return this.#done || this.#fetch();
      });
      this.#turn = this.#next.catch(() => {});
    }
    return this.#turn;
  }

  async #fetch() {
    const fresh = find(await markup(`/a/${this.data.id}`), ".bubble");
    const body = find(this.element, "[data-part=body]");
    const focused = body.contains(document.activeElement);
    body.replaceWith(find(fresh, "[data-part=body]"));
    if (!LIVE.has(fresh.dataset.status)) this.#close(fresh);
    for (const name of ["headline", "clock", "eta"]) fill(this.element, { [name]: slot(fresh, name).textContent });
    this.#dress();
    if (focused) find(this.element, "summary").focus();
    this.element.dispatchEvent(new Event("changed", { bubbles: true }));
  }

  /** The end: steps fold if all went well, unless the reader chose otherwise. */
  #close(fresh) {
    const steps = find(this.element, ".steps");
    this.#done = true;
    this.data.status = fresh.dataset.status;
    this.element.classList.remove("slow");
    if (!this.#touched.has(steps)) steps.open = find(fresh, ".steps").open;
  }

  #dress() {
    this.element.querySelectorAll("table.figures").forEach(sortable);
    this.element.querySelectorAll("figure.chart").forEach(watch);
  }

  /** It never became an analysis. */
  fail({ title, message, status, code, request_id: request }) {
    const where = [status, code, request].filter(Boolean).join(" · ");
    this.data.status = "failed";
    find(this.element, "[data-part=body]").replaceChildren(fill(template("error"), { title: title ?? "Not sent", message, where }));
    find(this.element, ".steps").open = false;
    fill(this.element, { headline: "Not started" });
  }
}
