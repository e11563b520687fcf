/** Figures, times and money as the reader's language writes them. Times are those of the plan's own zone. */
import type { Locale } from "@zaguan/words/index.ts";

const TAGS: Record<Locale, string> = { es: "es-CL", en: "en-GB", pt: "pt-BR" };

export class Format {
  readonly #tag: string;
  readonly #clock: Intl.DateTimeFormat;
  readonly #moment: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #whole: Intl.NumberFormat;
  readonly #tenths: Intl.NumberFormat;
  readonly #share: Intl.NumberFormat;
  readonly #currency: string;
  readonly #minorUnits: number;

  constructor(locale: Locale, timeZone: string, currency: string, minorUnits: number) {
    this.#tag = TAGS[locale];
    this.#clock = new Intl.DateTimeFormat(this.#tag, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });
    this.#moment = new Intl.DateTimeFormat(this.#tag, { dateStyle: "medium", timeStyle: "short", timeZone });
    this.#day = new Intl.DateTimeFormat(this.#tag, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
    this.#whole = new Intl.NumberFormat(this.#tag, { maximumFractionDigits: 0 });
    this.#tenths = new Intl.NumberFormat(this.#tag, { maximumFractionDigits: 1 });
    this.#share = new Intl.NumberFormat(this.#tag, { style: "percent", maximumFractionDigits: 0 });
    this.#currency = currency;
    this.#minorUnits = minorUnits;
  }

  clock(milliseconds: number): string {
    return this.#clock.format(milliseconds);
  }

  span(from: number, till: number): string {
    return `${this.clock(from)}–${this.clock(till)}`;
  }

  moment(text: string): string {
    return this.#moment.format(Date.parse(text));
  }

  /** A day without time, such as "2026-03-10". */
  day(text: string): string {
    return this.#day.format(Date.parse(`${text}T00:00:00Z`));
  }

  count(value: number): string {
    return this.#whole.format(value);
  }

  km(metres: number): string {
    const km = metres / 1000;
    return `${(km < 100 ? this.#tenths : this.#whole).format(km)} km`;
  }

  hours(seconds: number): string {
    const minutes = Math.round(seconds / 60);
    const hours = Math.floor(minutes / 60);
    if (hours >= 100) return `${this.#whole.format(minutes / 60)} h`;
    return hours > 0 ? `${hours} h ${String(minutes % 60).padStart(2, "0")}` : `${minutes} min`;
  }

  minutesUp(seconds: number): number {
    return Math.max(1, Math.ceil(seconds / 60));
  }

  /** Rounded away from all and nothing: 99.6 % on time is not 100 %. */
  share(value: number): string {
    const careful = value > 0.99 && value < 1 ? 0.99 : value > 0 && value < 0.01 ? 0.01 : value;
    return this.#share.format(careful);
  }

  money(minor: number): string {
    const amount = minor / this.#minorUnits;
    const digits = this.#minorUnits === 1 || Math.abs(amount) >= 1000 ? 0 : 2;
    const rest = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    try {
      const money = { style: "currency", currency: this.#currency, currencyDisplay: "code", ...rest } as const;
      return new Intl.NumberFormat(this.#tag, money).format(amount);
    } catch {
      return `${this.#currency} ${new Intl.NumberFormat(this.#tag, rest).format(amount)}`;
    }
  }

  kg(grams: number): string {
    return grams >= 1e6 ? `${this.#tenths.format(grams / 1e6)} t` : `${this.#tenths.format(grams / 1000)} kg`;
  }

  volume(millilitres: number): string {
    return millilitres >= 1e6 ? `${this.#tenths.format(millilitres / 1e6)} m³` : `${this.#whole.format(millilitres / 1000)} L`;
  }

  energy(units: number, energy: string): string {
    const unit = energy === "electric" ? "kWh" : energy === "gas" ? "kg" : "L";
    return `${this.#tenths.format(units)} ${unit}`;
  }
}
