import { expect, it } from "vitest";
import { fold } from "../../lib/fold.ts";
import { find, MAX_SHOWN, type Entry } from "./find.ts";

const entry = (title: string, detail = ""): Entry => ({ title, detail, target: { leftOut: 0 }, folded: fold(`${title} ${detail}`) });
const titles = (question: string, ...entries: Entry[]): string[] => find(entries, question).shown.map((each) => each.title);

it("finds without accents and case, every word anywhere", () => {
  expect(titles("NUNEZ pal", entry("R1 Núñez", "Palma"), entry("R2 Nunes"))).toEqual(["R1 Núñez"]);
});

it("puts first what begins with the question", () => {
  expect(titles("p-1", entry("R9", "near P-1"), entry("P-1"))).toEqual(["P-1", "R9"]);
});

it("shows a few and counts the rest; nothing is asked, nothing found", () => {
  const many = Array.from({ length: 20 }, (_, at) => entry(`P-${at}`));
  expect(find(many, "p-")).toMatchObject({ more: 20 - MAX_SHOWN });
  expect(find(many, "  ").shown).toEqual([]);
});
