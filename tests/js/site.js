// Node finds the page's modules where the browser finds them: `progress/` beside `js/` under one
// root. Tests import this first and then the modules by their address on the site.

import { register } from "node:module";

const hook = `
const root = ${JSON.stringify(new URL("../../", import.meta.url).href)};
export async function resolve(specifier, context, next) {
  const url = specifier.startsWith(".") ? new URL(specifier, context.parentURL).href : specifier;
  const moved = url.replace("site:", root + "static/").replace("/static/js/../progress/", "/static/progress/");
  const placed = moved.replace(root + "static/progress/", root + "progress/static/progress/");
  return placed.startsWith(root) ? { url: placed, format: "module", shortCircuit: true } : next(specifier, context);
}`;

register(`data:text/javascript,${encodeURIComponent(hook)}`);

export const load = (path) => import(`site:${path}`);
