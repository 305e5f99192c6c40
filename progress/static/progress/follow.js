// Follow the end without fighting the reader: only own input unpins, coming back near the end pins
// again, news while away is counted on a pill.

import { on } from "./dom.js";

const NEAR = 60;
const KEYS = /^(Arrow(Up|Down)|Page(Up|Down)|Home|End| )$/;

export class Follow {
  pinned = true;
  #users = false;
  #news = 0;
  #warnings = 0;

  /** `anchor()` may name an element whose top shall not scroll out of sight. */
  constructor(scroller, pill, anchor = () => null) {
    Object.assign(this, { scroller, pill, anchor });
    const byUser = () => (this.#users = true);
    on(scroller, {
      wheel: byUser,
      touchmove: byUser,
      pointerdown: ({ target }) => target === scroller && byUser(),
      keydown: ({ key }) => KEYS.test(key) && byUser(),
      scroll: () => this.#users && this.#settle(),
      scrollend: () => (this.#users = false),
    }, { passive: true });
    on(pill, { click: () => this.toEnd() });
    new ResizeObserver(() => this.pinned && this.toEnd()).observe(scroller.lastElementChild);
  }

  #settle() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.pinned = scrollHeight - scrollTop - clientHeight <= NEAR;
    if (this.pinned) this.#clear();
  }

  #clear() {
    this.#news = this.#warnings = 0;
    this.pill.hidden = true;
  }

  toEnd() {
    this.pinned = true;
    this.#clear();
    const { scroller } = this;
    // Never back: who reads the end of a long answer stays there.
    scroller.scrollTop = Math.max(scroller.scrollTop, Math.min(scroller.scrollHeight, this.anchor()?.offsetTop ?? Infinity));
  }

  /** News, perhaps out of sight. */
  added(count, warnings = 0) {
    if (this.pinned) return;
    this.#news += count;
    this.#warnings += warnings;
    const bad = this.#warnings ? ` · ${this.#warnings} warning${this.#warnings > 1 ? "s" : ""}` : "";
    this.pill.textContent = `${this.#news} new${bad} ↓`;
    this.pill.hidden = !this.#news;
  }
}
