// Solves the challenge in this page and sends its form. Where that cannot be done, the button stays as it is.

const form = document.querySelector("[data-moment]");
const challenge = form?.querySelector("[data-moment-challenge]");
// Browsers derive keys in secure contexts only.
if (challenge && crypto.subtle && window.Worker) solveAndSend(JSON.parse(challenge.value));

async function solveAndSend(asked) {
  const status = document.querySelector("[data-moment-status]");
  const wait = form.querySelector("[data-moment-wait]");
  wait.hidden = true;
  status.textContent = status.dataset.working;
  try {
    const solution = await solve(asked.parameters);
    const payload = document.createElement("input");
    payload.type = "hidden";
    payload.name = "altcha";
    payload.value = btoa(JSON.stringify({ challenge: asked, solution }));
    form.append(payload);
    status.textContent = status.dataset.sending;
    form.submit();
  } catch {
    status.textContent = "";
    wait.hidden = false;
  }
}

// Each worker tries every n-th number; the first to find the right one ends the others.
async function solve(parameters) {
  const count = Math.min(4, navigator.hardwareConcurrency || 1);
  const workers = Array.from({ length: count }, () => new Worker(form.dataset.worker));
  try {
    return await new Promise((resolve, reject) => {
      workers.forEach((worker, start) => {
        worker.onmessage = ({ data }) => (data ? resolve(data) : reject(new Error("no solution")));
        worker.onerror = reject;
        worker.postMessage({ parameters, start, step: count });
      });
    });
  } finally {
    for (const worker of workers) worker.terminate();
  }
}
