/** Splits bytes into lines with bounded memory. */

export interface Line {
  /** From 1. */
  number: number;
  /** Undefined if the line is too long or not valid UTF-8. */
  text: string | undefined;
}

const maximumBytes = 262_144;
const newline = 0x0a;

/** The non-empty lines of a stream. A line above 256 KB is reported without its text and skipped. */
export async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let [number, size] = [0, 0];
  let parts: Buffer[] = [];
  const take = (part: Buffer): void => {
    size += part.length;
    // The rest of a line that is too long is counted, not stored.
    if (size <= maximumBytes) parts.push(part);
    else parts = [];
  };
  const finish = (): Line | undefined => {
    number += 1;
    const line = size <= maximumBytes ? decode(decoder, Buffer.concat(parts)) : undefined;
    [parts, size] = [[], 0];
    return line?.trim() === '' ? undefined : { number, text: line };
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      take(chunk.subarray(start, end));
      const line = finish();
      if (line) yield line;
      start = end + 1;
    }
    take(chunk.subarray(start));
  }
  const last = finish();
  if (last) yield last;
}

function decode(decoder: TextDecoder, bytes: Buffer): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined; // invalid UTF-8: the line is rejected
  }
}
