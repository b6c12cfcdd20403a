// Says which address the mail went to and puts its mailbox first. Only this tab knows: the server repeats nothing.

const address = sessionStorage.getItem("undersign:sent");
if (address) {
  const place = document.querySelector("[data-inbox-address]");
  const written = document.createElement("bdi");
  written.textContent = address;
  place.append(`${place.dataset.words} `, written, ".");

  const domain = address.split("@").at(-1).toLowerCase();
  const list = document.querySelector("[data-inbox-mailboxes]");
  const own = [...list.children].find((item) => item.dataset.domains.split(" ").includes(domain));
  if (own) {
    own.classList.add("is-own");
    list.prepend(own);
  }
}

for (const form of document.querySelectorAll("form")) {
  const email = form.elements.namedItem("email");
  if (email) form.addEventListener("submit", () => sessionStorage.setItem("undersign:sent", email.value));
}
