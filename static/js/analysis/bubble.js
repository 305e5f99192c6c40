// One question on the page: its steps move with the events, its outcome is the server's markup.

import { clone, fill, find, on, slot } from "../../progress/dom.js";
import { duration } from "../../progress/times.js";
import { markup } from "../lib/api.js";
import { watch } from "./chart.js";
import { Steps } from "./steps.js";
import { sortable } from "./table.js";

const LIVE = /queued|running|waiting/;
const OPEN = /running|warning|failed/;
const template = (name) => clone(find(document, `#${name}-template`));

export class Bubble {
  #toggled = {}; // what the reader folded or unfolded, by the number of the step; 0 is all of them
  #turn = Promise.resolve();
  #next = null;
  #done = false;
  #late;

  constructor(element) {
    this.element = element;
    this.data = element.dataset;
    this.seq = Number(this.data.seq);
    this.steps = new Steps([...element.querySelectorAll(".step")].map(({ dataset }) => dataset), this.data.ends.split(" "));
    this.began = Date.parse(this.data.started);
    on(element, { click: ({ target }) => this.#remember(target.closest(".steps summary")?.parentElement) });
    this.#dress();
  }

  static asked(question, now) {
    const bubble = new Bubble(fill(template("bubble"), { question }));
    bubble.began = now;
    return bubble;
  }

  get live() {
    return LIVE.test(this.data.status);
  }

  step(number) {
    return find(this.element, `.step[data-step="${number}"]`);
  }

  #remember(details) {
    if (details) this.#toggled[details.parentElement.dataset.step ?? 0] = !details.open;
  }

  became({ id, run, created_at: created }) {
    this.element.id = `a-${id}`;
    this.began = Date.parse(created);
    Object.assign(this.data, { id, run });
    this.refresh();
  }

  apply(event) {
    if (event.seq <= this.seq) return;
    this.seq = event.seq;
    const step = this.steps.apply(event);
    if (step) this.#showStep(step, event);
    if (event.kind === "state" && !this.#done) this.data.status = event.data.state;
    if (event.kind === "state" || event.kind === "ask") this.refresh();
  }

  #showStep({ step, state, begin, end }, { kind, level, message }) {
    const element = this.step(step);
    fill(element, { state, time: end ? duration(end - begin) : "" });
    find(element, "details").open = this.#toggled[step] ?? OPEN.test(state);
    if (kind !== "log") return;
    const line = template("message");
    line.dataset.level = level;
    line.textContent = message;
    slot(element, "messages").append(line);
  }

  /** Ten times a second: clocks and bars. */
  tick(now) {
    if (!this.live) return;
    const { list, current = list[0], ends: [end, late] } = this.steps;
    const passed = now - this.began;
    fill(this.element, { clock: duration(passed) });
    if (this.data.status === "running") {
      const bar = slot(this.element, "done");
      const share = end ? passed / (end - this.began) : (current.step - 1 + (current.share || 0)) / list.length;
      if (bar.value || Math.max(now, end) - this.began > 1e4) bar.value = Math.max(bar.value, Math.min(share, 1));
      if (now > late) {
        fill(this.element, { eta: "longer than usual" });
        this.#late ??= this.#tell("late"); // once a run
      }
    }
    if (current.state === "running") fill(this.step(current.step), { time: duration(now - current.begin) });
    for (const { step, x, width } of this.steps.bars(now)) {
      const { style } = find(this.step(step), "rect");
      Object.assign(style, { x: `${x}px`, width: `${width}px` });
    }
  }

  /** The outcome from the server, one at a time: an older one never comes last. */
  refresh() {
    if (!this.#next && this.data.id) {
      this.#next = this.#turn.then(() => {
        this.#next = null;
        return this.#done || this.#fetch();
      });
      this.#turn = this.#next.catch(({ status = 500 }) => {
        if (status >= 429) setTimeout(() => this.refresh(), 2000);
      });
    }
    return this.#turn;
  }

  /** In the middle of a run the steps are ahead of the server's; in the end its are complete. */
  async #fetch() {
    const fresh = find(await markup(`/a/${this.data.id}`), ".bubble");
    const focused = this.element.contains(document.activeElement);
    this.data.status = fresh.dataset.status;
    this.#done = !this.live;
    for (const name of ["headline", "eta"]) fill(this.element, { [name]: slot(fresh, name).textContent });
    for (const part of this.#done ? [".steps", ".body"] : [".body"]) {
      const [old, next] = [this.element, fresh].map((root) => find(root, part));
      if (!old.isEqualNode(next)) old.replaceWith(next); // a button that is being pressed stays
    }
    for (const [number, open] of Object.entries(this.#toggled)) find(this.step(number) ?? this.element, "details").open = open;
    this.#dress();
    if (focused && document.activeElement === document.body) find(this.element, "summary").focus();
    this.#tell("changed");
  }

  #tell(what) {
    return this.element.dispatchEvent(new Event(what, { bubbles: true }));
  }

  #dress() {
    this.element.querySelectorAll("table.figures").forEach(sortable);
    this.element.querySelectorAll("figure.chart").forEach(watch);
  }

  /** It never became an analysis. */
  fail(problem) {
    this.data.status = "failed";
    find(this.element, ".steps").hidden = true;
    this.complain(problem);
  }

  /** What was asked of the server was not done. A run that is still live cannot be tried again. */
  complain({ message, status, code, request_id: request }) {
    const where = [status, code, request && `request ${request}`].filter(Boolean).join(" · ");
    const card = fill(template("error"), { message, where });
    if (this.live) find(card, "form").remove();
    find(this.element, ".body").prepend(card);
  }
}
