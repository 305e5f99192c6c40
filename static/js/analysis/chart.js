// Charts are drawn when they come into sight, and again when the colours change.

import { find, on, slot } from "../../progress/dom.js";
import { get } from "../lib/api.js";
import { shade } from "../lib/prefs.js";

const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) draw(target);
}, { rootMargin: "300px" });

export function watch(figure) {
  slot(figure, "canvas").classList.add("pending");
  seen.observe(figure);
}

async function draw(figure) {
  const canvas = slot(figure, "canvas");
  seen.unobserve(figure);
  try {
    await embedded(figure, canvas, (await get(figure.dataset.chart)).chart);
  } catch {
    canvas.textContent = "The chart cannot be drawn; the table has its figures.";
  }
  canvas.classList.remove("pending");
}

async function embedded(figure, canvas, spec) {
  const { embed } = await import(find(document, "[data-vega]").dataset.vega);
  figure.view?.finalize();
  Object.assign(figure, { spec, view: await embed(canvas, spec, { theme: (canvas.dataset.shade = shade()) }) });
}

on(window, {
  shade() {
    for (const figure of document.querySelectorAll("figure.chart")) if (figure.spec) embedded(figure, slot(figure, "canvas"), figure.spec);
  },
});
