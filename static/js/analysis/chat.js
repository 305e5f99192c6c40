// The conversation: questions go out over socket or REST, events come in and find their bubble.

import { find, on, slot } from "../../progress/dom.js";
import { Follow } from "../../progress/follow.js";
import { asError, markup, post } from "../lib/api.js";
import { Bubble } from "./bubble.js";

export class Chat {
  #unclaimed = [];
  #sending = 0;

  constructor(main, log, announce) {
    Object.assign(this, { main, log, announce, session: main.dataset.session });
    this.list = slot(main, "bubbles");
    this.bubbles = [...this.list.children].map((element) => new Bubble(element));
    this.follow = new Follow(find(document, "#chat"), slot(main, "chat-pill"), { anchor: () => this.list.lastElementChild });
    on(main, { submit: (event) => this.#submitted(event), changed: ({ target }) => this.#changed(target) });
    setInterval(() => document.hidden || this.bubbles.forEach((bubble) => bubble.tick(Date.now())), 100);
  }

  /** Where to listen from: a rendered bubble may be behind the rendered log. */
  get seen() {
    return Math.min(...this.bubbles.filter(({ live }) => live).map(({ seq }) => seq));
  }

  take(events) {
    for (const event of events) {
      const bubble = this.bubbles.find(({ data }) => data.run === event.run);
      if (bubble) this.#apply(bubble, event);
      else if (event.run) this.#unclaimed.push(event);
    }
    if (this.#unclaimed.length && !this.#sending) this.#adopt(this.#unclaimed[0].run);
  }

  #apply(bubble, event) {
    bubble.apply(event);
    this.announce(event);
  }

  /** Another tab asked. A run and its analysis share their id. */
  async #adopt(run) {
    this.#sending++;
    const page = await markup(`/a/${run}`).finally(() => this.#sending--);
    this.#add(new Bubble(document.adoptNode(find(page, ".bubble"))));
    this.take(this.#unclaimed.splice(0));
  }

  #add(bubble) {
    slot(this.main, "welcome").hidden = true;
    this.bubbles.push(bubble);
    this.list.append(bubble.element);
    this.follow.added(1);
    return bubble;
  }

  #changed({ dataset }) {
    this.follow.added(Number(dataset.status === "succeeded"));
    this.#entitle();
  }

  #entitle() {
    const waiting = this.bubbles.some(({ data }) => data.status === "waiting");
    document.title = `${waiting ? "● Needs you · " : ""}${this.main.dataset.title} · Tickertape`;
  }

  #submitted(event) {
    const form = event.target;
    if (!form.matches("[data-ask], [data-command]")) return undefined;
    event.preventDefault();
    const values = Object.fromEntries(new FormData(form, event.submitter));
    if (form.dataset.command) return this.#command(form, values);
    const assumed = Object.entries(values).filter(([name, value]) => name.startsWith("assume-") && value.trim());
    const assumptions = Object.fromEntries(assumed.map(([name, value]) => [name.slice(7), value]));
    const body = { question: values.question, assumptions, refresh: "refresh" in values };
    if (form.id === "composer") form.reset();
    const rest = () => post("/api/analyze", this.session ? { ...body, session: this.session } : body);
    return this.#start(body.question, () => this.#send("analyze", body, rest));
  }

  /** A bubble at once; its events may outrun the reply. */
  async #start(question, send) {
    const bubble = this.#add(Bubble.asked(question));
    this.follow.toEnd();
    this.#sending++;
    try {
      const analysis = await send();
      bubble.became(analysis);
      if (analysis.session !== this.session) this.#opened(analysis);
    } catch (problem) {
      bubble.fail(problem);
      bubble.again = () => this.#start(question, send);
      this.announce({ kind: "refused", message: problem.message });
    }
    this.#sending--;
    this.take(this.#unclaimed.splice(0));
  }

  /** Over the socket where it is open; its no is a problem like one from REST. */
  async #send(type, body, overRest) {
    const reply = await (this.log.connection?.request({ type, ...body }) ?? { ok: true, analysis: await overRest() });
    if (!reply.ok) throw asError({ title: "The server refused this", ...reply.error });
    return reply.analysis;
  }

  #opened({ session, question }) {
    Object.assign(this.main.dataset, { session, title: question.slice(0, 80) });
    this.session = session;
    history.pushState(null, "", `/s/${session}`);
    this.#entitle();
    this.main.dispatchEvent(new Event("opened"));
  }

  async #command(form, values) {
    const bubble = this.bubbles.find(({ element }) => element.contains(form));
    const { command } = form.dataset;
    const { id } = bubble.data;
    const path = `/api/analyses/${id}/${command}`;
    if (command === "retry") return id ? this.#start(slot(bubble.element, "question").textContent, () => post(path)) : bubble.again();
    const body = command === "answer" ? { ask: values.ask, ...(values.choice ? { choice: values.choice } : { text: values.text }) } : {};
    await this.#send(command, { analysis: id, ...body }, () => post(path, body))
      .catch(({ message }) => this.announce({ kind: "refused", message }));
    return bubble.refresh();
  }
}
