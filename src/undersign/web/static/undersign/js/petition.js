// Follows the number, and loads each other improvement when it is first useful. Without scripts the page works
// the same, only plainer.

const EVERY = 10_000; // milliseconds, give or take a fifth so that watchers do not arrive together
const LONGEST = 160_000;
const TALLY = { time: 900 };
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const language = document.documentElement.lang;

const page = document.querySelector("[data-count-url]");
const form = document.querySelector("[data-sign-form]");
const bar = document.querySelector("[data-signbar]");
const share = document.querySelector("[data-share]");

if (bar) {
  const rail = document.querySelector("#sign");
  new IntersectionObserver(([entry]) => bar.toggleAttribute("data-away", entry.isIntersecting), {
    rootMargin: "0px 0px -25% 0px",
  }).observe(rail);
}

if (form) {
  const improve = () => {
    import("./form.js").then(({ improveForm }) => improveForm(form));
    import("./letter.js").then(({ signLetter }) => signLetter(form, document.querySelector("[data-letter-name]")));
  };
  form.addEventListener("focusin", improve, { once: true });
  if (sessionStorage.getItem(`undersign:${location.pathname}`)) improve();
}

if (share) {
  const near = new IntersectionObserver(([entry]) => {
    if (!entry.isIntersecting) return;
    near.disconnect();
    import("./share.js").then(({ improveShare }) => improveShare(share));
  }, { rootMargin: "400px" });
  near.observe(share);
}

if (page?.dataset.countUrl) {
  followCount(page.dataset.countUrl);
}

// Keeps the number, the progress and the newest names current while somebody is looking.
function followCount(url) {
  let wait = EVERY;
  let timer = 0;

  async function ask() {
    try {
      const answer = await fetch(url, { headers: { Accept: "application/json" }, credentials: "omit" });
      if (!answer.ok) throw new Error(`${answer.status}`);
      show(await answer.json());
      wait = EVERY;
    } catch {
      wait = Math.min(wait * 2, LONGEST);
    }
    plan();
  }

  function plan() {
    clearTimeout(timer);
    if (document.visibilityState === "visible") timer = setTimeout(ask, wait * (0.8 + Math.random() * 0.4));
  }

  document.addEventListener("visibilitychange", plan);
  plan();
}

// `count_html` and `progress_html` carry the words around the number, whose plural depends on it.
function show({ count, goal, names, count_html: countHtml, progress_html: progressHtml }) {
  for (const slot of document.querySelectorAll('[data-live="count"]')) moveCount(slot, count, countHtml);
  for (const slot of document.querySelectorAll('[data-live="progress"]')) moveProgress(slot, count, goal, progressHtml);
  const list = document.querySelector('[data-live="names"]');
  if (list && names && !list.contains(document.activeElement)) list.innerHTML = names;
}

function moveCount(slot, count, html) {
  const before = slot.querySelector(".count__number");
  const shown = Number(slot.dataset.total ?? digits(before));
  slot.dataset.total = count;
  if (shown === count) return;
  if (html) slot.innerHTML = html;
  const number = slot.querySelector(".count__number");
  if (number) roll(number, { from: shown, to: count, isRendered: Boolean(html) });
}

function moveProgress(slot, count, goal, html) {
  const bar = slot.querySelector("progress");
  if (!bar || (bar.value === count && bar.max === goal)) return;
  const words = slot.querySelector(".progress__goal");
  if (html && words) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    words.replaceWith(fresh.content.querySelector(".progress__goal"));
  }
  bar.max = goal;
  bar.value = count;
}

// What the server rendered has the last word on how its language writes a number.
function roll(element, { from, to, isRendered }) {
  const written = new Intl.NumberFormat(`${language}-u-nu-latn`);
  const settled = element.textContent;
  const end = isRendered ? settled : written.format(to);
  if (calm.matches || from === 0) {
    element.textContent = end;
    return;
  }
  const start = performance.now();
  requestAnimationFrame(function step(now) {
    const part = Math.min(1, (now - start) / TALLY.time);
    element.textContent = part === 1 ? end : written.format(Math.round(from + (to - from) * (1 - (1 - part) ** 3)));
    if (part < 1) requestAnimationFrame(step);
  });
}

function digits(element) {
  return element ? Number(element.textContent.replace(/\D/gu, "")) : 0;
}
