/* While somebody chooses a colour, show what the server makes of it. Without this the page works on saving. */
const preview = document.getElementById("accent-preview");
const input = document.querySelector("input[name=accent]");
let newest = 0;

input?.addEventListener("input", async () => {
  const turn = ++newest;
  const address = new URL(preview.dataset.source, location);
  address.searchParams.set("accent", input.value);
  const answer = await fetch(address);
  if (answer.ok && turn === newest) preview.innerHTML = await answer.text();
});
