/** What the page says, in three languages: the same files that Python reads. */
import en from "@words/en/plan_page.json";
import es from "@words/es/plan_page.json";
import pt from "@words/pt/plan_page.json";

export type Word = keyof typeof en;
export type Facts = Record<string, string | number>;
export const LOCALES = ["es", "en", "pt"] as const;
export type Locale = (typeof LOCALES)[number];
export const NAMES: Record<Locale, string> = { es: "Español", en: "English", pt: "Português" };

const WORDS: Record<Locale, Record<Word, string>> = { es, en, pt };

export function isWord(key: string): key is Word {
  return key in en;
}

/** Return the text of a key, its `{facts}` filled in; a missing fact is a fault of the program. */
export function say(locale: Locale, key: Word, facts: Facts = {}): string {
  return WORDS[locale][key].replace(/\{(\w+)\}/g, (_, name: string) => {
    const fact = facts[name];
    if (fact === undefined) throw new Error(`${key} wants ${name}`);
    return String(fact);
  });
}

/** Return the text for a number of things: keys come in pairs, `stops_one` and `stops_other`. */
export function count(locale: Locale, noun: "stops" | "orders" | "straight", many: number): string {
  const form = new Intl.PluralRules(locale).select(many) === "one" ? "one" : "other";
  return say(locale, `${noun}_${form}`, { count: new Intl.NumberFormat(locale).format(many) });
}
