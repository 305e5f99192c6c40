// The few things that every view does with the DOM. Text only ever goes in through textContent.

export const slot = (root, name) => root.querySelector(`[data-slot="${name}"]`);

export const clone = (template) => template.content.firstElementChild.cloneNode(true);

/** Put `values` into the slots of their names. */
export function fill(root, values) {
  for (const [name, text] of Object.entries(values)) slot(root, name).textContent = text;
  return root;
}

/** Keep a choice for the next visit; a browser that refuses storage only forgets it. */
export function remember(name, value) {
  try {
    if (value === undefined) return localStorage.getItem(name);
    localStorage.setItem(name, value);
  } catch { /* private mode */ }
  return value ?? null;
}
