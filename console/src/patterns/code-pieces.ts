import type { CodePart } from './code-colors.ts';

/** A stretch of code, marked where it is a value of the reader's. */
export interface CodePiece {
  text: string;
  isMarked?: boolean;
}

/** Gives the pieces the colors of `parts`: the same text, cut elsewhere. Marked ones stay whole, without colors. */
export function colorPieces(pieces: readonly CodePiece[], parts: readonly CodePart[]): (CodePiece & CodePart)[] {
  let start = 0;
  const placed = parts.map((part) => {
    const place = { ...part, start };
    start += part.text.length;
    return place;
  });
  let from = 0;
  return pieces.flatMap((piece) => {
    const begin = from;
    from += piece.text.length;
    if (piece.isMarked) return [piece];
    return placed
      .map(({ text, color, start: at }) => ({
        text: text.slice(Math.max(begin - at, 0), Math.max(from - at, 0)),
        color,
      }))
      .filter(({ text }) => text !== '');
  });
}
