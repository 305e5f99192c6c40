// The conversation: questions go out over socket or REST, events come in and find their bubble.

import { find, on, slot } from "../../progress/dom.js";
import { Follow } from "../../progress/follow.js";
import { asError, markup, post } from "../lib/api.js";
import { Bubble } from "./bubble.js";

export class Chat {
  #unclaimed = [];
  #sending = 0;

  constructor(main, log, announce) {
    Object.assign(this, { main, log, announce });
    // How far this machine's clock is ahead of the server's, whose times the events carry.
    this.ahead = Date.now() - main.dataset.now / 1000;
    this.list = slot(main, "bubbles");
    this.bubbles = [...this.list.children].map((element) => new Bubble(element));
    this.follow = new Follow(find(document, "#chat"), slot(main, "chat-pill"), () => find(this.list, ".bubble:last-child:not([data-status=waiting])"));
    on(main, { submit: (event) => this.#submitted(event), changed: ({ target }) => this.#changed(target) });
    setInterval(() => document.hidden || this.bubbles.forEach((bubble) => bubble.tick(this.now)), 100);
  }

  get session() {
    return this.main.dataset.session;
  }

  get now() {
    return Date.now() - this.ahead;
  }

  /** Where to listen from: a rendered bubble may be behind the rendered log. */
  get seen() {
    return Math.min(...this.bubbles.filter(({ live }) => live).map(({ seq }) => seq));
  }

  take(events) {
    for (const event of events) {
      this.ahead = Math.min(this.ahead, Date.now() - Date.parse(event.created_at));
      const bubble = this.bubbles.find(({ data }) => data.run === event.run);
      if (bubble) {
        bubble.apply(event);
        this.announce(event);
      } else if (event.run) this.#unclaimed.push(event);
    }
    if (this.#unclaimed.length && !this.#sending) this.#adopt(this.#unclaimed[0].run);
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
    const { command } = form.dataset;
    if (!form.matches("[data-ask], [data-command]")) return;
    event.preventDefault();
    const values = Object.fromEntries(new FormData(form, event.submitter));
    const bubble = this.bubbles.find(({ element }) => element.contains(form));
    if (!command) this.#ask(form, values);
    else if (command !== "retry") this.#command(bubble, command, values);
    else if (!bubble.data.id) bubble.again();
    else this.#retry(bubble);
  }

  /** What is no question has other steps: the server draws them, as for a run of another tab. */
  #retry(bubble) {
    const question = slot(bubble.element, "question");
    const send = () => post(`/api/analyses/${bubble.data.id}/retry`);
    if (question.matches(".statement")) send().catch((problem) => bubble.complain(problem));
    else this.#start(question.textContent, send);
  }

  #ask(form, values) {
    const assumptions = {};
    for (const [name, value] of Object.entries(values)) if (/^assume-/.test(name) && value.trim()) assumptions[name.slice(7)] = value;
    const body = { question: values.question, assumptions, refresh: "refresh" in values, session: this.session || undefined };
    if (form.id === "composer") form.reset();
    if (form.popover) form.hidePopover();
    this.#start(body.question, () => this.#send("analyze", body, "/api/analyze"));
  }

  /** A bubble at once; its events may outrun the reply. */
  async #start(question, send) {
    const bubble = this.#add(Bubble.asked(question, this.now));
    this.follow.toEnd();
    this.#sending++;
    try {
      const analysis = await send();
      bubble.became(analysis);
      if (analysis.session !== this.session) this.#opened(analysis);
    } catch (problem) {
      bubble.fail(problem);
      bubble.again = () => this.#start(question, send);
    }
    this.#sending--;
    this.take(this.#unclaimed.splice(0));
  }

  /** Over the socket where it is open; its no is a problem like one from REST. */
  async #send(type, body, path) {
    const reply = await (this.log.connection?.request({ type, ...body }) ?? { ok: true, analysis: await post(path, body) });
    if (!reply.ok) throw asError(reply.error);
    return reply.analysis;
  }

  #opened({ session, question }) {
    Object.assign(this.main.dataset, { session, title: question.slice(0, 80) });
    history.pushState(null, "", `/s/${session}`);
    this.#entitle();
    this.main.dispatchEvent(new Event("opened"));
  }

  async #command(bubble, command, { ask, choice, text }) {
    const { id } = bubble.data;
    const body = { analysis: id, ask, ...(choice ? { choice } : { text }) };
    const problem = await this.#send(command, body, `/api/analyses/${id}/${command}`).then(() => null, (error) => error);
    await bubble.refresh();
    if (problem) bubble.complain(problem);
  }
}
