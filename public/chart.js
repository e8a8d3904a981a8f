// <candle-chart exchange symbol interval indicators scale resets>: candles, volume and indicators, drawn with TradingView's
// Lightweight Charts (Apache-2.0, see /vendor/lightweight-charts.NOTICE.txt), which is loaded when the first chart appears.
//
// It draws into a shadow root, so that the page around it stays as the server rendered it. Times are UTC.

import { Candles, amount, axis, bar, fixed, instant, paneAxis, percent, significant, volumeBar } from "/candles.js";

const PAGE = 1000; // candles per request
const MOST = 5000; // the server's limit for one answer
const FIRST_VIEW = 250; // candles in view at first, fewer on a narrow screen
const QUIET_MS = 60_000; // without news of the forming candle for so long, the chart is not called live
const AGAIN_MS = 1_000; // until the server is asked again for a closed candle that its answer did not have
const SERIES = ["exchange", "symbol", "interval"];
const COLOURS = ["#f2a33a", "#4fa3ff", "#c792ea", "#5fd38d", "#ff7eb6", "#7fdbff", "#d4c94a", "#b0bec5"];
const BANDS = ["upper", "middle", "lower"]; // lines of one indicator that belong together and share a colour
const STYLE = `
  :host { color: var(--text); touch-action: pan-y; font: 12px/1.5 var(--font); font-variant-numeric: tabular-nums; }
  .canvas { position: absolute; inset: 0; }
  .legend { position: absolute; z-index: 3; top: 8px; left: 12px; right: 76px; display: flex; flex-direction: column; gap: 1px; pointer-events: none; }
  .row { width: fit-content; padding: 0 4px; margin-left: -4px; border-radius: 4px; background: color-mix(in srgb, var(--surface) 72%, transparent); display: flex; flex-wrap: wrap; gap: 0 10px; }
  .row b { font-weight: 600; }
  .name { color: var(--muted); }
  .up { color: var(--up-text); } .down { color: var(--down-text); } .made { color: var(--synthetic); }
  .message { position: absolute; z-index: 4; inset: 0; display: grid; place-content: center; justify-items: center; gap: 12px; padding: 24px; text-align: center; background: var(--surface); font-size: 14px; color: var(--muted); }
  .message[hidden] { display: none; }
  .message button { font: inherit; color: var(--text); background: var(--raised); border: 1px solid var(--line-strong); border-radius: 7px; padding: 6px 14px; cursor: pointer; }
  .spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .busy { position: absolute; z-index: 3; left: 0; top: 0; height: 2px; width: 100%; background: linear-gradient(90deg, transparent, var(--accent), transparent); opacity: 0; transition: opacity 0.2s; }
  .busy.on { opacity: 1; }
`;

class CandleChart extends HTMLElement {
  static observedAttributes = ["exchange", "symbol", "interval", "indicators", "scale", "resets"];

  #library = null;
  #chart = null;
  #candles = null;
  #main = null;
  #volumes = null;
  #lines = [];
  #parts = null;
  #request = null;
  #cursor = null;
  #themes = null;
  #isLoading = false;
  #live = null;
  #quiet = null;
  #changed = new Set();
  /** The open time of the latest candle that is known to be closed. */
  #closed = 0;
  /** The open time of the candle under the crosshair. */
  #hovered = null;
  /** In pixels. */
  #legendHeight = 0;

  connectedCallback() {
    if (!this.#parts) this.#build();
    addEventListener("keydown", this.#key);
    this.#themes = new MutationObserver(() => this.#paint());
    this.#themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.#start();
  }

  disconnectedCallback() {
    removeEventListener("keydown", this.#key);
    clearTimeout(this.#quiet);
    this.#themes?.disconnect();
    this.#request?.abort();
    this.#live?.close();
    this.#chart?.remove();
    this.#chart = null;
    this.#candles = null;
    this.#lines = [];
  }

  attributeChangedCallback(name, before, after) {
    if (!this.#chart || before === after) return;
    // Another series changes several attributes at once, and is asked for once.
    if (this.#changed.size === 0) queueMicrotask(() => this.#take());
    this.#changed.add(name);
  }

  #take() {
    const changed = this.#changed;
    this.#changed = new Set();
    if (!this.#chart) return;
    if (changed.has("scale")) this.#applyScale();
    if (SERIES.some((name) => changed.has(name))) this.#reload(false);
    else if (changed.has("indicators")) this.#reload(true);
    else if (changed.has("resets")) this.#reset();
  }

  #build() {
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const make = (tag, name) => {
      const element = document.createElement(tag);
      element.className = name;
      root.append(element);
      return element;
    };
    this.#parts = {
      canvas: make("div", "canvas"),
      legend: make("div", "legend"),
      busy: make("div", "busy"),
      message: make("div", "message"),
      spoken: make("div", "spoken"),
    };
    this.#parts.spoken.setAttribute("role", "status");
    this.#tell("Loading candles");
  }

  /** Shows a message instead of the chart, with a way on if there is one; nothing removes it. */
  #tell(text, retry) {
    const { message } = this.#parts;
    message.replaceChildren();
    message.hidden = !text;
    if (!text) return;
    const line = document.createElement("span");
    line.textContent = text;
    message.append(line);
    if (retry) {
      const button = document.createElement("button");
      button.textContent = "Try again";
      button.addEventListener("click", retry);
      message.append(button);
    }
  }

  async #start() {
    try {
      this.#library ??= await import("/vendor/lightweight-charts.js");
    } catch {
      this.#tell("The chart could not be loaded. Check that the server is running.", () => this.#start());
      return;
    }
    if (!this.isConnected || this.#chart) return;
    const { createChart, CandlestickSeries, HistogramSeries } = this.#library;
    this.#chart = createChart(this.#parts.canvas, {
      autoSize: true,
      layout: { attributionLogo: true },
      // A swipe up or down scrolls the page.
      handleScroll: { vertTouchDrag: false },
    });
    this.#main = this.#chart.addSeries(CandlestickSeries, { borderVisible: false });
    this.#volumes = this.#chart.addSeries(HistogramSeries, {
      priceScaleId: "volume", priceFormat: { type: "volume" }, lastValueVisible: false, priceLineVisible: false,
    });
    this.#chart.priceScale("volume").applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
    this.#chart.subscribeCrosshairMove((event) => this.#hover(event));
    this.#chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      if (range && range.from < 60) this.#loadEarlier();
    });
    this.#paint();
    this.#applyScale();
    await this.#reload(false);
  }

  /** Asks the server for candles; `null` when another request took over. */
  async #fetch(limit, before) {
    const query = new URLSearchParams([
      ...SERIES.map((name) => [name, this.getAttribute(name)]),
      ["limit", String(Math.min(limit, MOST))],
      ["indicators", this.getAttribute("indicators") ?? ""],
      // What is no indicator is said in the legend; the others show.
      ["known_only", "true"],
    ]);
    if (before !== undefined) query.set("before", String(before));
    const request = new AbortController();
    this.#request = request;
    this.#isLoading = true;
    this.#parts.busy.classList.add("on");
    try {
      const answer = await fetch(`/api/candles?${query}`, { signal: request.signal, headers: { accept: "application/json" } });
      const body = await answer.json().catch(() => ({}));
      if (!answer.ok) throw new Error(complaint(body, answer.status));
      return this.#request === request ? body : null;
    } catch (error) {
      if (error.name === "AbortError") return null;
      throw error instanceof TypeError ? new Error("The server does not answer.") : error;
    } finally {
      if (this.#request === request) {
        this.#isLoading = false;
        this.#parts.busy.classList.remove("on");
      }
    }
  }

  /** Reads the candles anew; the view stays where it is when the series is the same. */
  async #reload(isSame) {
    this.#request?.abort();
    const view = isSame ? this.#chart.timeScale().getVisibleRange() : null;
    const forming = isSame ? this.#candles?.forming : null;
    if (!isSame) {
      this.#live?.close();
      this.#live = null;
      this.#closed = 0;
      this.#hovered = null;
      this.#tellPage("", null);
    }
    try {
      const answer = await this.#fetch(isSame ? Math.max(PAGE, this.#candles?.length ?? 0) : PAGE);
      if (!answer || !this.#chart) return;
      this.#candles = new Candles(answer);
    } catch (error) {
      this.#tell(error.message, () => this.#reload(isSame));
      return;
    }
    if (forming) this.#candles.form(forming);
    this.#tell(this.#candles.length === 0 ? "There are no candles in this series." : "");
    this.#rebuildLines();
    this.#draw();
    if (view) this.#chart.timeScale().setVisibleRange(view);
    else this.#reset();
    this.#legend();
    if (!this.#live) this.#listen();
    // A candle that closed while the answer was on its way.
    if (this.#closed > this.#candles.closed) setTimeout(() => this.#catchUp(), AGAIN_MS);
  }

  #catchUp() {
    if (this.#chart && !this.#isLoading && this.#closed > (this.#candles?.closed ?? 0)) this.#reload(true);
  }

  /** Takes candles as they happen; the browser connects again by itself when the line breaks. */
  #listen() {
    const query = new URLSearchParams(SERIES.map((name) => [name, this.getAttribute(name)]));
    const live = new EventSource(`/api/live?${query}`);
    let wasLost = false;
    live.addEventListener("message", (event) => this.#happen(JSON.parse(event.data)));
    live.addEventListener("error", () => {
      wasLost = true;
      this.#tellPage("lost", this.#candles?.forming ?? null);
    });
    live.addEventListener("open", () => {
      // Nobody told what closed meanwhile.
      if (wasLost) this.#reload(true);
      wasLost = false;
      this.#tellPage("", this.#candles?.forming ?? null);
    });
    this.#live = live;
  }

  #happen(candle) {
    const candles = this.#candles;
    if (!candles || candles.length === 0) return;
    if (candle.closed) {
      // Indicators are the server's to compute: a closed candle brings the whole window anew.
      if (candle.time <= Math.max(candles.closed, this.#closed)) return;
      this.#closed = candle.time;
      if (!this.#isLoading) this.#reload(true);
      this.#tellPage(this.dataset.state ?? "", null, true);
      return;
    }
    if (candle.time <= this.#closed || !candles.form(candle)) return;
    this.#main.update(bar(candle));
    this.#volumes.update(volumeBar(candle, ...this.#volumeColours()));
    if (this.#hovered === null || this.#hovered === candle.time) this.#legend();
    // The volume too: in a quiet minute the price stands still.
    this.dataset.live = `${candle.close} ${candle.volume}`;
    this.#tellPage("live", candle);
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.#tellPage("", this.#candles?.forming ?? null), QUIET_MS);
  }

  /** Tells the page around: how the line to the server is, the candle that is forming, and whether one has closed. */
  #tellPage(state, forming, hasClosed = false) {
    this.dataset.state = state;
    const detail = JSON.stringify({ state, forming, has_closed: hasClosed });
    this.dispatchEvent(new CustomEvent("live", { detail }));
  }

  async #loadEarlier() {
    if (this.#isLoading || !this.#candles?.has_earlier) return;
    try {
      const answer = await this.#fetch(PAGE, this.#candles.time[0]);
      if (!answer || !this.#candles) return;
      this.#candles.prepend(answer);
      this.#draw();
    } catch {
      // The candles at hand stay; panning on asks again.
    }
  }

  #volumeColours() {
    return [this.#colour("--up") + "55", this.#colour("--down") + "55"];
  }

  #draw() {
    const candles = this.#candles;
    const priceFormat = axis(candles.price_decimals);
    this.#main.applyOptions({ priceFormat });
    this.#main.setData(candles.bars());
    this.#volumes.setData(candles.volumes(...this.#volumeColours()));
    this.#lines.forEach((line, index) => {
      const columns = candles.columnsOf(line.indicator);
      line.digits = line.isOverlay ? candles.price_decimals : significant(columns);
      line.series.applyOptions({ priceFormat: line.isOverlay ? priceFormat : paneAxis(columns) });
      line.series.setData(candles.points(candles.lines[index]));
    });
  }

  #rebuildLines() {
    const { LineSeries, HistogramSeries } = this.#library;
    for (const line of this.#lines) this.#chart.removeSeries(line.series);
    while (this.#chart.panes().length > 1) this.#chart.removePane(this.#chart.panes().length - 1);
    const panes = new Map();
    let next = 0;
    let before = null;
    this.#lines = this.#candles.lines.map((line) => {
      const isOverlay = line.pane === "overlay";
      if (!isOverlay && !panes.has(line.indicator)) panes.set(line.indicator, panes.size + 1);
      const pane = isOverlay ? 0 : panes.get(line.indicator);
      const isBand = BANDS.includes(line.name) && before === line.indicator;
      const colour = COLOURS[(isBand ? next - 1 : next++) % COLOURS.length];
      before = line.indicator;
      const isBars = line.name === "histogram";
      const series = this.#chart.addSeries(isBars ? HistogramSeries : LineSeries, {
        color: isBars ? colour + "88" : colour, lineWidth: 1.5, lineStyle: line.name === "middle" ? 2 : 0, priceLineVisible: false, lastValueVisible: !isOverlay,
        crosshairMarkerVisible: false,
      }, pane);
      for (const level of levels(line.indicator, line.name)) {
        series.createPriceLine({ price: level, color: this.#colour("--line-strong"), lineStyle: 2, lineWidth: 1, axisLabelVisible: false });
      }
      return { series, colour, indicator: line.indicator, isOverlay, digits: 2 };
    });
    const all = this.#chart.panes();
    all.forEach((pane, index) => pane.setStretchFactor(index === 0 ? 3 : 1));
    this.#applyScale();
  }

  #colour(name) {
    return getComputedStyle(this).getPropertyValue(name).trim();
  }

  /** Takes the page's colours. */
  #paint() {
    if (!this.#chart) return;
    const colour = (name) => this.#colour(name);
    const grid = { color: colour("--line") + "88" };
    this.#chart.applyOptions({
      layout: {
        background: { color: colour("--surface") }, textColor: colour("--muted"), fontFamily: colour("--font"), fontSize: 11,
        panes: { separatorColor: colour("--line"), separatorHoverColor: colour("--accent-soft") },
      },
      grid: { vertLines: grid, horzLines: grid },
      crosshair: { mode: 0, vertLine: { labelBackgroundColor: colour("--accent-fill") }, horzLine: { labelBackgroundColor: colour("--accent-fill") } },
      rightPriceScale: { borderColor: colour("--line") },
      timeScale: { borderColor: colour("--line"), timeVisible: true, secondsVisible: false, rightOffset: 2, minBarSpacing: 0.5 },
      localization: { timeFormatter: (seconds) => instant(seconds * 1000) },
    });
    const [up, down] = [colour("--up"), colour("--down")];
    this.#main.applyOptions({ upColor: up, downColor: down, wickUpColor: up, wickDownColor: down });
    if (this.#candles) this.#draw();
  }

  /** Prices may be shown on a logarithmic scale; what other panes show may be below zero. */
  #applyScale() {
    const { Logarithmic, Normal } = this.#library.PriceScaleMode;
    const isLog = this.getAttribute("scale") === "log";
    this.#chart.panes().forEach((pane, index) => {
      // A pane is made with the mode and the margins that were set last, for whichever pane.
      const scaleMargins = index === 0 ? { top: this.#room(), bottom: 0.2 } : { top: 0.1, bottom: 0.1 };
      const mode = index === 0 && isLog ? Logarithmic : Normal;
      this.#chart.priceScale("right", index).applyOptions({ mode, scaleMargins });
    });
  }

  /** The part of the price pane that candles leave to the legend. */
  #room() {
    const height = this.#chart.panes()[0].getHeight();
    return Math.min(0.45, Math.max(0.14, (this.#legendHeight + 16) / Math.max(height, 1)));
  }

  /** The mode of each pane's scale, from above: 1 is logarithmic. */
  scales() {
    return this.#chart.panes().map((_, index) => this.#chart.priceScale("right", index).options().mode);
  }

  /** Shows the latest candles at the usual width. */
  #reset() {
    if (!this.#candles) return;
    const count = Math.min(FIRST_VIEW, Math.max(60, Math.floor(this.clientWidth / 5)));
    this.#chart.priceScale("right").applyOptions({ autoScale: true });
    this.#chart.timeScale().setVisibleLogicalRange({ from: this.#candles.last + 1 - count, to: this.#candles.last + 3 });
    this.#cursor = null;
    this.#hovered = null;
    this.#chart.clearCrosshairPosition();
  }

  #hover(event) {
    this.#hovered = event.time === undefined ? null : event.time * 1000;
    this.#legend();
  }

  /** Writes the candle under the crosshair, or else the latest one. */
  #legend() {
    const candles = this.#candles;
    if (!candles || candles.last < 0) return;
    const found = this.#hovered === null ? -1 : candles.indexOf(this.#hovered);
    const index = found < 0 ? candles.last : found;
    const { time, open, high, low, close, volume, source, isForming } = candles.at(index);
    const price = (value) => fixed(value, candles.price_decimals);
    const tone = close < open ? "down" : "up";
    const change = open === 0 ? "" : ` ${percent(close / open - 1)}`;
    const row = cells([
      [instant(time), "", "name"],
      ["O", price(open), tone], ["H", price(high), tone], ["L", price(low), tone], ["C", price(close) + change, tone],
      ["V", amount(volume, candles.volume_decimals), tone],
    ]);
    if (source === "synthetic") row.append(cell("Synthetic", "", "made"));
    if (isForming) row.append(cell("Forming", "", "name"));
    const rows = [row];
    if (this.#lines.length > 0) rows.push(this.#values(Math.min(index, candles.length - 1)));
    for (const { message } of candles.refused) rows.push(cells([[message, "", "down"]]));
    this.#parts.legend.replaceChildren(...rows);
    const height = this.#parts.legend.offsetHeight;
    if (height !== this.#legendHeight) {
      this.#legendHeight = height;
      this.#applyScale();
    }
  }

  /** The values of the indicators at a closed candle. */
  #values(index) {
    const entries = new Map();
    this.#lines.forEach((line, place) => {
      const value = this.#candles.lines[place]?.values[index];
      if (!entries.has(line.indicator)) entries.set(line.indicator, cell(line.indicator, "", ""));
      const text = document.createElement("b");
      const write = line.isOverlay ? fixed : amount;
      text.textContent = ` ${value === null || value === undefined ? "n/a" : write(value, line.digits)}`;
      // Bright lines are pale letters on a white page.
      text.style.color = `color-mix(in srgb, ${line.colour} 60%, var(--text))`;
      entries.get(line.indicator).append(text);
    });
    const row = cells([]);
    row.append(...entries.values());
    return row;
  }

  /** Keys reach the chart wherever the focus is, but for fields, and for arrows where something else may want them. */
  #key = (event) => {
    const isTaken = event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey;
    if (isTaken || !this.#candles || isTyping(event)) return;
    const isHere = event.target === this || event.target === document.body || event.target.id === "content";
    const step = event.shiftKey ? 10 : 1;
    const moves = {
      ArrowLeft: () => this.#move(-step), ArrowRight: () => this.#move(step),
      Home: () => this.#move(-Infinity), End: () => this.#move(Infinity),
    };
    const zooms = { "+": () => this.#zoom(0.8), "=": () => this.#zoom(0.8), "-": () => this.#zoom(1.25) };
    // Without the focus, Home and End scroll the page.
    const isPageKey = event.target !== this && (event.key === "Home" || event.key === "End");
    const act = zooms[event.key] ?? (isHere && !isPageKey ? moves[event.key] : undefined);
    if (!act) return;
    event.preventDefault();
    act();
  };

  #move(step) {
    const candles = this.#candles;
    const { last } = candles;
    if (last < 0) return;
    const from = this.#cursor === null ? last + (step < 0 ? 1 : 0) : this.#index();
    const index = Math.max(0, Math.min(last, from + step));
    const candle = candles.at(index);
    // The cursor is a time: earlier candles may arrive and shift every index.
    this.#cursor = candle.time;
    this.#hovered = candle.time;
    this.#chart.setCrosshairPosition(candle.close, candle.time / 1000, this.#main);
    this.#legend();
    const range = this.#chart.timeScale().getVisibleLogicalRange();
    if (range && (index < range.from + 1 || index > range.to - 1)) {
      const half = (range.to - range.from) / 2;
      this.#chart.timeScale().setVisibleLogicalRange({ from: index - half, to: index + half });
    }
    const at = (name) => fixed(candle[name], candles.price_decimals);
    this.#parts.spoken.textContent =
      `${instant(candle.time)}: open ${at("open")}, high ${at("high")}, low ${at("low")}, close ${at("close")}`;
  }

  #index() {
    const index = this.#candles.indexOf(this.#cursor);
    return index >= 0 ? index : this.#candles.last;
  }

  #zoom(factor) {
    const scale = this.#chart.timeScale();
    const range = scale.getVisibleLogicalRange();
    if (!range) return;
    const width = Math.max(10, (range.to - range.from) * factor);
    const anchor = this.#cursor === null ? range.to : this.#index();
    const share = (anchor - range.from) / (range.to - range.from);
    scale.setVisibleLogicalRange({ from: anchor - width * share, to: anchor + width * (1 - share) });
  }
}

/** What the server's refusal says. */
function complaint(body, status) {
  if (body.error === "unauthenticated") return "Your session has ended. Sign in again.";
  if (body.error === "invalid" && body.fields?.length) return body.fields.map((fault) => fault.message).join(" ");
  return body.message ?? `The server could not answer (${status}).`;
}

/** Levels that a reader expects in an oscillator's pane. */
function levels(indicator, name) {
  if (name === "rsi") return [30, 70];
  if (indicator.startsWith("stochastic") && name === "k") return [20, 80];
  return [];
}

function cell(name, value, tone) {
  const element = document.createElement("span");
  const title = document.createElement("span");
  title.className = tone === "made" ? "made" : "name";
  title.textContent = value ? `${name} ` : name;
  const text = document.createElement("b");
  text.className = tone;
  text.textContent = value;
  element.append(title, text);
  return element;
}

function cells(entries) {
  const row = document.createElement("div");
  row.className = "row";
  row.append(...entries.map((entry) => cell(...entry)));
  return row;
}

/** Whether a key goes into a text. */
function isTyping(event) {
  const [element] = event.composedPath();
  return element instanceof Element && (element.matches("input, select, textarea") || element.isContentEditable);
}

if (!customElements.get("candle-chart")) customElements.define("candle-chart", CandleChart);
