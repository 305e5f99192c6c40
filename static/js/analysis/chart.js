// Charts are drawn when they come into sight, and again when the colours change.

import { find, on, slot } from "../../progress/dom.js";
import { get } from "../lib/api.js";
import { shade } from "../lib/prefs.js";

const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) draw(target);
}, { rootMargin: "300px" });

export const watch = (figure) => seen.observe(figure);

async function draw(figure) {
  const canvas = slot(figure, "canvas");
  seen.unobserve(figure);
  try {
    figure.spec ??= (await get(figure.dataset.chart)).chart;
    const { embed } = await import(find(document, "[data-vega]").dataset.vega);
    figure.view?.finalize();
    figure.view = await embed(canvas, figure.spec, { theme: (canvas.dataset.shade = shade()) });
  } catch {
    canvas.textContent = "The chart cannot be drawn; the table has its figures.";
  }
}

on(window, {
  shade() {
    for (const figure of document.querySelectorAll("figure.chart")) if (figure.spec) draw(figure);
  },
});
