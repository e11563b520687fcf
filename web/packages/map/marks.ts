/** Small pictures that the map draws: depot, order left out, arrow. Drawn here, so none is loaded. */
const SIZE = 48;
const RATIO = 2;

type Pen = CanvasRenderingContext2D;

export interface Mark {
  data: ImageData;
  ratio: number;
}

function picture(draw: (pen: Pen) => void): Mark {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const pen = canvas.getContext("2d", { willReadFrequently: true })!;
  pen.lineJoin = pen.lineCap = "round";
  draw(pen);
  return { data: pen.getImageData(0, 0, SIZE, SIZE), ratio: RATIO };
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
