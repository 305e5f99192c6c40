// The conversation: questions go out over the socket (or REST where there is none), events come in
// and find their bubble.

import { slot } from "../../progress/dom.js";
import { Follow } from "../../progress/follow.js";
import { call, fragment, post, Problem } from "../lib/api.js";
import { Bubble } from "./bubble.js";

export class Chat {
  #unclaimed = [];
  #sending = 0;

  constructor(main, { log, announce }) {
    Object.assign(this, { main, log, announce, session: main.dataset.session });
    this.list = slot(main, "bubbles");
    this.bubbles = [...this.list.children].map((element) => new Bubble(element));
    this.follow = new Follow(document.getElementById("chat"), slot(main, "chat-pill"), "new answer");
    main.addEventListener("submit", (event) => this.#submitted(event));
    main.addEventListener("changed", ({ target }) => this.#changed(target));
    setInterval(() => this.#tick(), 100);
  }

  #tick() {
    if (document.hidden) return;
    for (const bubble of this.bubbles) bubble.tick(Date.now());
  }

  // -- Events --

  take(events) {
    for (const event of events) {
      const bubble = event.run && this.bubbles.find(({ run }) => run === event.run);
      if (bubble) this.#apply(bubble, event);
      else if (event.run) this.#unclaimed.push(event);
    }
    if (this.#unclaimed.length && !this.#sending) this.#adopt();
  }

  #apply(bubble, event) {
    bubble.apply(event);
    this.announce(bubble, event);
    if (event.kind !== "log" && event.kind !== "progress") this.follow.added();
  }

  #claim() {
    const events = this.#unclaimed;
    this.#unclaimed = [];
    const known = new Set(this.bubbles.map(({ run }) => run));
    this.take(events.filter(({ run }) => known.has(run)));
    this.#unclaimed.push(...events.filter(({ run }) => !known.has(run)));
  }

  /** Events of a run that this tab did not start: another tab asked. Take its bubble from the server. */
  async #adopt() {
    this.#sending++;
    try {
      const page = await fragment(`/s/${this.session}`);
      for (const element of page.querySelectorAll(".bubble[id]")) {
        if (!document.getElementById(element.id)) this.#add(new Bubble(document.adoptNode(element)));
      }
    } finally {
      this.#sending--;
    }
    const shown = new Set(this.bubbles.map(({ run }) => run));
    this.#unclaimed = this.#unclaimed.filter(({ run }) => shown.has(run));
    this.#claim();
  }

  #add(bubble) {
    slot(this.main, "welcome").hidden = true;
    this.bubbles.push(bubble);
    this.list.append(bubble.element);
    this.follow.added(1);
  }

  #changed(element) {
    this.follow.added(element.dataset.status === "succeeded" ? 1 : 0);
    const waiting = this.bubbles.some(({ status }) => status === "waiting");
    document.title = `${waiting ? "● Needs you – " : ""}${this.main.dataset.readyTitle} – Tickertape`;
  }

  // -- Questions --

  #submitted(event) {
    const form = event.target;
    if (!form.matches("[data-ask], [data-command]")) return;
    event.preventDefault();
    const values = Object.fromEntries(new FormData(form, event.submitter));
    if (form.dataset.command) return this.#command(form, values);
    const pick = (prefix) => Object.entries(values).filter(([name, value]) => name.startsWith(prefix) && value.trim()).map(([name, value]) => [name.slice(prefix.length), value]);
    const assumptions = Object.fromEntries([...pick("assume-"), ...pick("text-")]);
    if (!values.question.trim()) return undefined;
    if (form.id === "composer") form.reset();
    return this.ask(values.question.trim(), { assumptions, refresh: "refresh" in values });
  }

  async ask(question, { assumptions = {}, refresh = false } = {}) {
    const bubble = Bubble.asked(question);
    this.#add(bubble);
    this.follow.toEnd();
    const body = { question };
    if (Object.keys(assumptions).length) body.assumptions = assumptions;
    if (refresh) body.refresh = true;
    bubble.retry = () => this.ask(question, { assumptions, refresh });
    await this.#start(bubble, () => this.#send("analyze", body, () => post("/api/analyze", this.session ? { ...body, session: this.session } : body)));
  }

  /** From the first event of the run on the bubble moves, even if it outruns the reply. */
  async #start(bubble, send) {
    this.#sending++;
    try {
      const analysis = await send();
      bubble.became(analysis);
      if (analysis.session !== this.session) this.#opened(analysis);
    } catch (problem) {
      bubble.fail(problem);
      this.announce(bubble, { kind: "refused", message: problem.message });
    } finally {
      this.#sending--;
      this.#claim();
      this.follow.added();
    }
  }

  /** Over the socket where it is open; a reply that says no is a problem like one from REST. */
  async #send(type, body, overRest) {
    const asked = this.log.connection?.request({ type, ...body });
    if (!asked) return overRest();
    const reply = await asked;
    if (!reply.ok) throw new Problem({ title: "The server refused this", detail: reply.error.message, ...reply.error });
    return reply.analysis;
  }

  #opened({ session, question }) {
    this.session = this.main.dataset.session = session;
    this.main.dataset.readyTitle = question.slice(0, 80);
    history.pushState(null, "", `/s/${session}`);
    document.title = `${this.main.dataset.readyTitle} – Tickertape`;
    this.log.start(session, 0);
    this.log.connection.addEventListener("events", ({ detail }) => this.take(detail));
    dispatchEvent(new Event("session"));
  }

  async #command(form, values) {
    const bubble = this.bubbles.find(({ element }) => element.contains(form));
    const { command } = form.dataset;
    if (command === "retry") return this.#retry(bubble);
    for (const button of form.elements) button.disabled = true;
    const given = { ask: values.ask, ...(values.choice ? { choice: values.choice } : { text: values.text }) };
    const body = command === "answer" ? given : {};
    try {
      await this.#send(command, { analysis: bubble.id, ...body }, () => post(`/api/analyses/${bubble.id}/${command}`, body));
    } catch (problem) {
      this.announce(bubble, { kind: "refused", message: problem.message });
    }
    return bubble.refresh();
  }

  /** A new attempt below the old one, which stays as it was. */
  async #retry(old) {
    if (!old.id) {
      old.element.remove();
      this.bubbles.splice(this.bubbles.indexOf(old), 1);
      return old.retry();
    }
    const bubble = Bubble.asked(slot(old.element, "question").textContent);
    this.#add(bubble);
    bubble.retry = () => this.#retry(old);
    return this.#start(bubble, () => post(`/api/analyses/${old.id}/retry`));
  }
}
