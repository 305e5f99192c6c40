// The REST door; what goes wrong is thrown as the server's problem (RFC 9457).

import { parsed } from "../../progress/dom.js";

export const asError = (problem) => Object.assign(new Error(problem.detail ?? problem.message), problem);

async function reach(path, body) {
  const token = document.cookie.match(/csrftoken=([^;]+)/)?.[1] ?? "";
  const post = { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", "X-CSRFToken": token } };
  const answer = await fetch(path, body && post).catch(() => null);
  if (!answer) throw asError({ detail: "The server cannot be reached." });
  if (answer.ok) return answer;
  const { status, headers } = answer;
  const problem = await answer.json().catch(() => ({ detail: `HTTP ${status}`, request_id: headers.get("X-Request-ID") }));
  throw asError({ ...problem, status });
}

export const get = async (path, body) => (await reach(path, body)).json();

export const post = (path, body = {}) => get(path, body);

/** What the server renders at `path`. */
export const markup = async (path) => parsed(await (await reach(path)).text());
