// What the log shows: the same words in the address, in the server's query and for live events.

export const NAMES = ["level", "step", "q", "run"];

export function fromQuery(search) {
  const query = new URLSearchParams(search);
  return Object.fromEntries(NAMES.filter((name) => query.get(name)).map((name) => [name, query.get(name)]));
}

export const isEmpty = (filters) => !NAMES.some((name) => filters[name]);

export function toQuery(filters) {
  const query = new URLSearchParams(NAMES.filter((name) => filters[name]).map((name) => [name, filters[name]]));
  return query.size ? `?${query}` : "";
}

export function matches(event, { level, step, q, run }) {
  return (!level || event.level === level) && (!step || String(event.step) === step) && (!run || event.run === run)
    && (!q || event.message.toLowerCase().includes(q.toLowerCase()));
}

export function describe({ step, run }) {
  const parts = [step && `step ${step}`, run && "one run"].filter(Boolean);
  return parts.length ? `Only ${parts.join(" of ")}.` : "";
}
