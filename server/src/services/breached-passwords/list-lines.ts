/** Reads published lists of breached passwords: `<SHA-1 in hexadecimal>:<count>` per line, ordered by hash. */

/** A line has another form, or is out of order. */
export class WrongLine extends Error {
  readonly line: number;
  constructor(line: number, problem: string) {
    super(problem);
    this.line = line;
  }
}

const newline = 10;
const carriageReturn = 13;
const colon = 58;
const zero = 48;
/** Characters of a hash. */
const digits = 40;
/** Characters of the longest line. */
const maximumLine = 64;

/** Values of hexadecimal digits by character; 255 for others. */
const nibbles = new Uint8Array(256).fill(255);
for (let value = 0; value < 16; value += 1) {
  const digit = value.toString(16);
  nibbles[digit.charCodeAt(0)] = value;
  nibbles[digit.toUpperCase().charCodeAt(0)] = value;
}

/**
 * Yields batches of the first 8 bytes of the hashes, without repetitions and without padding (count 0).
 * @throws WrongLine
 */
export async function* readHashes(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const reader = createReader();
  let rest = Buffer.alloc(0);
  for await (const piece of source) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const end = bytes.lastIndexOf(newline) + 1;
    rest = Buffer.from(bytes.subarray(end));
    yield reader.read(bytes.subarray(0, end));
    if (rest.length > maximumLine) throw new WrongLine(reader.line() + 1, 'it is too long');
  }
  yield reader.read(rest);
  if (reader.isEmpty()) throw new WrongLine(1, 'the list has no hash');
}

/** Keeps the last hash, to compare the next one. */
function createReader() {
  let line = 0;
  // The last hash in two halves: numbers are exact up to 53 bits.
  let [lastHigh, lastLow] = [-1, -1];
  const fail = (problem: string): never => {
    throw new WrongLine(line, problem);
  };
  const word = (bytes: Buffer, at: number): number => {
    let value = 0;
    for (let index = at; index < at + 8; index += 1) value = value * 16 + (nibbles[bytes[index] as number] as number);
    return value;
  };
  const requireForm = (bytes: Buffer, start: number, end: number): void => {
    if (end - start < digits) fail('it has no SHA-1 hash');
    for (let index = start; index < start + digits; index += 1)
      if (nibbles[bytes[index] as number] === 255) fail('it does not begin with 40 hexadecimal digits');
    if (end === start + digits) return;
    if (bytes[start + digits] !== colon || end === start + digits + 1) fail('a colon and a count must follow the hash');
    for (let index = start + digits + 1; index < end; index += 1)
      if ((bytes[index] as number) < zero || (bytes[index] as number) > zero + 9) fail('the count must be a number');
  };
  const isPadding = (bytes: Buffer, start: number, end: number) =>
    end === start + digits + 2 && bytes[end - 1] === zero;
  return {
    line: () => line,
    isEmpty: () => lastHigh < 0,
    /** @param bytes whole lines */
    read(bytes: Buffer): Buffer {
      const hashes = Buffer.allocUnsafe(Math.ceil(bytes.length / digits) * 8);
      let used = 0;
      for (let start = 0; start < bytes.length; ) {
        const found = bytes.indexOf(newline, start);
        const next = found < 0 ? bytes.length : found + 1;
        let end = found < 0 ? bytes.length : found;
        if (end > start && bytes[end - 1] === carriageReturn) end -= 1;
        line += 1;
        if (end > start) {
          requireForm(bytes, start, end);
          const [high, low] = [word(bytes, start), word(bytes, start + 8)];
          if (high < lastHigh || (high === lastHigh && low < lastLow)) fail('it is not in the order of the hashes');
          const isRepeated = high === lastHigh && low === lastLow;
          if (!isRepeated && !isPadding(bytes, start, end)) {
            hashes.writeUInt32BE(high, used);
            hashes.writeUInt32BE(low, used + 4);
            used += 8;
            [lastHigh, lastLow] = [high, low];
          }
        }
        start = next;
      }
      return hashes.subarray(0, used);
    },
  };
}
