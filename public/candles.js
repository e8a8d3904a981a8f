// Candles as the chart keeps them, and how their numbers are written. Used by chart.js.

/** A number with a fixed number of decimals, those of the series, which the server tells; thousands apart. */
export function fixed(value, digits) {
  const [whole, part] = value.toFixed(digits).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return part === undefined ? grouped : `${grouped}.${part}`;
}

/** The largest value without its sign. */
function top(columns) {
  let largest = 0;
  for (const column of columns) {
    for (const value of column) if (value !== null) largest = Math.max(largest, Math.abs(value));
  }
  return largest;
}

/** The decimals of an indicator's own pane: four significant digits of its largest value, and two at least. */
export function significant(columns) {
  const largest = top(columns);
  return largest === 0 ? 2 : Math.min(16, Math.max(2, 3 - Math.floor(Math.log10(largest))));
}

/** A number for people: `1.23M` for large ones, else with these decimals. */
export function amount(value, digits) {
  for (const [unit, size] of [["B", 1e9], ["M", 1e6], ["K", 1e3]]) {
    if (Math.abs(value) >= size) return (value / size).toFixed(2) + unit;
  }
  return fixed(value, digits);
}

/** A change as all pages write it: `+1.47 %`. */
export function percent(share) {
  const text = (100 * share).toFixed(2);
  if (Number(text) === 0) return "0.00 %";
  return `${share > 0 ? "+" : ""}${fixed(Number(text), 2)} %`;
}

/** How the library writes numbers on an axis. */
export const axis = (digits) => ({ type: "custom", minMove: 10 ** -digits, formatter: (value) => fixed(value, digits) });

/** The same for an indicator's own pane; on-balance volume and its like are counted in millions. */
export const paneAxis = (columns) => (top(columns) >= 1e6 ? { type: "volume", precision: 2 } : axis(significant(columns)));

/** `2024-01-31 10:00` from milliseconds since the epoch. */
export const instant = (ms) => new Date(ms).toISOString().slice(0, 16).replace("T", " ");

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

/** A candle and its volume as the library takes them. */
export const bar = ({ time, open, high, low, close }) => ({ time: time / 1000, open, high, low, close });
export const volumeBar = ({ time, open, close, volume }, up, down) => (
  { time: time / 1000, value: volume, color: close < open ? down : up }
);

/** Closed candles as columns, growing to the left as earlier ones arrive, and the one that is forming. */
export class Candles {
  /** `{ time, open, high, low, close, volume }` of the candle that is not closed yet. */
  forming = null;

  constructor(answer) {
    Object.assign(this, answer);
    this.sources = Candles.#sources(answer);
  }

  static #sources(answer) {
    return answer.provenance.flatMap((run) => new Array(run.count).fill(run.provenance));
  }

  /** The number of closed candles. */
  get length() {
    return this.time.length;
  }

  /** The index of the latest candle, the forming one included; -1 when there is none. */
  get last() {
    return this.length - 1 + (this.forming ? 1 : 0);
  }

  /** The open time of the latest closed candle. */
  get closed() {
    return this.time[this.length - 1];
  }

  /** Takes the candle that is forming; returns whether it is later than all closed ones. */
  form(candle) {
    if (candle.time <= this.closed) return false;
    this.forming = candle;
    return true;
  }

  at(index) {
    if (index === this.length && this.forming) return { ...this.forming, source: "", isForming: true };
    const { time, open, high, low, close, volume } = this;
    return {
      time: time[index], open: open[index], high: high[index], low: low[index], close: close[index], volume: volume[index],
      source: this.sources[index], isForming: false,
    };
  }

  indexOf(ms) {
    return this.forming?.time === ms ? this.length : bisect(this.time, ms);
  }

  /** Puts earlier candles before these. */
  prepend(earlier) {
    for (const column of ["time", "open", "high", "low", "close", "volume"]) {
      this[column] = earlier[column].concat(this[column]);
    }
    this.sources = Candles.#sources(earlier).concat(this.sources);
    this.has_earlier = earlier.has_earlier;
    this.price_decimals = Math.max(this.price_decimals, earlier.price_decimals);
    this.volume_decimals = Math.max(this.volume_decimals, earlier.volume_decimals);
    this.lines = this.lines.map((line) => {
      const same = earlier.lines.find((other) => other.indicator === line.indicator && other.name === line.name);
      const before = same ? same.values : new Array(earlier.time.length).fill(null);
      return { ...line, values: before.concat(line.values) };
    });
  }

  /** The values of all lines of an indicator: they share a pane. */
  columnsOf(indicator) {
    return this.lines.filter((line) => line.indicator === indicator).map((line) => line.values);
  }

  #each(make) {
    return Array.from({ length: this.last + 1 }, (_, index) => make(this.at(index)));
  }

  bars() {
    return this.#each(bar);
  }

  volumes(up, down) {
    return this.#each((candle) => volumeBar(candle, up, down));
  }

  points(line) {
    // A point without a value keeps the line from bridging a stretch where the indicator is undefined.
    return this.time.map((ms, i) => {
      const value = line.values[i];
      return value === null ? { time: ms / 1000 } : { time: ms / 1000, value };
    });
  }
}
