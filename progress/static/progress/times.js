// Times as people read them.

const two = (n, width = 2) => String(n).padStart(width, "0");

/** 12:03:04.512 in local time or UTC, or "3 min ago". */
export function clock(iso, mode = "local", now = Date.now()) {
  const at = new Date(iso);
  if (mode === "ago") return ago(now - at);
  if (mode === "utc") return iso.slice(11, 23);
  const parts = [at.getHours(), at.getMinutes(), at.getSeconds()].map((n) => two(n));
  return `${parts.join(":")}.${two(at.getMilliseconds(), 3)}`;
}

export function ago(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return seconds < 86400 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86400)} d ago`;
}

/** 0.42 s, 3.1 s, 12 s, 3 min 5 s. */
export function duration(ms) {
  const seconds = ms / 1000;
  if (seconds < 1) return `${seconds.toFixed(2)} s`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

export const since = (ms) => `+${(Math.max(0, ms) / 1000).toFixed(3)}s`;
