// Following the end of a scrolled list without fighting its reader: only the reader's own input
// unpins; coming back within 60 px of the end pins again; news while away is counted on a pill.

const NEAR = 60;
const KEYS = new Set(["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", " "]);

export class Follow {
  #users = false;

  constructor(scroller, pill, noun = "new") {
    Object.assign(this, { scroller, pill, noun, pinned: true, news: 0, warnings: 0 });
    const byUser = () => (this.#users = true);
    for (const type of ["wheel", "touchmove", "pointerdown"]) scroller.addEventListener(type, byUser, { passive: true });
    scroller.addEventListener("keydown", (event) => KEYS.has(event.key) && byUser());
    scroller.addEventListener("scroll", () => this.#users && this.#settle());
    scroller.addEventListener("scrollend", () => (this.#users = false));
    pill?.addEventListener("click", () => this.toEnd());
  }

  get atEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight <= NEAR;
  }

  #settle() {
    this.pinned = this.atEnd;
    if (this.pinned) this.#clear();
  }

  #clear() {
    this.news = this.warnings = 0;
    if (this.pill) this.pill.hidden = true;
  }

  toEnd() {
    this.pinned = true;
    this.#clear();
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  /** Content grew. */
  added(count = 0, warnings = 0) {
    if (this.pinned) return this.toEnd();
    this.news += count;
    this.warnings += warnings;
    if (!this.pill || !this.news) return;
    const bad = this.warnings ? ` · ${this.warnings} warning${this.warnings > 1 ? "s" : ""}` : "";
    this.pill.textContent = `${this.news} ${this.noun}${bad} ↓`;
    this.pill.hidden = false;
  }
}
