// Draws time series with Plotly. The server says what is drawn and how each value is written; this file knows the theme, the pointer and the size.
const charts = new Map();
let library;

function load() {
  return library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "_content/Plotly.Blazor/plotly-basic-3.7.0.min.js";
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => { library = undefined; reject(new Error("Plotly could not be loaded.")); };
    document.head.append(script);
  });
}

// Plotly knows neither variables nor color-mix(): the browser works them out.
const probe = document.createElement("span");
const resolved = new Map();
function css(color, alpha = 1) {
  if (!probe.isConnected) { probe.hidden = true; document.body.append(probe); }
  let rgb = resolved.get(color);
  if (!rgb) {
    probe.style.color = color;
    const text = getComputedStyle(probe).color;
    const numbers = text.match(/[\d.]+(e-?\d+)?/g).map(Number);
    const scale = text.startsWith("color(") ? 255 : 1;
    rgb = numbers.slice(0, 3).map(n => Math.round(n * scale));
    resolved.set(color, rgb);
  }
  return `rgba(${rgb.join(",")},${alpha})`;
}

const dashes = { true: "dash", false: "solid" };
const time = (at, span) => {
  const text = new Date(at).toISOString();
  return span > 2 * 86400e3 ? text.slice(5, 16).replace("T", " ") : text.slice(11, 19);
};

function traces(spec) {
  return spec.traces.map(t => {
    const x = t.y.map((_, i) => t.start + i * t.step);
    const axis = { yaxis: t.onTheRight ? "y2" : "y", visible: !t.hidden, hoverinfo: "none", name: t.name };
    if (t.kind === "bars")
      return { ...axis, type: "bar", x, y: t.y, marker: { color: css(t.color, Math.max(t.fill, .3)), line: { width: t.width, color: css(t.color) } } };
    // A line needs two points; a value without neighbours would not be seen.
    const alone = t.y.filter(v => v !== null).length < 5;
    return {
      ...axis, type: "scatter", x, y: t.y, connectgaps: t.connectGaps,
      mode: t.kind === "points" ? "markers" : t.points || alone ? "lines+markers" : "lines",
      line: { color: css(t.color), width: Math.max(t.width, 1.25), shape: t.shape, dash: dashes[t.dashed], simplify: true },
      marker: { color: css(t.color), size: t.pointSize },
      ...(t.stack ? { stackgroup: t.stack, groupnorm: t.share ? "percent" : "", fillcolor: css(t.color, t.fill) }
        : t.fill > 0 ? { fill: "tozeroy", fillcolor: css(t.color, t.fill) } : {}),
    };
  }).concat(spec.exemplars.length === 0 ? [] : [{
    type: "scatter", mode: "markers", name: "exemplars", hoverinfo: "none", showlegend: false, x: spec.exemplars.map(e => e.at), y: spec.exemplars.map(e => e.value),
    marker: { symbol: "diamond", size: 8, color: css("var(--color-blue)", .85), line: { width: 1, color: css("var(--surface)") } },
  }]);
}

function scale(axis, side) {
  return {
    type: axis.log ? "log" : "linear", range: axis.log ? [Math.log10(axis.min), Math.log10(axis.max)] : [axis.min, axis.max], fixedrange: true, side,
    tickmode: "array", tickvals: axis.ticks, ticktext: axis.texts, showgrid: side === "left", gridcolor: css("var(--line)"), zeroline: false, visible: !axis.hidden,
    tickfont: { color: css("var(--text-3)"), size: 11 }, title: axis.label ? { text: axis.label, font: { size: 11, color: css("var(--text-3)") }, standoff: 4 } : undefined,
  };
}

const room = axis => !axis || axis.hidden ? 8 : 10 + Math.max(...axis.texts.map(t => t.length), 1) * 6.4 + (axis.label ? 18 : 0);

function layout(spec, width, height) {
  const shapes = [];
  for (const limit of spec.limits) {
    if (limit.area)
      shapes.push({ type: "rect", layer: "below", xref: "paper", x0: 0, x1: 1, y0: limit.value ?? spec.left.min, y1: Math.min(limit.to ?? spec.left.max, spec.left.max), fillcolor: css(limit.color, .1), line: { width: 0 } });
    if (limit.line && limit.value >= spec.left.min && limit.value <= spec.left.max)
      shapes.push({ type: "line", xref: "paper", x0: 0, x1: 1, y0: limit.value, y1: limit.value, line: { color: css(limit.color), width: 1.25, dash: "dash" } });
  }
  for (const mark of spec.marks) {
    const [from, to] = [Math.max(mark.from, spec.from), Math.min(mark.to, spec.to)];
    shapes.push({ type: "line", yref: "paper", y0: 0, y1: 1, x0: from, x1: from, line: { color: css(mark.color), width: 1.25, dash: "dot" } });
    if (to > from)
      shapes.push({ type: "rect", layer: "below", yref: "paper", y0: 0, y1: 1, x0: from, x1: to, fillcolor: css(mark.color, .12), line: { width: 0 } });
  }
  const bars = spec.traces.filter(t => t.kind === "bars");
  return {
    width, height, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false, hovermode: "x", hoverdistance: -1, bargap: .1,
    barmode: bars.some(t => t.stack) ? "stack" : "group", barnorm: bars.some(t => t.share) ? "percent" : "", font: { family: getComputedStyle(document.body).fontFamily },
    margin: { l: room(spec.left), r: spec.right ? room(spec.right) : 12, t: 8, b: 24 }, dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
    xaxis: { type: "date", range: [spec.from, spec.to], showgrid: false, zeroline: false, nticks: Math.max(2, Math.min(8, Math.floor(width / 75))), tickangle: 0, tickfont: { color: css("var(--text-3)"), size: 11 }, linecolor: css("var(--line)"), showline: true, tickformatstops: [
      { dtickrange: [null, 60000], value: "%H:%M:%S" }, { dtickrange: [60000, 43200000], value: "%H:%M" }, { dtickrange: [43200000, null], value: "%m-%d" }] },
    yaxis: scale(spec.left, "left"), ...(spec.right ? { yaxis2: { ...scale(spec.right, "right"), overlaying: "y" } } : {}), shapes,
  };
}

// What is in sight is drawn at once; the rest when there is nothing else to do, a few at a time: nobody shall feel it, and a busy machine still
// gets through all of them before the next refresh.
const waiting = new Set();
const later = window.requestIdleCallback ?? (work => setTimeout(work, 50));
const turnMs = 30;

function update(chart) {
  const box = chart.element.getBoundingClientRect();
  if (box.bottom >= 0 && box.top <= window.innerHeight) paint(chart);
  else {
    if (waiting.size === 0) later(drawNext, { timeout: 500 });
    waiting.add(chart);
    chart.host.ariaBusy = "true";
  }
}

function drawNext() {
  const end = performance.now() + turnMs;
  for (const chart of waiting) {
    paint(chart);
    if (performance.now() >= end) break;
  }
  if (waiting.size > 0) later(drawNext, { timeout: 500 });
}

const inSight = new IntersectionObserver(entries => {
  for (const entry of entries) {
    const chart = charts.get(entry.target);
    if (entry.isIntersecting && chart && waiting.has(chart)) paint(chart);
  }
});

const sizeOf = element => [element.clientWidth, element.clientHeight];

function paint(chart) {
  waiting.delete(chart);
  chart.host.ariaBusy = null;
  const { element, spec } = chart;
  const start = performance.now();
  chart.size = sizeOf(element);
  window.Plotly.react(element, traces(spec), layout(spec, ...chart.size), { displayModeBar: false, doubleClick: false, showTips: false });
  performance.measure("chart", { start });
  if (!chart.listens) {
    chart.listens = true;
    listen(chart);
  }
  chart.host.dataset.drawn = "";
}

// What is at a moment: the nearest value of each series, the exemplar and the marks close to it.
function tell(chart, at, pointed) {
  const { spec } = chart;
  const lines = spec.traces.flatMap((t, i) => {
    if (t.hidden || !t.inTooltip || (spec.tooltip === "one" && pointed !== undefined && pointed !== i)) return [];
    const place = Math.round((at - t.start) / t.step);
    return t.texts[place] ? [{ color: t.color, name: t.name, text: t.texts[place], value: t.y[place] }] : [];
  });
  if (spec.sort !== "none") lines.sort((a, b) => (spec.sort === "asc" ? 1 : -1) * ((a.value ?? Infinity) - (b.value ?? Infinity)));
  const near = (spec.to - spec.from) / 150;
  return {
    lines: lines.slice(0, 20), more: Math.max(0, lines.length - 20), marks: spec.marks.filter(m => at >= m.from - near && at <= m.to + near),
  };
}

function show(chart, at, pointed, exemplar) {
  const { element, tip, line, spec } = chart;
  const axis = element._fullLayout?.xaxis;
  if (!axis) return;
  const x = axis._offset + axis.l2p(at);
  line.hidden = x < axis._offset || x > axis._offset + axis._length;
  line.style.left = `${x}px`;
  if (pointed === null || spec.tooltip === "none") { tip.hidden = true; return; }
  const told = tell(chart, at, pointed);
  const row = (color, name, text) => {
    const div = document.createElement("div");
    const swatch = Object.assign(document.createElement("span"), { className: "swatch" });
    swatch.style.background = color;
    div.append(swatch, Object.assign(document.createElement("span"), { textContent: name }), Object.assign(document.createElement("b"), { textContent: text }));
    return div;
  };
  tip.replaceChildren(
    Object.assign(document.createElement("div"), { className: "tip-time", textContent: `${time(at, spec.to - spec.from)} UTC` }),
    ...told.lines.map(l => row(l.color, l.name, l.text)),
    ...(told.more ? [row("transparent", `and ${told.more} more`, "")] : []),
    ...told.marks.map(m => row(m.color, m.text, "")),
    ...(exemplar ? [row("var(--color-blue)", `One attempt${exemplar.url ? " (click for its trace)" : ""}`, exemplar.texts[0]), ...exemplar.texts.slice(1, 6).map(t => row("transparent", t, ""))] : []));
  tip.hidden = false;
  const box = tip.getBoundingClientRect(), frame = element.getBoundingClientRect();
  const right = frame.left + x + 14;
  tip.style.left = `${Math.max(4, right + box.width > document.documentElement.clientWidth ? right - 28 - box.width : right)}px`;
  tip.style.top = `${Math.max(4, Math.min(frame.top + 8, document.documentElement.clientHeight - box.height - 4))}px`;
}

const siblings = chart => chart.element.closest("[data-crosshair]") ? [...charts.values()].filter(c => c !== chart && c.element.closest("[data-crosshair]")) : [];

function listen(chart) {
  const { element } = chart;
  const exemplarOf = point => point.data.name === "exemplars" && point.curveNumber === chart.spec.traces.length ? chart.spec.exemplars[point.pointNumber] : undefined;
  element.on("plotly_hover", event => {
    // A point's x is a date in text or a number, by how it was given.
    const exemplar = event.points.map(exemplarOf).find(e => e && Math.abs(event.event.offsetY - element._fullLayout.yaxis._offset - element._fullLayout.yaxis.d2p(e.value)) < 14);
    const point = event.points.find(p => p.curveNumber < chart.spec.traces.length) ?? event.points[0];
    const at = exemplar ? exemplar.at : typeof point.x === "number" ? point.x : Date.parse(`${String(point.x).replace(" ", "T")}Z`);
    element.style.cursor = exemplar?.url ? "pointer" : "";
    chart.exemplar = exemplar;
    show(chart, at, chart.spec.tooltip === "one" ? nearest(chart, event, at) : undefined, exemplar);
    for (const other of siblings(chart)) show(other, at, null);
  });
  element.on("plotly_unhover", () => hide(chart));
  element.on("plotly_click", () => { if (chart.exemplar?.url) window.Blazor.navigateTo(chart.exemplar.url); });
  element.on("plotly_relayout", change => {
    const [from, to] = [change["xaxis.range[0]"], change["xaxis.range[1]"]];
    if (from === undefined || to === undefined) return;
    const moment = v => typeof v === "number" ? v : Date.parse(`${String(v).replace(" ", "T")}Z`);
    const range = [Math.round(moment(from)), Math.round(moment(to))];
    if (range[1] - range[0] >= 1000) chart.server.invokeMethodAsync("Zoom", range[0], range[1]);
  });
}

function nearest(chart, event, at) {
  const axis = chart.element._fullLayout.yaxis;
  const y = event.event.offsetY - axis._offset;
  let best, least = Infinity;
  chart.spec.traces.forEach((t, i) => {
    const value = t.y[Math.round((at - t.start) / t.step)];
    if (t.hidden || value === null || value === undefined) return;
    const distance = Math.abs(axis.d2p(value) - y);
    if (distance < least) [best, least] = [i, distance];
  });
  return best;
}

function hide(chart) {
  chart.exemplar = undefined;
  for (const c of [chart, ...siblings(chart)]) { c.tip.hidden = true; c.line.hidden = true; }
}

/** Draws a chart, or what has changed of it. */
export async function draw(element, spec, server) {
  await load();
  if (!element.isConnected) return;
  const known = charts.get(element);
  if (known) {
    known.spec = spec;
    update(known);
    return;
  }
  const plot = document.createElement("div");
  plot.className = "plot";
  const tip = Object.assign(document.createElement("div"), { className: "tip", hidden: true });
  const line = Object.assign(document.createElement("div"), { className: "crosshair", hidden: true });
  element.replaceChildren(plot, line, tip);
  const chart = { element: plot, host: element, spec, server, tip, line };
  charts.set(element, chart);
  inSight.observe(element);
  update(chart);
  chart.resize = new ResizeObserver(() => {
    const [width, height] = sizeOf(plot);
    if (width > 0 && height > 0 && chart.size && (width !== chart.size[0] || height !== chart.size[1])) update(chart);
  });
  chart.resize.observe(element);
}

/** Resolves when what the window shows is drawn, or after half a second: the rest need not wait for data that are slow to come. */
export async function untilDrawn() {
  const end = performance.now() + 500;
  const isInSight = element => { const box = element.getBoundingClientRect(); return box.bottom >= 0 && box.top <= window.innerHeight; };
  while (performance.now() < end && [...document.querySelectorAll(".panel .skeleton, .series-chart:not([data-drawn])")].some(isInSight))
    await new Promise(resolve => setTimeout(resolve, 16));
}

/** Forgets a chart. */
export function remove(element) {
  const chart = charts.get(element);
  if (!chart) return;
  chart.resize.disconnect();
  inSight.unobserve(element);
  waiting.delete(chart);
  window.Plotly.purge(chart.element);
  charts.delete(element);
}

document.addEventListener("themechange", () => {
  resolved.clear();
  for (const chart of charts.values()) update(chart);
});
