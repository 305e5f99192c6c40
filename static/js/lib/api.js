// The REST door: JSON both ways; what goes wrong is thrown as the server's problem (RFC 9457).

export class Problem extends Error {
  constructor(problem) {
    super(problem.detail || problem.title);
    Object.assign(this, problem);
  }
}

const csrf = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";

export async function call(path, { method = "GET", body } = {}) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      body: body && JSON.stringify(body),
      headers: { Accept: "application/json", ...(body && { "Content-Type": "application/json" }), ...(method !== "GET" && { "X-CSRFToken": csrf() }) },
    });
  } catch {
    throw new Problem({ title: "Not sent", detail: "The server cannot be reached. Nothing was started.", status: 0 });
  }
  const content = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (answer.ok) return content;
  throw new Problem({ title: "The server refused this", detail: `HTTP ${answer.status}`, request_id: answer.headers.get("X-Request-ID"), ...content, status: answer.status });
}

export const post = (path, body = {}) => call(path, { method: "POST", body });

/** A part of a page as the server renders it. `noscript` is left out: here scripts do run. */
export async function fragment(path) {
  const answer = await fetch(path, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Problem({ title: "Not found", detail: `HTTP ${answer.status}`, status: answer.status });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const element of page.querySelectorAll("noscript")) element.remove();
  return page;
}
