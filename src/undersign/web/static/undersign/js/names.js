// Adds the next page of names below this one. Whatever goes wrong, the link is followed as it always was.

const people = document.querySelector(".people");
const link = document.querySelector('a[rel~="next"]');

link?.addEventListener("click", async (event) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  try {
    const answer = await fetch(link.href, { credentials: "omit" });
    if (!answer.ok) throw new Error(`${answer.status}`);
    append(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    location.assign(link.href);
  }
});

function append(next) {
  const more = [...next.querySelectorAll(".people > li")];
  people.append(...more);
  const after = next.querySelector('a[rel~="next"]');
  if (after) link.href = new URL(after.getAttribute("href"), link.href);
  else link.remove();
  more[0]?.setAttribute("tabindex", "-1");
  more[0]?.focus();
}
