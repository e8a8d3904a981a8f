// <candle-chart exchange symbol interval indicators scale resets>: candles, volume and indicators, drawn with TradingView's
// Lightweight Charts (Apache-2.0, see /vendor/lightweight-charts.NOTICE.txt), which is loaded when the first chart appears.
//
// It draws into a shadow root, so that the page around it stays as the server rendered it. Times are UTC.

const PAGE = 1000; // candles per request
const MOST = 5000; // the server's limit for one answer
const FIRST_VIEW = 250; // candles in view at first, fewer on a narrow screen
const COLOURS = ["#f2a33a", "#4fa3ff", "#c792ea", "#5fd38d", "#ff7eb6", "#7fdbff", "#d4c94a", "#b0bec5"];
const BANDS = ["upper", "middle", "lower"]; // lines of one indicator that belong together and share a colour
const STYLE = `
  :host { color: var(--text); font: 12px/1.5 var(--font); font-variant-numeric: tabular-nums; }
  .canvas { position: absolute; inset: 0; }
  .legend { position: absolute; z-index: 3; top: 8px; left: 12px; right: 76px; display: flex; flex-direction: column; gap: 1px; pointer-events: none; }
  .row { display: flex; flex-wrap: wrap; gap: 0 10px; }
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

/** A price with decimals by its magnitude, as everywhere in the product. */
function decimals(value) {
  const size = Math.abs(value);
  if (size >= 100 || size === 0) return 2;
  if (size >= 10) return 3;
  if (size >= 1) return 4;
  if (size >= 1e-4) return 5;
  return size >= 1e-6 ? 8 : 11;
}

const price = (value) => value.toFixed(decimals(value));

function volume(value) {
  for (const [unit, size] of [["B", 1e9], ["M", 1e6], ["K", 1e3]]) {
    if (value >= size) return (value / size).toFixed(2) + unit;
  }
  return price(value);
}

/** `2024-01-31 10:00` from seconds since the epoch. */
const instant = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");

/** Candles as columns, growing to the left as earlier ones arrive. */
class Candles {
  constructor(answer) {
    Object.assign(this, answer);
    this.sources = Candles.#sources(answer);
  }

  static #sources(answer) {
    return answer.provenance.flatMap((run) => new Array(run.count).fill(run.provenance));
  }

  get length() {
    return this.time.length;
  }

  /** Puts earlier candles before these. */
  prepend(earlier) {
    for (const column of ["time", "open", "high", "low", "close", "volume"]) {
      this[column] = earlier[column].concat(this[column]);
    }
    this.sources = Candles.#sources(earlier).concat(this.sources);
    this.has_earlier = earlier.has_earlier;
    this.lines = this.lines.map((line) => {
      const same = earlier.lines.find((other) => other.indicator === line.indicator && other.name === line.name);
      const before = same ? same.values : new Array(earlier.time.length).fill(null);
      return { ...line, values: before.concat(line.values) };
    });
  }

  seconds(index) {
    return this.time[index] / 1000;
  }

  bars() {
    return this.time.map((ms, i) => (
      { time: ms / 1000, open: this.open[i], high: this.high[i], low: this.low[i], close: this.close[i] }
    ));
  }

  volumes(up, down) {
    return this.time.map((ms, i) => (
      { time: ms / 1000, value: this.volume[i], color: this.close[i] < this.open[i] ? down : up }
    ));
  }

  points(line) {
    // A point without a value keeps the line from bridging a stretch where the indicator is undefined.
    return this.time.map((ms, i) => {
      const value = line.values[i];
      return value === null ? { time: ms / 1000 } : { time: ms / 1000, value };
    });
  }
}

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
  #unfinished = null;

  connectedCallback() {
    if (!this.#parts) this.#build();
    this.addEventListener("keydown", this.#key);
    this.#themes = new MutationObserver(() => this.#paint());
    this.#themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.#start();
  }

  disconnectedCallback() {
    this.removeEventListener("keydown", this.#key);
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
    if (name === "scale") this.#applyScale();
    else if (name === "resets") this.#reset();
    else this.#reload(name === "indicators");
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
    this.#chart = createChart(this.#parts.canvas, { autoSize: true, layout: { attributionLogo: true } });
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
    this.#chart.priceScale("right").applyOptions({ scaleMargins: { top: 0.14, bottom: 0.2 } });
    await this.#reload(false);
  }

  /** Asks the server for candles; `null` when another request took over. */
  async #fetch(limit, before) {
    const query = new URLSearchParams({
      exchange: this.getAttribute("exchange"),
      symbol: this.getAttribute("symbol"),
      interval: this.getAttribute("interval"),
      limit: String(Math.min(limit, MOST)),
      indicators: this.getAttribute("indicators") ?? "",
    });
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

  /** Reads the candles anew; the view stays where it is when only the indicators changed. */
  async #reload(keepView) {
    this.#request?.abort();
    const view = keepView ? this.#chart.timeScale().getVisibleRange() : null;
    try {
      const answer = await this.#fetch(keepView ? Math.max(PAGE, this.#candles?.length ?? 0) : PAGE);
      if (!answer || !this.#chart) return;
      this.#candles = new Candles(answer);
    } catch (error) {
      this.#tell(error.message, () => this.#reload(keepView));
      return;
    }
    this.#tell(this.#candles.length === 0 ? "There are no candles in this series." : "");
    this.#rebuildLines();
    this.#draw();
    if (view) this.#chart.timeScale().setVisibleRange(view);
    else this.#reset();
    this.#legend(this.#candles.length - 1);
    if (!keepView || !this.#live) this.#listen();
  }

  /** Takes candles as they happen; the browser connects again by itself when the line breaks. */
  #listen() {
    this.#live?.close();
    const query = new URLSearchParams(
      ["exchange", "symbol", "interval"].map((name) => [name, this.getAttribute(name)]),
    );
    this.#live = new EventSource(`/api/live?${query}`);
    this.#live.addEventListener("message", (event) => this.#happen(JSON.parse(event.data)));
  }

  #happen(candle) {
    const candles = this.#candles;
    const last = candles?.time[candles.length - 1];
    // Indicators and what was missed meanwhile are the server's to compute: a closed candle brings the whole window anew.
    if (last === undefined || candle.time < last || this.#isLoading) return;
    if (candle.closed && (candle.time > last || this.#unfinished === candle.time)) {
      this.#unfinished = null;
      this.#reload(true);
      return;
    }
    if (candle.closed) return;
    this.#unfinished = candle.time;
    const time = candle.time / 1000;
    const { open, high, low, close } = candle;
    this.#main.update({ time, open, high, low, close });
    const colour = this.#colour(close >= open ? "--up" : "--down") + "55";
    this.#volumes.update({ time, value: candle.volume, color: colour });
    // The volume too: in a quiet minute the price stands still.
    this.dataset.live = `${close} ${candle.volume}`;
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

  #draw() {
    const candles = this.#candles;
    const last = candles.close[candles.length - 1] ?? 1;
    const precision = decimals(last);
    this.#main.applyOptions({ priceFormat: { type: "price", precision, minMove: 10 ** -precision } });
    this.#main.setData(candles.bars());
    this.#volumes.setData(candles.volumes(this.#colour("--up") + "55", this.#colour("--down") + "55"));
    this.#lines.forEach((line, index) => line.series.setData(candles.points(candles.lines[index])));
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
        crosshairMarkerVisible: false, priceFormat: isOverlay ? this.#main.options().priceFormat : { type: "price", precision: 2, minMove: 0.01 },
      }, pane);
      for (const level of levels(line.indicator, line.name)) {
        series.createPriceLine({ price: level, color: this.#colour("--line-strong"), lineStyle: 2, lineWidth: 1, axisLabelVisible: false });
      }
      return { series, colour, indicator: line.indicator };
    });
    const all = this.#chart.panes();
    all.forEach((pane, index) => pane.setStretchFactor(index === 0 ? 3 : 1));
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
      localization: { timeFormatter: instant },
    });
    const [up, down] = [colour("--up"), colour("--down")];
    this.#main.applyOptions({ upColor: up, downColor: down, wickUpColor: up, wickDownColor: down });
    if (this.#candles) this.#draw();
  }

  #applyScale() {
    const { PriceScaleMode } = this.#library;
    const mode = this.getAttribute("scale") === "log" ? PriceScaleMode.Logarithmic : PriceScaleMode.Normal;
    this.#chart.priceScale("right").applyOptions({ mode });
  }

  /** Shows the latest candles at the usual width. */
  #reset() {
    if (!this.#candles) return;
    const count = Math.min(FIRST_VIEW, Math.max(60, Math.floor(this.clientWidth / 5)));
    this.#chart.priceScale("right").applyOptions({ autoScale: true });
    this.#chart.timeScale().setVisibleLogicalRange({ from: this.#candles.length - count, to: this.#candles.length + 2 });
    this.#cursor = null;
    this.#chart.clearCrosshairPosition();
  }

  #hover(event) {
    const candles = this.#candles;
    if (!candles || candles.length === 0) return;
    const index = event.time === undefined ? -1 : bisect(candles.time, event.time * 1000);
    this.#legend(index >= 0 ? index : candles.length - 1);
  }

  #legend(index) {
    const candles = this.#candles;
    if (!candles || index < 0 || index >= candles.length) return;
    const [open, high, low, close] = [candles.open[index], candles.high[index], candles.low[index], candles.close[index]];
    const tone = close < open ? "down" : "up";
    const change = open === 0 ? "" : ` ${close < open ? "" : "+"}${(100 * (close / open - 1)).toFixed(2)}%`;
    const row = cells([
      [instant(candles.seconds(index)), "", "name"],
      ["O", price(open), tone], ["H", price(high), tone], ["L", price(low), tone], ["C", price(close) + change, tone],
      ["V", volume(candles.volume[index]), tone],
    ]);
    if (candles.sources[index] === "synthetic") row.append(cell("Synthetic", "", "made"));
    const rows = [row];
    if (this.#lines.length > 0) {
      const entries = new Map();
      this.#lines.forEach((line, place) => {
        const value = candles.lines[place]?.values[index];
        if (!entries.has(line.indicator)) entries.set(line.indicator, cell(line.indicator, "", ""));
        const text = document.createElement("b");
        text.textContent = ` ${value === null || value === undefined ? "n/a" : price(value)}`;
        text.style.color = line.colour;
        entries.get(line.indicator).append(text);
      });
      const indicators = cells([]);
      indicators.append(...entries.values());
      rows.push(indicators);
    }
    this.#parts.legend.replaceChildren(...rows);
  }

  #key = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.#candles || event.target !== this) return;
    const step = event.shiftKey ? 10 : 1;
    const act = {
      ArrowLeft: () => this.#move(-step), ArrowRight: () => this.#move(step),
      Home: () => this.#move(-Infinity), End: () => this.#move(Infinity),
      "+": () => this.#zoom(0.8), "=": () => this.#zoom(0.8), "-": () => this.#zoom(1.25),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };

  #move(step) {
    const candles = this.#candles;
    const last = candles.length - 1;
    const from = this.#cursor === null ? last + (step < 0 ? 1 : 0) : this.#index();
    const index = Math.max(0, Math.min(last, from + step));
    // The cursor is a time: earlier candles may arrive and shift every index.
    this.#cursor = candles.time[index];
    this.#chart.setCrosshairPosition(candles.close[index], candles.seconds(index), this.#main);
    this.#legend(index);
    const range = this.#chart.timeScale().getVisibleLogicalRange();
    if (range && (index < range.from + 1 || index > range.to - 1)) {
      const half = (range.to - range.from) / 2;
      this.#chart.timeScale().setVisibleLogicalRange({ from: index - half, to: index + half });
    }
    const at = (name) => price(candles[name][index]);
    this.#parts.spoken.textContent =
      `${instant(candles.seconds(index))}: open ${at("open")}, high ${at("high")}, low ${at("low")}, close ${at("close")}`;
  }

  #index() {
    const index = bisect(this.#candles.time, this.#cursor);
    return index >= 0 ? index : this.#candles.length - 1;
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

/** The index of a value in a rising list, or -1. */
function bisect(list, value) {
  let [low, high] = [0, list.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (list[middle] === value) return middle;
    if (list[middle] < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

if (!customElements.get("candle-chart")) customElements.define("candle-chart", CandleChart);
