// What every view does with the DOM. Text only ever goes in through textContent.

export const find = (root, selector) => root.querySelector(selector);

export const slot = (root, name) => find(root, `[data-slot="${name}"]`);

export const clone = (template) => template.content.firstElementChild.cloneNode(true);

/** Put `values` into the slots of their names. */
export function fill(root, values) {
  for (const [name, text] of Object.entries(values)) slot(root, name).textContent = text;
  return root;
}

/** Listen: `on(element, { click: act })`. */
export function on(target, acts, options) {
  for (const [type, act] of Object.entries(acts)) target.addEventListener(type, act, options);
}

export const parsed = (html) => new DOMParser().parseFromString(html, "text/html");
