// Three ways to the same events. Each `open(address, after, on)` returns {send, close} and calls
// on.ready / events / reset / heartbeat / reply / bye, and on.closed({code}) once, at the end.

const wsUrl = (path) => `${location.origin.replace(/^http/, "ws")}${path}`;

export function websocket(session, after, on) {
  const socket = new WebSocket(wsUrl(`/ws/progress/${session}?after=${after}`));
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(data);
    on[frame.type]?.(frame);
  };
  socket.onclose = ({ code }) => on.closed({ code });
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

export function sse(session, after, on) {
  const source = new EventSource(`/api/progress/${session}?after=${after}`);
  const heard = (name, tell) => source.addEventListener(name, ({ data }) => tell(JSON.parse(data || "{}")));
  // Its heartbeats are comments that a page never sees, so silence means nothing here.
  source.onopen = () => on.ready({ heartbeat: 0 });
  heard("progress", (event) => on.events({ events: [event] }));
  heard("reset", (frame) => on.reset(frame));
  // The browser's own reconnecting knows no jitter and no fall-back, so ours takes over.
  source.onerror = () => {
    source.close();
    on.closed({ code: 1006 });
  };
  return { name: "sse", send: () => false, close: () => source.close() };
}

export function poll(session, after, on) {
  const stop = new AbortController();
  (async () => {
    let cursor = after;
    try {
      for (let wait = 0; !stop.signal.aborted; wait = 25) {
        const url = `/api/progress/${session}/events?after=${cursor}&limit=1000&wait=${wait}`;
        const answer = await fetch(url, { signal: stop.signal, headers: { Accept: "application/json" } });
        if (!answer.ok) return on.closed({ code: { 401: 4401, 403: 4403, 404: 4404, 429: 4429 }[answer.status] ?? 1006 });
        const page = await answer.json();
        if (!wait) on.ready({ heartbeat: 25 });
        if (page.first > cursor + 1 || page.head < cursor) {
          on.reset(page);
          cursor = page.first - 1;
        }
        if (page.events.length) {
          on.events(page);
          cursor = page.events.at(-1).seq;
        } else on.heartbeat(page);
      }
    } catch {
      if (!stop.signal.aborted) on.closed({ code: 1006 });
    }
  })();
  return { name: "poll", send: () => false, close: () => stop.abort() };
}
