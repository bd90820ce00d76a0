// The diagram that can be moved and enlarged, for officers: bpmn-js over the drawing that the server
// made, loaded when somebody asks for it. The drawing stays for everybody else, for print and for
// screen readers. bpmn-js makes markup from text: the page's policy lets it through only when it is
// made of the few elements and attributes that the library uses.
"use strict";
(() => {
  const region = document.querySelector("[data-diagram]");
  const button = document.querySelector("[data-diagram-open]");
  if (!region || !button) return;

  // Where the case stands may lie beyond the edge of a wide drawing.
  const now = region.querySelector(".is-failed, .is-active");
  if (now) {
    const [box, frame] = [now.getBoundingClientRect(), region.getBoundingClientRect()];
    region.scrollLeft += box.x + box.width / 2 - frame.x - frame.width / 2;
  }

  const TAGS = new Set(["a", "button", "div", "li", "path", "polygon", "span", "svg", "ul"]);
  const ATTRIBUTES = new Set(["class", "d", "data-overlay-id", "fill", "fill-rule", "height", "href", "points", "rel", "target",
    "title", "type", "viewBox", "width", "xmlns"]);
  const known = (markup) => {
    let good = true;
    const rest = markup.replace(/<\/?([a-z]+)((?:\s+[\w:-]+="[^"<>]*")*)\s*\/?>/g, (whole, tag, attributes) => {
      good &&= TAGS.has(tag);
      for (const [, name, value] of attributes.matchAll(/([\w:-]+)="([^"]*)"/g))
        good &&= ATTRIBUTES.has(name) && (name !== "href" || /^https?:\/\/bpmn\.io$/.test(value));
      return "";
    });
    return good && !/[<>]/.test(rest);
  };
  const refuse = (what) => {
    throw new TypeError("not allowed here: " + what.slice(0, 80));
  };
  const script = region.dataset.diagram;
  if (window.trustedTypes)
    window.trustedTypes.createPolicy("default", {
      createHTML: (markup) => (known(markup) ? markup : refuse(markup)),
      createScriptURL: (url) => (url === script ? url : refuse(url)),
    });

  const fetched = async (address, as) => {
    const answer = await fetch(address, { headers: { "accept-language": document.documentElement.lang } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer[as]();
  };
  const library = () =>
    new Promise((done, failed) => {
      const element = document.createElement("script");
      element.src = script;
      element.onload = done;
      element.onerror = failed;
      document.head.append(element);
    });

  const show = async () => {
    const [xml, marks] = await Promise.all([fetched(region.dataset.source, "text"), fetched(region.dataset.marks, "json"), library()]);
    const place = document.createElement("div");
    place.className = "m-viewer";
    place.setAttribute("role", "region");
    place.setAttribute("aria-label", region.dataset.label);
    region.before(place);
    const viewer = new window.BpmnJS({ container: place, keyboard: { bind: false } });
    try {
      await viewer.importXML(xml);
    } catch (error) {
      place.remove();
      throw error;
    }
    const canvas = viewer.get("canvas");
    for (const { element, state } of marks.items) canvas.addMarker(element, "is-" + state);
    canvas.zoom("fit-viewport", "auto");
    return place;
  };

  let place;
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      if (place) place.hidden = !place.hidden;
      else place = await show();
      const open = !place.hidden;
      region.hidden = open;
      button.setAttribute("aria-pressed", String(open));
    } catch {
      button.hidden = true; // the drawing is there and stays
    }
    button.disabled = false;
  });
})();
