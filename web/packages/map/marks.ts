/** Small pictures that the map draws: depot, order left out, arrow. Drawn here, so none is loaded. */
import type { StyleImageMetadata } from "maplibre-gl";

const SIZE = 48;
const RATIO = 2;

type Pen = CanvasRenderingContext2D;

export interface Mark {
  data: ImageData;
  options: Partial<StyleImageMetadata>;
}

function picture(draw: (pen: Pen) => void): Mark {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const pen = canvas.getContext("2d", { willReadFrequently: true })!;
  pen.lineJoin = pen.lineCap = "round";
  draw(pen);
  return { data: pen.getImageData(0, 0, SIZE, SIZE), options: { pixelRatio: RATIO } };
}

/** A house in a rounded square. */
export const depot = (): Mark =>
  picture((pen) => {
    pen.fillStyle = "#14171d";
    pen.strokeStyle = "#ffffff";
    pen.lineWidth = 4;
    pen.beginPath();
    pen.roundRect(4, 4, 40, 40, 11);
    pen.stroke();
    pen.fill();
    pen.lineWidth = 3.4;
    pen.beginPath();
    pen.moveTo(13, 34);
    pen.lineTo(13, 21);
    pen.lineTo(24, 13);
    pen.lineTo(35, 21);
    pen.lineTo(35, 34);
    pen.moveTo(19.5, 34);
    pen.lineTo(19.5, 26);
    pen.lineTo(28.5, 26);
    pen.lineTo(28.5, 34);
    pen.stroke();
  });

/** A cross in a circle. */
export const leftOut = (): Mark =>
  picture((pen) => {
    pen.fillStyle = "#c4293a";
    pen.strokeStyle = "#ffffff";
    pen.lineWidth = 4;
    pen.beginPath();
    pen.arc(24, 24, 16, 0, 2 * Math.PI);
    pen.stroke();
    pen.fill();
    pen.lineWidth = 4.5;
    pen.beginPath();
    pen.moveTo(18.5, 18.5);
    pen.lineTo(29.5, 29.5);
    pen.moveTo(29.5, 18.5);
    pen.lineTo(18.5, 29.5);
    pen.stroke();
  });

/** The disc of a stop, whose number is written on it; its name is "disc|ring|fill|width". */
export function disc(name: string): Mark | null {
  const [kind, ring, fill, width] = name.split("|");
  if (kind !== "disc" || !ring || !fill) return null;
  return picture((pen) => {
    pen.fillStyle = fill;
    pen.strokeStyle = ring;
    pen.lineWidth = Number(width);
    pen.beginPath();
    pen.arc(24, 24, 19, 0, 2 * Math.PI);
    pen.fill();
    pen.stroke();
  });
}

/** The tag of a route, as wide as its name; its name is "tag|colour|edge". */
export function tag(name: string): Mark | null {
  const [kind, colour, edge] = name.split("|");
  if (kind !== "tag" || !colour || !edge) return null;
  const { data, options } = picture((pen) => {
    pen.fillStyle = colour;
    pen.strokeStyle = edge;
    pen.lineWidth = 3;
    pen.beginPath();
    pen.roundRect(4, 6, 40, 36, 12);
    pen.fill();
    pen.stroke();
  });
  return { data, options: { ...options, stretchX: [[18, 30]], content: [11, 10, 37, 38] } };
}

/** An arrow head that points along the line. */
export const arrow = (): Mark =>
  picture((pen) => {
    pen.strokeStyle = "#ffffff";
    pen.lineWidth = 4.2;
    pen.beginPath();
    pen.moveTo(20, 16);
    pen.lineTo(28, 24);
    pen.lineTo(20, 32);
    pen.stroke();
  });
