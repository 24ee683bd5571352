/**
 * Removes from a picture what is not the picture: where and when it was taken, with what, by whom, previews, comments,
 * and data after its end. Nothing is decoded: the pixels stay byte for byte. Color profiles stay, and so does the
 * orientation, without which photos of phones are shown on their side. Pure.
 */
import { crc32 } from 'node:zlib';

type Bytes = Buffer;
type PictureType = 'image/jpeg' | 'image/png' | 'image/webp';

/** Whether metadata is removed from files of a type. */
export const hasMetadata = (type: string): type is PictureType =>
  type === 'image/jpeg' || type === 'image/png' || type === 'image/webp';

/** The picture without its metadata; undefined for a file that is cut off or broken. */
export function withoutMetadata(bytes: Bytes, type: PictureType): Bytes | undefined {
  try {
    return { 'image/jpeg': cleanJpeg, 'image/png': cleanPng, 'image/webp': cleanWebp }[type](bytes);
  } catch (error) {
    // Reading behind the end: the file promises more than it has.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Reads a part of a file. @throws RangeError when the file ends before */
function take(bytes: Bytes, start: number, length: number): Bytes {
  if (start + length > bytes.length) throw new RangeError('The file is cut off');
  return bytes.subarray(start, start + length);
}

/*
 * Orientation: tag 0x0112 of the first directory of a TIFF structure (Exif 2.32 section 4.6.4), from 1 (upright) to 8.
 */

const orientationTag = 0x0112;

function orientationOf(tiff: Bytes): number {
  const isLittle = tiff.toString('latin1', 0, 2) === 'II';
  const short = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const long = (at: number) => (isLittle ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  try {
    const directory = long(4);
    const count = Math.min(short(directory), 256);
    for (let entry = directory + 2; entry < directory + 2 + count * 12; entry += 12)
      if (short(entry) === orientationTag) return short(entry + 8);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return 1;
}

/** A TIFF structure with the orientation alone; undefined for a picture that is upright. */
function orientationAlone(tiff: Bytes): Bytes | undefined {
  const orientation = orientationOf(tiff);
  if (!(orientation > 1 && orientation <= 8)) return undefined;
  const kept = Buffer.alloc(26);
  kept.write('MM\0*', 0, 'latin1');
  kept.writeUInt32BE(8, 4);
  kept.writeUInt16BE(1, 8);
  kept.writeUInt16BE(orientationTag, 10);
  kept.writeUInt16BE(3, 12);
  kept.writeUInt32BE(1, 14);
  kept.writeUInt16BE(orientation, 18);
  return kept;
}

/* JPEG (ITU-T T.81 annex B): segments of a marker and a length, and after SOS the compressed picture. */

const exifName = 'Exif\0\0';
const startsWith = (bytes: Bytes, name: string) => bytes.toString('latin1', 0, name.length) === name;
/** Markers without a length: TEM, RST0 to RST7. */
const standsAlone = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);

/** What stays of a segment; undefined for nothing. */
function cleanSegment(marker: number, segment: Bytes): Bytes | undefined {
  const content = segment.subarray(4);
  if (marker === 0xe0) return startsWith(content, 'JFIF\0') ? withoutThumbnail(segment) : undefined;
  // Adobe's statement about the colors.
  if (marker === 0xee) return startsWith(content, 'Adobe') ? segment : undefined;
  if (marker === 0xe2) return startsWith(content, 'ICC_PROFILE\0') ? segment : undefined;
  if (marker === 0xe1) {
    const kept = startsWith(content, exifName) ? orientationAlone(content.subarray(exifName.length)) : undefined;
    if (!kept) return undefined;
    const head = Buffer.from([0xff, 0xe1, 0, 2 + exifName.length + kept.length]);
    return Buffer.concat([head, Buffer.from(exifName, 'latin1'), kept]);
  }
  const isApplicationOrComment = (marker >= 0xe3 && marker <= 0xef) || marker === 0xfe;
  return isApplicationOrComment ? undefined : segment;
}

/** JFIF 1.02: 16 bytes, of which the last two are the size of a thumbnail that follows. */
function withoutThumbnail(segment: Bytes): Bytes {
  const kept = Buffer.from(take(segment, 0, 18));
  kept.writeUInt16BE(16, 2);
  kept.writeUInt16BE(0, 16);
  return kept;
}

function cleanJpeg(bytes: Bytes): Bytes {
  const kept = [take(bytes, 0, 2)];
  for (let at = 2; ; ) {
    if (bytes[at] !== 0xff) throw new RangeError('A marker is missing');
    // Markers may be preceded by any number of fill bytes.
    while (bytes[at + 1] === 0xff) at += 1;
    const [marker = 0] = take(bytes, at + 1, 1);
    if (marker === 0xd9) return Buffer.concat([...kept, take(bytes, at, 2)]);
    if (standsAlone(marker)) {
      kept.push(take(bytes, at, 2));
      at += 2;
      continue;
    }
    const length = bytes.readUInt16BE(at + 2);
    if (length < 2) throw new RangeError('A segment is shorter than its length');
    const clean = cleanSegment(marker, take(bytes, at, length + 2));
    if (clean) kept.push(clean);
    at += length + 2;
    if (marker !== 0xda) continue;
    const end = endOfScan(bytes, at);
    kept.push(take(bytes, at, end - at));
    at = end;
  }
}

/** Where the compressed data ends: at a marker that is neither a stuffed zero nor a restart. */
function endOfScan(bytes: Bytes, start: number): number {
  for (let at = bytes.indexOf(0xff, start); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1];
    if (next !== undefined && next !== 0 && next !== 0xff && !standsAlone(next)) return at;
  }
  throw new RangeError('The picture has no end');
}

/* PNG (third edition, section 5): chunks of a length, a type, data and a checksum. */

/** Chunks that decide how the picture looks or moves. */
const pngChunks: ReadonlySet<string> = new Set([
  ...['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'cHRM', 'gAMA', 'iCCP', 'sBIT', 'sRGB', 'cICP', 'mDCV', 'cLLI'],
  ...['bKGD', 'hIST', 'pHYs', 'sPLT', 'acTL', 'fcTL', 'fdAT'],
]);

function cleanPng(bytes: Bytes): Bytes {
  const kept = [take(bytes, 0, 8)];
  for (let at = 8; ; ) {
    const length = bytes.readUInt32BE(at);
    const chunk = take(bytes, at, length + 12);
    const type = chunk.toString('latin1', 4, 8);
    if (pngChunks.has(type)) kept.push(chunk);
    else if (type === 'eXIf') kept.push(...pngOrientation(chunk.subarray(8, 8 + length)));
    if (type === 'IEND') return Buffer.concat(kept);
    at += chunk.length;
  }
}

function pngOrientation(tiff: Bytes): Bytes[] {
  const kept = orientationAlone(tiff);
  if (!kept) return [];
  const body = Buffer.concat([Buffer.from('eXIf', 'latin1'), kept]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(kept.length);
  sum.writeUInt32BE(crc32(body));
  return [length, body, sum];
}

/* WebP (RFC 9649 section 2): a RIFF file of chunks; VP8X has flags of what there is. */

const webpChunks: ReadonlySet<string> = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);
const exifFlag = 0x08;
const xmpFlag = 0x04;

function cleanWebp(bytes: Bytes): Bytes {
  const end = 8 + bytes.readUInt32LE(4);
  const kept: Bytes[] = [];
  let exif: Bytes | undefined;
  for (let at = 12; at < end; ) {
    const length = bytes.readUInt32LE(at + 4);
    const chunk = take(bytes, at, 8 + length);
    const type = chunk.toString('latin1', 0, 4);
    if (webpChunks.has(type)) kept.push(padded(chunk));
    else if (type === 'EXIF') exif = webpOrientation(chunk.subarray(8));
    at += 8 + length + (length % 2);
  }
  // Without VP8X there is nothing but the picture.
  const isExtended = kept.some((chunk) => startsWith(chunk, 'VP8X'));
  if (exif && isExtended) kept.push(exif);
  // The parts are views of the upload: a changed one has to be a copy.
  const parts = kept.map((chunk) => (startsWith(chunk, 'VP8X') ? withFlags(chunk, exif !== undefined) : chunk));
  const head = Buffer.from(take(bytes, 0, 12));
  head.writeUInt32LE(4 + parts.reduce((total, { length }) => total + length, 0), 4);
  return Buffer.concat([head, ...parts]);
}

const padded = (chunk: Bytes): Bytes => (chunk.length % 2 === 0 ? chunk : Buffer.concat([chunk, Buffer.alloc(1)]));

function withFlags(chunk: Bytes, hasExif: boolean): Bytes {
  const copy = Buffer.from(chunk);
  copy.writeUInt8((copy.readUInt8(8) & ~(exifFlag | xmpFlag)) | (hasExif ? exifFlag : 0), 8);
  return copy;
}

function webpOrientation(content: Bytes): Bytes | undefined {
  // Some programs write the name that JPEG has before it.
  const kept = orientationAlone(startsWith(content, exifName) ? content.subarray(exifName.length) : content);
  if (!kept) return undefined;
  const head = Buffer.from('EXIF\0\0\0\0', 'latin1');
  head.writeUInt32LE(kept.length, 4);
  return Buffer.concat([head, kept]);
}
