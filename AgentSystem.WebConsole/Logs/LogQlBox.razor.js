// What is written where, which only the browser knows, and the keys that go to the suggestions while there are some.
export function attach(box, server, query) {
  // Where the page is gone nobody listens any more.
  const tell = (...call) => server.invokeMethodAsync(...call).catch(() => {});
  const write = isAsked => { forgetChoice(box); tell("WriteAsync", box.value, box.selectionStart, isAsked); };
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
      told = () => tell("PressAsync", key);
    else if (key === "Enter" && !shiftKey) told = () => tell("RunAsync", box.value);
    if (!told) return;
    event.preventDefault();
    event.stopPropagation();
    told();
  });
  // What was written before anybody listened.
  if (box.value !== query) write(false);
}

export function place(box, text, at) {
  forgetChoice(box);
  box.value = text;
  box.focus();
  box.setSelectionRange(at, at);
}

// What was chosen was chosen for another text; the server says so as well, but a quick Enter comes before its word.
function forgetChoice(box) {
  box.removeAttribute("aria-activedescendant");
}
