import { describe, expect, it } from "vitest";
import { Format } from "./format.ts";

const pesos = new Format("es", "America/Santiago", "CLP", 1);
const pounds = new Format("en", "Europe/London", "GBP", 100);

describe("figures as people write them", () => {
  it("tells the time of the plan's zone, wherever the reader is", () => {
    expect(pesos.clock(Date.parse("2026-03-10T12:05:00Z"))).toBe("09:05");
    expect(pounds.clock(Date.parse("2026-07-10T23:05:00Z"))).toBe("00:05");
  });

  it("keeps the day whatever the zone of the reader", () => {
    expect(pesos.day("2026-03-10")).toContain("10 de marzo");
  });

  it("writes money with its units and its code", () => {
    expect(pesos.money(175855).replace(/\s/g, " ")).toBe("CLP 175.855");
    expect(pounds.money(12345).replace(/\s/g, " ")).toBe("GBP 123.45");
    expect(new Format("en", "UTC", "??", 100).money(100)).toBe("?? 1.00");
  });

  it("does not round to all or nothing", () => {
    expect(pounds.share(0.999)).toBe("99%");
    expect(pounds.share(1)).toBe("100%");
    expect(pounds.share(0.001)).toBe("1%");
    expect(pounds.share(0)).toBe("0%");
  });

  it("writes spans and lengths shortly", () => {
    expect([59, 3599, 3600, 359_000, 400_000].map((each) => pounds.hours(each))).toEqual(["1 min", "1 h 00", "1 h 00", "99 h 43", "111 h"]);
    expect([0, 12_345, 123_456].map((each) => pounds.km(each))).toEqual(["0 km", "12.3 km", "123 km"]);
    expect(pounds.minutesUp(61)).toBe(2);
  });
});
