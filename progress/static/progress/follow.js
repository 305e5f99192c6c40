// Following the end of a scrolled list without fighting its reader: only the reader's own input
// unpins; coming back within 60 px of the end pins again; news while away is counted on a pill.

const NEAR = 60;
const KEYS = /^(Arrow(Up|Down)|Page(Up|Down)|Home|End| )$/;

export class Follow {
  pinned = true;
  #users = false;
  #news = 0;
  #warnings = 0;

  /** `anchor()` may name an element whose top shall not scroll out of sight. */
  constructor(scroller, pill, { noun = "new", anchor = () => null } = {}) {
    Object.assign(this, { scroller, pill, noun, anchor });
    const hear = (type, act) => scroller.addEventListener(type, act, { passive: true });
    for (const type of ["wheel", "touchmove", "pointerdown"]) hear(type, () => (this.#users = true));
    hear("keydown", ({ key }) => (this.#users ||= KEYS.test(key)));
    hear("scroll", () => this.#users && this.#settle());
    hear("scrollend", () => (this.#users = false));
    pill.addEventListener("click", () => this.toEnd());
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
    this.scroller.scrollTop = Math.min(this.scroller.scrollHeight, this.anchor()?.offsetTop ?? Infinity);
  }

  /** Content grew. */
  added(count = 0, warnings = 0) {
    if (this.pinned) return this.toEnd();
    this.#news += count;
    this.#warnings += warnings;
    const bad = this.#warnings ? ` · ${this.#warnings} warning${this.#warnings > 1 ? "s" : ""}` : "";
    this.pill.textContent = `${this.#news} ${this.noun}${bad} ↓`;
    this.pill.hidden = !this.#news;
  }
}
