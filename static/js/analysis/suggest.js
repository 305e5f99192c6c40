// Companies, metrics and past questions while typing: a combobox that never gets in the way of Enter.

import { clone, fill, slot } from "../../progress/dom.js";
import { call } from "../lib/api.js";

/** A past question replaces the text; a name replaces the word that is being typed. */
export const completed = (text, { kind, label }) => (kind === "question" ? label : text.replace(/\S*$/, `${label} `));

export class Suggest {
  #timer;
  #active = -1;
  #hits = [];

  constructor(input) {
    this.input = input;
    this.box = slot(input.form, "suggest");
    this.list = this.box.querySelector("ul");
    this.template = document.getElementById("suggestion-template");
    input.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#look(), 120);
    });
    input.addEventListener("keydown", (event) => this.#key(event));
    input.addEventListener("blur", () => this.close());
    input.form.addEventListener("submit", () => this.close());
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const row = event.target.closest("li");
      if (row) this.#take([...this.list.children].indexOf(row));
    });
  }

  async #look() {
    const text = this.input.value.trim();
    if (text.length < 2) return this.close();
    const found = await call(`/api/suggest?q=${encodeURIComponent(text.slice(-200))}`).catch(() => null);
    if (found && text === this.input.value.trim() && document.activeElement === this.input) this.#show(found.hits.slice(0, 7));
  }

  #show(hits) {
    this.#hits = hits;
    this.#active = -1;
    this.list.replaceChildren(...hits.map(({ label, detail }, index) => {
      const row = fill(clone(this.template), { label, detail });
      row.id = `hit-${index}`;
      return row;
    }));
    this.box.hidden = !hits.length;
    this.input.setAttribute("aria-expanded", hits.length > 0);
    this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    clearTimeout(this.#timer);
    this.#show([]);
  }

  #key(event) {
    if (event.isComposing) return event.key === "Enter" && event.preventDefault();
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && this.#active >= 0) {
      event.preventDefault();
      this.#take(this.#active);
    } else if (move && this.#hits.length) {
      event.preventDefault();
      this.#select((this.#active + move + this.#hits.length) % this.#hits.length);
    }
    return undefined;
  }

  #select(index) {
    this.#active = index;
    for (const [at, row] of [...this.list.children].entries()) row.setAttribute("aria-selected", at === index);
    this.input.setAttribute("aria-activedescendant", `hit-${index}`);
  }

  #take(index) {
    this.input.value = completed(this.input.value, this.#hits[index]);
    this.close();
  }
}
