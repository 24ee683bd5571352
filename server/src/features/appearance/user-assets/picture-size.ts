/**
 * How many pixels a picture has, by its own words. A browser unpacks all of them, so a file of a few kilobytes can fill
 * the memory of every page that shows it (CWE-409). Nothing is decoded. Pure.
 */
type Reader = (bytes: Buffer) => number | undefined;

/** What browsers show with 4 bytes each: 256 MiB. More than the photo of nearly every phone. */
export const mostPixels = 2 ** 26;

/** The pixels of a picture, or of its largest frame; undefined for a file that is cut off or broken. */
export function pixelsOf(bytes: Buffer, type: string): number | undefined {
  const read = Object.hasOwn(readers, type) ? readers[type] : undefined;
  try {
    return read?.(bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The header is the first chunk, and holds every frame (PNG, third edition, sections 11.2.1 and 11.3.6). */
const ofPng: Reader = (bytes) =>
  bytes.toString('latin1', 12, 16) === 'IHDR' ? bytes.readUInt32BE(16) * bytes.readUInt32BE(20) : undefined;

/** The frame header, SOF0 to SOF15 (ITU-T T.81 section B.2.2). A height of 0 means that it follows the picture. */
const ofJpeg: Reader = (bytes) => {
  for (let at = 2; ; at += 2 + bytes.readUInt16BE(at + 2)) {
    while (bytes.readUInt8(at + 1) === 0xff) at += 1;
    const marker = bytes.readUInt8(at + 1);
    if (bytes.readUInt8(at) !== 0xff || marker === 0xda) return undefined;
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return bytes.readUInt16BE(at + 5) * bytes.readUInt16BE(at + 7) || undefined;
  }
};

/** The screen, and each frame, which may be larger (GIF89a sections 18 and 20). */
const ofGif: Reader = (bytes) => {
  const colors = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let most = bytes.readUInt16LE(6) * bytes.readUInt16LE(8);
  let at = 13 + colors(bytes.readUInt8(10));
  for (; bytes[at] === 0x21 || bytes[at] === 0x2c; at += 1) {
    if (bytes[at] === 0x21) at += 2;
    else {
      const right = bytes.readUInt16LE(at + 1) + bytes.readUInt16LE(at + 5);
      most = Math.max(most, right * (bytes.readUInt16LE(at + 3) + bytes.readUInt16LE(at + 7)));
      at += 11 + colors(bytes.readUInt8(at + 9));
    }
    while (bytes.readUInt8(at) !== 0) at += 1 + bytes.readUInt8(at);
  }
  return most;
};

/** The canvas, or the one picture (RFC 9649 sections 2.7, 2.5 and 3.4; RFC 6386 section 9.1). */
const ofWebp: Reader = (bytes) => {
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8X':
      return (bytes.readUIntLE(24, 3) + 1) * (bytes.readUIntLE(27, 3) + 1);
    case 'VP8 ':
      return (bytes.readUInt16LE(26) & 0x3fff) * (bytes.readUInt16LE(28) & 0x3fff);
    case 'VP8L': {
      const sizes = bytes.readUInt32LE(21);
      return ((sizes & 0x3fff) + 1) * (((sizes >>> 14) & 0x3fff) + 1);
    }
    default:
      return undefined;
  }
};

/** The height is negative for rows from top to bottom. Headers of 12 bytes have short numbers. */
const ofBmp: Reader = (bytes) =>
  bytes.readUInt32LE(14) === 12
    ? bytes.readUInt16LE(18) * bytes.readUInt16LE(20)
    : Math.abs(bytes.readInt32LE(18) * bytes.readInt32LE(22));

const readers: Readonly<Record<string, Reader>> = {
  'image/png': ofPng,
  'image/jpeg': ofJpeg,
  'image/gif': ofGif,
  'image/webp': ofWebp,
  'image/bmp': ofBmp,
};
