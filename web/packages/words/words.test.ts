import { expect, it } from "vitest";
import { count, LOCALES, say } from "./index.ts";

it("fills in facts and misses none silently", () => {
  expect(say("en", "late.by", { minutes: 7 })).toBe("7 min late");
  expect(() => say("es", "late.by")).toThrow("minutes");
});

it("does not take a fact for a text with facts", () => {
  expect(say("en", "search.none", { text: "{count} $& <b>" })).toContain("{count} $& <b>");
});

it("counts in every language", () => {
  expect(LOCALES.map((locale) => count(locale, "stops", 1))).toEqual(["1 parada", "1 stop", "1 parada"]);
  expect(count("es", "stops", 0)).toBe("0 paradas");
  expect(count("en", "orders", 1200)).toBe("1,200 orders");
});
