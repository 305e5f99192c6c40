// Suggestions while typing, in the browser's own list.

import { on } from "../../progress/dom.js";
import { get } from "../lib/api.js";

/** A past question replaces the text; a name replaces the word that is being typed. */
export const completed = (text, { kind, label }) => (kind === "question" ? label : text.replace(/\S*$/, label));

export function suggest(input) {
  let timer;
  on(input, {
    input() {
      clearTimeout(timer);
      timer = setTimeout(look, 120, input);
    },
  });
}

async function look(input) {
  const text = input.value;
  if (text.trim().length < 2) return;
  const found = await get(`/api/suggest?q=${encodeURIComponent(text.slice(-200))}`).catch(() => ({ hits: [] }));
  if (text !== input.value) return;
  input.list.replaceChildren(...found.hits.map((hit) => new Option(hit.detail, completed(text, hit))));
}
