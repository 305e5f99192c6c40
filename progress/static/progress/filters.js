// What the log shows: the same words in the address, in the server's query and for live events.

const NAMES = ["level", "step", "q", "run"];

export function fromQuery(search) {
  const query = new URLSearchParams(search);
  return Object.fromEntries(NAMES.map((name) => [name, query.get(name)]).filter(([, value]) => value));
}

export const isEmpty = (filters) => !Object.keys(filters).length;

export function matches(event, { level, step, q, run }) {
  return (!level || event.level === level) && (!step || String(event.step) === step) && (!run || event.run === run)
    && (!q || event.message.toLowerCase().includes(q.toLowerCase()));
}
