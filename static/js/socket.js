/**
 * One WebSocket that mends itself. It reconnects with backoff and jitter, asks for a sign of life
 * when it hears nothing, and says how it is. It knows the envelope of messages, not their meaning.
 */
const PING_MS = 5_000; // How often the round trip is measured.
const UNANSWERED_MS = 6_000; // A ping this old makes the connection doubtful.
const SILENCE_MS = 20_000; // A heartbeat comes every 15 s: this long without one is a dead line.
const OPENING_MS = 8_000;
const LONGEST_WAIT_MS = 15_000;
const TICK_MS = 1_000;
const BATCH_MS = 16; // Messages are handed on together, at most once per frame.

const REFUSED = 4401;

export class Socket {
  #url;
  #since;
  #receive;
  #notice;
  #channels = new Set();
  #socket = null;
  #attempts = 0;
  #retry = null;
  #inbox = [];
  #batch = null;
  #heardAt = 0;
  #lastPing = 0;
  #pingedAt = null; // While a ping is unanswered.
  #openedAt = 0;

  /**
   * @param {string} url
   * @param {() => number | null} since the last event number seen, to be replayed from
   * @param {(messages: object[]) => void} receive
   * @param {(change: {status?: string, roundTrip?: number, silent?: boolean}) => void} notice
   */
  constructor({ url, since, receive, notice }) {
    this.#url = url;
    this.#since = since;
    this.#receive = receive;
    this.#notice = notice;
    setInterval(() => this.#watch(), TICK_MS);
    window.addEventListener("offline", () => notice({ silent: true }));
    window.addEventListener("online", () => this.open()); // The old line was of the old network.
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && !this.#socket) this.open();
    });
  }

  open() {
    clearTimeout(this.#retry);
    this.#drop();
    const url = new URL(this.#url);
    url.searchParams.set("decimals", "string");
    const since = this.#since();
    if (since !== null) url.searchParams.set("since", since);
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#openedAt = Date.now();
    this.#pingedAt = null;
    socket.onopen = () => this.#opened();
    socket.onmessage = (event) => this.#heard(JSON.parse(event.data));
    socket.onclose = (event) => this.#closed(event.code);
  }

  /** Replay the events after this number, as after a reconnect. */
  resume(since) {
    this.#send({ op: "resume", since });
  }

  /** Be subscribed to exactly these channels, now and after every reconnect. */
  watchChannels(channels) {
    const wanted = new Set(channels);
    const gone = [...this.#channels].filter((channel) => !wanted.has(channel));
    const added = [...wanted].filter((channel) => !this.#channels.has(channel));
    this.#channels = wanted;
    if (gone.length) this.#send({ op: "unsubscribe", channels: gone });
    if (added.length) this.#send({ op: "subscribe", channels: added });
  }

  #opened() {
    this.#attempts = 0;
    this.#heardAt = Date.now();
    if (this.#channels.size) this.#send({ op: "subscribe", channels: [...this.#channels] });
    this.#ping();
    this.#notice({ status: "open", silent: false });
  }

  #heard(message) {
    this.#heardAt = Date.now();
    if (message.type === "SUBSCRIBED" && this.#pingedAt !== null) {
      this.#notice({ roundTrip: Math.round(performance.now() - this.#pingedAt), silent: false });
      this.#pingedAt = null;
    }
    this.#inbox.push(message);
    this.#batch ??= setTimeout(() => {
      const messages = this.#inbox;
      this.#inbox = [];
      this.#batch = null;
      this.#receive(messages);
    }, BATCH_MS);
  }

  #closed(code) {
    this.#socket = null;
    if (code === REFUSED) {
      this.#notice({ status: "signed-out" });
      return;
    }
    this.#notice({ status: "closed" });
    this.#retry = setTimeout(() => this.open(), this.#wait());
  }

  // Full jitter: a thousand pages that lost the same server do not come back in step.
  #wait() {
    const longest = Math.min(LONGEST_WAIT_MS, 500 * 2 ** this.#attempts++);
    return 100 + Math.random() * longest;
  }

  #watch() {
    if (!this.#socket) return;
    const now = Date.now();
    if (this.#socket.readyState === WebSocket.CONNECTING) {
      if (now - this.#openedAt > OPENING_MS) this.#giveUp();
      return;
    }
    if (now - this.#heardAt > SILENCE_MS) {
      this.#giveUp();
    } else if (this.#pingedAt === null) {
      if (now - this.#lastPing > PING_MS) this.#ping();
    } else if (performance.now() - this.#pingedAt > UNANSWERED_MS) {
      this.#notice({ silent: true });
    }
  }

  // Unsubscribing from nothing is answered with what remains: a ping in the words of the contract.
  #ping() {
    this.#lastPing = Date.now();
    this.#pingedAt = performance.now();
    this.#send({ op: "unsubscribe", channels: [] });
  }

  // A dead line may take minutes to say so: let go of it without waiting for its goodbye.
  #giveUp() {
    this.#drop();
    this.#closed(1006);
  }

  #drop() {
    if (!this.#socket) return;
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
    this.#socket = null;
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}
