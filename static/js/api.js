/** Our REST calls. Numbers come as strings; errors come sorted by what the caller may do next. */

/** The server said no, in words: `message`, `code`, `errors` (field → message), `status`. */
export class Refused extends Error {
  constructor(status, problem, retryAfter) {
    super(problem.message ?? problem.detail ?? `The server answered ${status}.`);
    this.status = status;
    this.code = problem.code ?? "";
    this.errors = problem.errors ?? {};
    this.requestId = problem.requestId ?? "";
    this.retryAfter = retryAfter;
  }
}

/** No answer, or one that does not say what became of the call. */
export class OutcomeUnknown extends Error {}

const ANSWER_MS = 15_000;
// Name of an error → its words; the browser's own are for programmers, and differ.
const WITHOUT_ANSWER = {
  SyntaxError: "The server's answer cannot be read.",
  TimeoutError: "The server did not answer in time.",
};

// The cookie, not a token in the page: signing in again in another tab renews it.
function csrfToken() {
  const cookie = document.cookie.split("; ").find((pair) => pair.startsWith("csrftoken="));
  return cookie ? cookie.slice("csrftoken=".length) : "";
}

function address(path, parameters) {
  const query = new URLSearchParams({ ...parameters, decimals: "string" });
  return `${path}?${query}`;
}

async function call(method, url, { body, headers = {} } = {}) {
  const request = {
    method,
    headers: { Accept: "application/json", ...headers },
    signal: AbortSignal.timeout(ANSWER_MS),
  };
  if (method !== "GET") request.headers["X-CSRFToken"] = csrfToken();
  if (body !== undefined) {
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  let response, answer;
  try {
    response = await fetch(url, request);
    answer = await response.json();
  } catch (error) {
    // Cut off, timed out or not JSON: whatever was asked for may have happened.
    throw new OutcomeUnknown(WITHOUT_ANSWER[error.name] ?? "The server cannot be reached.");
  }
  if (response.ok) return { response, answer };
  const shed = response.status === 503 && answer.code === "OVERLOADED";
  if (response.status >= 500 && !shed) throw new OutcomeUnknown(answer.message);
  throw new Refused(response.status, answer, response.headers.get("Retry-After"));
}

/** Rows and, where the answer has one, the number of the last event they contain. */
export async function get(path, parameters) {
  const { response, answer } = await call("GET", address(path, parameters));
  const seq = response.headers.get("X-Event-Seq");
  return { rows: answer, seq: seq === null ? null : Number(seq) };
}

export async function post(path, body, headers) {
  return (await call("POST", address(path), { body, headers })).answer;
}

export async function remove(path, parameters) {
  return (await call("DELETE", address(path, parameters))).answer;
}
