// Loads each improvement when it is first useful. Without scripts the page works the same, only plainer.

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
  setTimeout(() => import("./count.js").then(({ followCount }) => followCount(page.dataset.countUrl)), 5000);
}
