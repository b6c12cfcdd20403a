// Says what is wrong when a field is left, and keeps what was typed in this tab until it is sent.

export function improveForm(form) {
  const key = `undersign:${location.pathname}`;
  form.noValidate = true;
  restore(form, key);

  const keep = () => sessionStorage.setItem(key, JSON.stringify(typed(form)));
  keep(); // what was typed before this script was there
  form.addEventListener("input", keep);
  form.addEventListener("change", ({ target }) => clearIfRight(form, target));
  form.addEventListener("input", ({ target }) => clearIfRight(form, target));
  let released = Promise.resolve();
  document.addEventListener("pointerdown", () => (released = nextRelease()));
  form.addEventListener("focusout", async ({ target }) => {
    await released;
    if (target.value && target.type !== "radio") check(form, target);
  });
  form.addEventListener("submit", (event) => {
    const wrong = controls(form).filter((control) => !check(form, control));
    if (wrong.length > 0) {
      event.preventDefault();
      wrong[0].focus();
      return;
    }
    sessionStorage.removeItem(key);
    sessionStorage.setItem("undersign:sent", form.elements.namedItem("email").value);
  });
}

// A sentence that appears while somebody presses the button would move it from under their finger.
function nextRelease() {
  return new Promise((resolve) => {
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(resolve), { once: true });
  });
}

// One control for each group of radio buttons is enough: their validity is shared.
function controls(form) {
  const seen = new Set();
  return [...form.elements].filter((control) => {
    if (!control.name || control.type === "hidden" || control.closest(".form__trap") || seen.has(control.name)) return false;
    seen.add(control.name);
    return true;
  });
}

function check(form, control) {
  const error = document.getElementById(`${control.name}-error`);
  if (!error) return true;
  const right = control.validity.valid && !(control.required && control.type !== "radio" && control.value.trim() === "");
  mark(control, error, right ? "" : words(form, control));
  return right;
}

function words(form, control) {
  if (control.type === "radio") return form.dataset.choose;
  return control.type === "email" && control.value.trim() ? form.dataset.email : form.dataset.missing;
}

function clearIfRight(form, control) {
  const error = document.getElementById(`${control.name}-error`);
  if (error && !error.hidden && control.validity.valid) mark(control, error, "");
}

function mark(control, error, message) {
  error.textContent = message;
  error.hidden = message === "";
  control.closest(".field").classList.toggle("field--wrong", message !== "");
  if (control.type === "radio") return;
  if (message) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
  const ids = new Set((control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  if (message) ids.add(error.id);
  else ids.delete(error.id);
  if (ids.size) control.setAttribute("aria-describedby", [...ids].join(" "));
  else control.removeAttribute("aria-describedby");
}

function typed(form) {
  const kept = new Set(controls(form).map((control) => control.name));
  return [...new FormData(form)].filter(([name]) => kept.has(name));
}

// What the server sent back with errors is newer than what the tab kept.
function restore(form, key) {
  if (form.querySelector(".errors")) return;
  for (const [name, value] of JSON.parse(sessionStorage.getItem(key) ?? "[]")) {
    const control = form.elements.namedItem(name);
    if (control && !control.value) control.value = value;
  }
}
