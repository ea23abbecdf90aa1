// Judges a page for everybody: it puts the page into this document, which has the styles of the product, and says what
// is wrong with it. `axe` is loaded before.
(() => {
  const SHAPES = new Set();
  const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];

  function show(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    document.title = page.title;
    document.documentElement.lang = page.documentElement.lang;
    document.body.replaceWith(page.body);
    for (const part of document.querySelectorAll("details")) part.open = true;
    scrollTo(0, 0);
  }

  async function byAxe() {
    const found = await axe.run({ runOnly: TAGS, resultTypes: ["violations"] });
    return found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 300)}`));
  }

  // A list of faults leads to fields of this page in their order, calls them by their labels, and the title tells it.
  function byFaults() {
    const wrong = [];
    const lists = [...document.querySelectorAll("[role=alert][data-focus]")];
    if (lists.length && !/^(Fout|Error): \S/.test(document.title)) wrong.push(`title: ${document.title}`);
    for (const list of lists) {
      const fields = [];
      for (const link of list.querySelectorAll("li a[href^='#']")) {
        const field = document.getElementById(link.hash.slice(1));
        if (!field) wrong.push(`leads nowhere: ${link.textContent}`);
        else {
          fields.push(field);
          wrong.push(...ofField(field, link.textContent.trim()));
        }
      }
      const inOrder = fields.every(
        (field, n) => !n || field === fields[n - 1] || fields[n - 1].compareDocumentPosition(field) & 4);
      if (!inOrder) wrong.push(`another order than the page: ${fields.map((field) => field.id)}`);
    }
    return wrong;
  }

  function ofField(field, words) {
    const wrong = [];
    const group = field.closest("fieldset");
    const described = [field, field.closest("fieldset")].some((part) =>
      part && (part.getAttribute("aria-describedby") || "").split(" ").some((id) =>
        id && document.getElementById(id) && document.getElementById(id).querySelector(".fault")));
    const isField = field.matches("input, select, textarea");
    if (isField && field.getAttribute("aria-invalid") !== "true") wrong.push(`is not marked as wrong: ${words}`);
    if (isField && !described) wrong.push(`is not described by its fault: ${words}`);
    if (!isField && field.tabIndex !== -1 && !field.closest("[tabindex]")) wrong.push(`takes no cursor: ${words}`);
    const label = group && field.matches("[type=radio], [type=checkbox], .moment [data-day]") ? group.querySelector("legend")
      : (field.labels && field.labels[0]) || null;
    const name = label ? label.firstChild.textContent.trim() : field.getAttribute("aria-label") || "";
    if (!words.startsWith(name)) wrong.push(`is called "${words}", but its label is "${name}"`);
    return wrong;
  }

  const light = (colour) => {
    const parts = colour.match(/[\d.]+/g).slice(0, 3).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const contrast = (one, other) => {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  const groundOf = (part) => {
    for (let at = part.parentElement; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/, 0\)$/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };

  // The ring of the focus has 3:1 to the ground around the part that has the focus: once for each kind of part.
  function byFocus() {
    const wrong = [];
    for (const part of document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")) {
      const kind = [part.tagName, part.className, part.type, groundOf(part)].join();
      if (SHAPES.has(kind) || !part.checkVisibility({ visibilityProperty: true }) || part.type === "hidden") continue;
      SHAPES.add(kind);
      part.focus({ focusVisible: true, preventScroll: true });
      const style = getComputedStyle(part);
      const seen = style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2
        && contrast(style.outlineColor, groundOf(part)) >= 3;
      if (!seen) wrong.push(`focus is not seen: ${kind} ${style.outline}`);
      part.blur();
    }
    return wrong;
  }

  function byMenu() {
    const middles = [...document.querySelectorAll("nav.entries > *")]
      .filter((part) => part.checkVisibility()).map((part) => part.getBoundingClientRect())
      .map((at) => (at.top + at.bottom) / 2);
    return middles.length && Math.max(...middles) - Math.min(...middles) > 8 ? ["the menu takes several lines"] : [];
  }

  // Nothing that counts or changes by itself is in a part that a screen reader reads at each change.
  function byQuiet() {
    const changes = "time[data-until], [data-sum], [data-fragment], [data-list], [data-tiles], [data-words]";
    return [...document.querySelectorAll("[aria-live], [role=status], [role=alert], [role=log], [role=timer]")]
      .filter((part) => part.matches(changes) || part.querySelector(changes) || part.closest("[data-fragment]"))
      .filter((part) => !part.matches("[data-copied]")) // It changes when somebody presses its button.
      .map((part) => `is read at each change: ${part.outerHTML.slice(0, 200)}`);
  }

  window.judged = async (html) => {
    show(html);
    return [...byFaults(), ...byFocus(), ...byMenu(), ...byQuiet(), ...(await byAxe())];
  };

  window.mailJudged = async (html) => {
    show(html);
    return byAxe();
  };

  // How much wider the page is than the window, and which share of the window its header takes.
  window.measured = (html) => {
    show(html);
    const top = document.querySelector(".top").getBoundingClientRect().height;
    return [document.documentElement.scrollWidth - innerWidth, top / innerHeight];
  };
})();
