// For pages that want the log element and nothing else: every `{% live_log session %}` goes live.

import { LogView } from "./log.js";

document.documentElement.dataset.js = "";
for (const root of document.querySelectorAll("[data-live-log]:not([data-live-log=''])")) {
  const log = new LogView(root);
  log.start();
  addEventListener("online", () => log.connection.retry(true));
}
