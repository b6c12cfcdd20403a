// Copying, the device's own share sheet, and Mastodon without a round trip. The links work without this.

export function improveShare(panel) {
  const status = panel.querySelector("[data-share-status]");
  const { text, url, nativeUrl } = panel.dataset;

  function offerCopy(button, copied) {
    if (!button || !navigator.clipboard) return;
    reveal(button);
    const words = button.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(copied);
      status.textContent = button.dataset.done;
      button.textContent = button.dataset.done;
      setTimeout(() => (button.textContent = words), 2500);
    });
  }

  offerCopy(panel.querySelector("[data-share-copy]"), url);
  const message = panel.querySelector("[data-share-message]");
  offerCopy(message, message?.dataset.shareMessage);

  const native = panel.querySelector("[data-share-native]");
  if (native && navigator.share) {
    reveal(native);
    native.addEventListener("click", () => navigator.share({ title: text, url: nativeUrl }).catch(() => {}));
  }
  // The content policy keeps a form from being redirected elsewhere; a script may simply go there.
  panel.querySelector("[data-share-mastodon]")?.addEventListener("submit", (event) => {
    const host = event.target.elements.namedItem("instance").value.trim().replace(/^(https?:\/\/|.*@)/u, "").split("/")[0];
    if (!/^[\p{L}\p{N}.-]+\.[\p{L}\p{N}-]{2,}(:\d+)?$/u.test(host)) return;
    event.preventDefault();
    location.assign(`https://${host}/share?text=${encodeURIComponent(panel.dataset.mastodonText)}`);
  });
  panel.querySelector("#share-link")?.addEventListener("focus", (event) => event.target.select());
}

function reveal(button) {
  button.hidden = false;
  if (button.parentElement.tagName === "LI") button.parentElement.hidden = false;
}
