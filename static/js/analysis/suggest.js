// Suggestions while typing: a combobox whose list is walked through while the field keeps the focus.

import { on, slot } from "../../progress/dom.js";
import { markup } from "../lib/api.js";

export function suggest(input, list) {
  let timer, active;

  const choose = (option) => {
    active = option;
    for (const each of list.children) each.ariaSelected = each === option;
    input.setAttribute("aria-activedescendant", active?.id ?? "");
    active?.scrollIntoView({ block: "nearest" });
  };

  const show = (options) => {
    list.replaceChildren(...options);
    list.hidden = !options.length;
    input.ariaExpanded = !list.hidden;
    choose(null);
  };

  const take = (option) => {
    input.value = slot(option, "text").textContent;
    show([]);
  };

  const look = async () => {
    const text = input.value;
    const found = /^.{2,200}$/.test(text) && (await markup(`/suggest?q=${encodeURIComponent(text)}`).catch(() => null));
    if (text === input.value && document.activeElement === input) show(found ? [...found.body.children] : []);
  };

  const keys = {
    ArrowDown: () => choose(active?.nextElementSibling ?? list.firstElementChild),
    ArrowUp: () => choose(active?.previousElementSibling ?? list.lastElementChild),
    Enter: () => take(active),
    Escape: () => show([]),
  };

  on(input, {
    input() {
      clearTimeout(timer);
      timer = setTimeout(look, 120);
    },
    blur: () => show([]),
    keydown(event) {
      const { key, isComposing } = event;
      if (list.hidden || isComposing || !keys[key] || (key === "Enter" && !active)) return;
      event.preventDefault();
      keys[key]();
    },
  });
  on(input.form, { reset: () => show([]) });
  on(list, {
    mousedown: (event) => event.preventDefault(), // the field keeps the focus
    click: ({ target }) => target !== list && take(target.closest("[role=option]")),
  });
}
