// Times as people read them.

/** 12:03:04.512 in local time or UTC, or "3 min ago". */
export function clock(iso, mode = "local", now = Date.now()) {
  const at = new Date(iso);
  if (mode === "ago") return ago(now - at);
  return (mode === "utc" ? at : new Date(at - at.getTimezoneOffset() * 60_000)).toISOString().slice(11, 23);
}

export function ago(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [size, unit] = [[86_400, "d"], [3600, "h"], [60, "min"], [1, "s"]].find(([size]) => seconds >= size) ?? [1, "s"];
  return `${Math.floor(seconds / size)} ${unit} ago`;
}

/** 42 ms, 0.42 s, 3.1 s, 12 s, 3 min 5 s. */
export function duration(ms) {
  if (ms < 100) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(ms < 1000 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

export const since = (ms) => `+${(Math.max(0, ms) / 1000).toFixed(3)}s`;
