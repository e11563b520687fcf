import { describe, expect, it } from "vitest";
import { assignColours, DARK, difference, lab, LIGHT } from "./palette.ts";

const luminance = (hex: string): number => {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one: string, other: string): number => {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
};

/** The colour as deutan or protan eyes see it (Machado, Oliveira, Fernandes 2009, full severity). */
const EYES = {
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
};
function seen(hex: string, eye: number[][]): string {
  const linear = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const parts = eye.map((row) => Math.max(0, Math.min(1, row.reduce((sum, weight, at) => sum + weight * linear[at]!, 0))));
  const coded = parts.map((part) => (part <= 0.0031308 ? 12.92 * part : 1.055 * part ** (1 / 2.4) - 0.055));
  return `#${coded.map((part) => Math.round(part * 255).toString(16).padStart(2, "0")).join("")}`;
}
const least = (colours: readonly string[]): number => {
  const labs = colours.map(lab);
  return Math.min(...labs.flatMap((one, at) => labs.slice(at + 1).map((other) => difference(one, other))));
};

describe("the palette", () => {
  it("has sixty colours, each once, in both themes", () => {
    expect(new Set(LIGHT).size).toBe(60);
    expect(new Set(DARK).size).toBe(60);
  });

  it("is seen on its ground: 3:1", () => {
    for (const colour of LIGHT) expect(contrast(colour, "#ffffff"), colour).toBeGreaterThan(3);
    for (const colour of DARK) expect(contrast(colour, "#15181e"), colour).toBeGreaterThan(3);
  });

  it("keeps colours apart, also for deutan and protan eyes", () => {
    expect(least(LIGHT.slice(0, 30))).toBeGreaterThan(0.065);
    expect(least(LIGHT)).toBeGreaterThan(0.04);
    for (const eye of Object.values(EYES)) expect(least(LIGHT.slice(0, 30).map((each) => seen(each, eye)))).toBeGreaterThan(0.03);
    for (const eye of Object.values(EYES)) expect(least(LIGHT.slice(0, 12).map((each) => seen(each, eye)))).toBeGreaterThan(0.065);
  });
});

describe("assigning colours", () => {
  it("gives every route its own while there are enough", () => {
    const middles = Array.from({ length: 60 }, (_, at) => [at % 8, Math.floor(at / 8)] as const);
    expect(new Set(assignColours(middles)).size).toBe(60);
  });

  it("gives neighbours colours that differ more than the palette's nearest pair", () => {
    const chosen = assignColours(Array.from({ length: 20 }, (_, at) => [at, 0] as const));
    for (let at = 1; at < chosen.length; at++) {
      expect(difference(lab(LIGHT[chosen[at]!]!), lab(LIGHT[chosen[at - 1]!]!))).toBeGreaterThan(0.12);
    }
  });

  it("begins again after sixty, and takes no routes", () => {
    expect(assignColours(Array.from({ length: 130 }, () => [0, 0] as const))).toHaveLength(130);
    expect(assignColours([])).toEqual([]);
  });
});
