import { expect, it } from "vitest";
import { decode } from "./polyline.ts";

it("reads the example of the format's own description", () => {
  expect(decode("_p~iF~ps|U_ulLnnqC_mqNvxq`@")).toEqual([[-120.2, 38.5], [-120.95, 40.7], [-126.453, 43.252]]);
});

it("reads nothing from nothing, and refuses what is cut off", () => {
  expect(decode("")).toEqual([]);
  expect(() => decode("_p~iF~ps|")).toThrow("cut off");
});
