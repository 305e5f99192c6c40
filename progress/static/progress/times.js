/** 12:03:04.512 in local time or UTC. */
export function clock(iso, utc) {
  const at = new Date(iso);
  return new Date(at - (utc ? 0 : at.getTimezoneOffset() * 60_000)).toISOString().slice(11, 23);
}

/** 42 ms, 0.42 s, 3.1 s, 12 s, 3 min 5 s. */
export function duration(ms) {
  if (ms < 100) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(ms < 1000 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

export const since = (ms) => `+${(Math.max(0, ms) / 1000).toFixed(3)}s`;
