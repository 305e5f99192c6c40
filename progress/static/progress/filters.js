// Whether a live event passes the filters that the server applied to the stored ones.

export function matches(event, { level, step, q, run }) {
  return (!level || event.level === level) && (!step || String(event.step) === step) && (!run || event.run === run)
    && (!q || event.message.toLowerCase().includes(q.toLowerCase()));
}
