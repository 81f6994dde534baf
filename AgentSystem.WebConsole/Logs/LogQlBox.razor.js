// What is written where, which only the browser knows, and the keys that go to the suggestions while there are some.
export function attach(box, server, query) {
  // Where the page is gone nobody listens any more.
  const tell = (...call) => server.invokeMethodAsync(...call).catch(() => {});
  const write = isAsked => { forgetChoice(box); tell("WriteAsync", box.value, box.selectionStart, isAsked); };
  // Until what a key has accepted is in its place; what is run next is run with it.
  let accepted = Promise.resolve();
  const press = key => {
    const pressed = tell("PressAsync", key);
    if (key === "Tab" || key === "Enter")
      accepted = Promise.race([pressed, new Promise(done => box.addEventListener("placed", done, { once: true }))]);
  };
  const isOpen = () => box.hasAttribute("aria-controls");
  box.addEventListener("input", () => write(false));
  box.addEventListener("blur", () => { if (isOpen()) tell("PressAsync", "Escape"); });
  box.addEventListener("keydown", event => {
    const { key, ctrlKey, metaKey, shiftKey } = event;
    if (event.isComposing || event.altKey) return;
    const isChosen = box.hasAttribute("aria-activedescendant");
    let told;
    if (key === " " && ctrlKey) told = () => write(true);
    else if (isOpen() && !shiftKey && (["ArrowDown", "ArrowUp", "Tab", "Escape"].includes(key) || (key === "Enter" && isChosen && !ctrlKey && !metaKey)))
      told = () => press(key);
    else if (key === "Enter" && !shiftKey) told = () => accepted.then(() => tell("RunAsync", box.value));
    if (!told) return;
    event.preventDefault();
    event.stopPropagation();
    told();
  });
  // More was written while a suggestion was on its way into its place. The server goes on with what it knows first.
  box.addEventListener("placed", event => { if (event.detail.isOlder) setTimeout(() => write(false)); });
  // What was written before anybody listened.
  if (box.value !== query) write(false);
}

// Puts an accepted suggestion in the place of what stood there in the text that it was for; what was written behind it since stays.
export function place(box, text, from, to, suggestion) {
  const now = box.value;
  forgetChoice(box);
  if (now.slice(0, to) === text.slice(0, to)) {
    const at = Math.max(to, box.selectionStart) - to + from + suggestion.length;
    box.value = now.slice(0, from) + suggestion + now.slice(to);
    box.focus();
    box.setSelectionRange(at, at);
  }
  box.dispatchEvent(new CustomEvent("placed", { detail: { isOlder: now !== text } }));
}

// What was chosen was chosen for another text; the server says so as well, but a quick Enter comes before its word.
function forgetChoice(box) {
  box.removeAttribute("aria-activedescendant");
}
