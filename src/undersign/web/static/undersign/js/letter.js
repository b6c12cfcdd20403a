// Puts the name of whoever types it at the foot of the letter, and shows what each way to appear looks like.

export function signLetter(form, foot) {
  const input = form.elements.namedItem("name");
  const update = () => {
    const name = input.value.trim();
    foot.textContent = name || foot.dataset.empty;
    foot.toggleAttribute("data-signed", name !== "");
    show(form, "full", name);
    show(form, "initial", firstNameAndInitial(name));
  };
  input.addEventListener("input", update);
  update();
}

function firstNameAndInitial(name) {
  const words = name.split(/\s+/u).filter(Boolean);
  if (words.length < 2) return name;
  return `${words[0]} ${[...words.at(-1)][0]}.`;
}

function show(form, display, text) {
  const label = form.querySelector(`input[name="display"][value="${display}"]`).parentElement;
  const example = label.querySelector("small") ?? label.appendChild(document.createElement("small"));
  example.textContent = text;
  example.dir = "auto";
}
