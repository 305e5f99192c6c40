// Three ways to the same events. Each calls on.ready, events, reset, heartbeat, reply, bye, and at
// its end on.closed({code}), and gives {name, send, close}. `base`: a prefix.

export function websocket(session, after, on, base) {
  const socket = new WebSocket(`${location.origin.replace("http", "ws")}${base}/ws/progress/${session}?after=${after}`);
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(data);
    on[frame.type]?.(frame);
  };
  socket.onclose = on.closed;
  return {
    name: "websocket",
    send(frame) {
      if (socket.readyState !== 1) return false;
      socket.send(JSON.stringify(frame));
      return true;
    },
    close() {
      socket.onclose = socket.onmessage = null;
      socket.close();
    },
  };
}

export function sse(session, after, on, base) {
  const source = new EventSource(`${base}/api/progress/${session}?after=${after}`);
  const heard = (name, tell) => source.addEventListener(name, ({ data }) => tell(JSON.parse(data)));
  // Its heartbeats are comments that a page never sees, so silence means nothing here.
  source.onopen = () => on.ready({ heartbeat: 0 });
  heard("message", (event) => on.events({ events: [event] }));
  heard("reset", on.reset);
  // The browser's own reconnecting knows no jitter and no fall-back, so ours takes over.
  source.onerror = () => {
    source.close();
    on.closed({ code: 1006 });
  };
  return { name: "sse", send: () => false, close: () => source.close() };
}

const WAIT = 25; // seconds that the server may hold an answer back

export function poll(session, after, on, base) {
  const stop = new AbortController();
  const look = async (cursor, wait) => {
    const answer = await fetch(`${base}/api/progress/${session}/events?after=${cursor}&limit=1000&wait=${wait}`, { signal: stop.signal });
    if (!answer.ok) throw 4000 + answer.status; // as a socket's close code
    const page = await answer.json();
    if (!wait) on.ready({ heartbeat: WAIT });
    if (page.first > cursor + 1 || page.head < cursor) on.reset(page);
    if (page.events.length) on.events(page);
    else on.heartbeat(page);
    return page.events.at(-1)?.seq ?? Math.max(page.first - 1, Math.min(cursor, page.head));
  };
  (async () => {
    for (let cursor = await look(after, 0); ; ) cursor = await look(cursor, WAIT);
  })().catch((code) => stop.signal.aborted || on.closed({ code: Number(code) || 1006 }));
  return { name: "poll", send: () => false, close: () => stop.abort() };
}
