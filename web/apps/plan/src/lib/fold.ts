/** Texts without accents and case, for searching: "Núñez" is found by "nunez". */
export function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();
}
