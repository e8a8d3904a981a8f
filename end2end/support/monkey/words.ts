// What the monkey types and chooses: right, odd and wrong values for the fields of the product.
import { NAME, PASSWORD } from "../user.ts";
import type { Control } from "./page_watch.ts";
import type { Random } from "./random.ts";

const WORDS: [RegExp, string[]][] = [
  [/symbol/, ["BTCUSDT", "ETHUSDT", "SOLUSDT", "btcusdt", "NOSUCHUSDT", "€", "A B"]],
  [/^add$|indicator/, ["ema(34)", "sma(7)", "rsi(2)", "bollinger(20, 2)", "atr(5)", "smaa(3)", "sma(0)", "nonsense", "ema(5"]],
  [/days/, ["30", "7", "0", "-1", "many"]],
  [/capital/, ["10000", "1", "250.50", "0", "lots", "10,000"]],
  [/commission|slippage/, ["0.1", "0", "5", "-1", "0.05 %"]],
  [/date|start|end/, ["2024-02-01", "2024-05-31", "2023-01-01", "tomorrow"]],
  [/period|oversold|overbought|window|length/, ["14", "7", "30", "0", "x"]],
];

/** A text for a field; one password for all, so that the monkey can always sign in again. */
export function wordFor(control: Control, path: string, random: Random): string {
  if (control.type === "password") return PASSWORD;
  if (control.type === "date") return `${random.between(2023, 2024)}-0${random.between(1, 6)}-${random.between(10, 28)}`;
  if (control.type === "number") return String(random.between(1, 60));
  if (control.target === "name") return path.startsWith("/signin") ? NAME : `user${random.between(1, 9999)}`;
  const words = WORDS.find(([pattern]) => pattern.test(control.target))?.[1];
  return random.pick(words ?? ["12", "hello", "ü ß 漢"]);
}

/** A value for a choice; what would keep a small machine busy for minutes is left out. */
export function optionFor(control: Control, random: Random): string | undefined {
  const sensible = control.options.filter((value) => {
    if (/interval/.test(control.target)) return /^(1h|4h|1d)$/.test(value);
    if (/range/.test(control.target)) return /^(30|90|custom)$/.test(value);
    if (/exchange/.test(control.target)) return random.chance(0.2) || value === "demo";
    return true;
  });
  return sensible.length > 0 ? random.pick(sensible) : undefined;
}

/** A small file of candles, or one that is none. */
export function fileFor(random: Random): { name: string; mimeType: string; buffer: Buffer } {
  const start = Date.UTC(2024, 0, 1 + random.between(0, 20));
  const rows = Array.from({ length: 24 }, (_, hour) => {
    const open = start + hour * 3_600_000;
    return `${open},100,101,99,100.5,12,${open + 3_599_999},1206,5,6,603,0`;
  });
  const text = random.chance(0.8) ? rows.join("\n") : "this is,no candle\n";
  return { name: "BTCUSDT-1h.csv", mimeType: "text/csv", buffer: Buffer.from(text) };
}
