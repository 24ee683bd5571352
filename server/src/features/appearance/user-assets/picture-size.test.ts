import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { pixelsOf } from './picture-size.ts';

const text = (value: string) => Buffer.from(value, 'latin1');
const short = (...values: number[]) => Buffer.concat(values.map((value) => Buffer.from([value & 255, value >> 8])));
const long = (value: number) => Buffer.from([value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24]);
const big = (value: number) => long(value).reverse();

const files: Record<string, { type: string; bytes: Buffer; pixels: number }> = {
  'a PNG': {
    type: 'image/png',
    bytes: Buffer.concat([text('\x89PNG\r\n\x1a\n'), big(13), text('IHDR'), big(60_000), big(50_000)]),
    pixels: 3_000_000_000,
  },
  'a JPEG, in the header of its frame': {
    type: 'image/jpeg',
    bytes: Buffer.concat([
      text('\xff\xd8\xff\xe0\0\x04\xc0\xc0\xff\xff\xc4\0\x04\0\0'),
      text('\xff\xc2\0\x0b\x08'),
      Buffer.from([0xea, 0x60, 0xc3, 0x50]),
    ]),
    pixels: 3_000_000_000,
  },
  'a GIF with a frame that is larger than its screen': {
    type: 'image/gif',
    bytes: Buffer.concat([
      text('GIF89a'),
      short(1, 1),
      text('\x80\0\0......!\xf9\x04\0\0\0\0\0,'),
      short(0, 10, 60_000, 49_990),
      text('\0\x02\x02\x4c\x01\0;'),
    ]),
    pixels: 3_000_000_000,
  },
  'a WebP with a canvas': {
    type: 'image/webp',
    bytes: Buffer.concat([
      text('RIFF....WEBPVP8X....\0\0\0\0'),
      long(59_999).subarray(0, 3),
      long(49_999).subarray(0, 3),
    ]),
    pixels: 3_000_000_000,
  },
  'a WebP with losses': {
    type: 'image/webp',
    bytes: Buffer.concat([text('RIFF....WEBPVP8 ....\0\0\0\x9d\x01\x2a'), short(16_383, 0x4000 + 16_000)]),
    pixels: 16_383 * 16_000,
  },
  'a WebP without losses': {
    type: 'image/webp',
    bytes: Buffer.concat([text('RIFF....WEBPVP8L....\x2f'), long(16_383 + 15_999 * 2 ** 14)]),
    pixels: 16_384 * 16_000,
  },
  'a BMP from top to bottom': {
    type: 'image/bmp',
    bytes: Buffer.concat([text('BM............'), long(40), long(60_000), long(-50_000)]),
    pixels: 3_000_000_000,
  },
};

describe('The pixels of a picture', () => {
  for (const [what, { type, bytes, pixels }] of Object.entries(files))
    it(`are read of ${what}`, () => assert.equal(pixelsOf(bytes, type), pixels));

  it('are unknown for a file that is cut off, and any bytes are survived', () => {
    for (const { type, bytes } of Object.values(files)) assert.equal(pixelsOf(bytes.subarray(0, 7), type), undefined);
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(files)),
        fc.uint8Array({ maxLength: 200 }),
        ({ type, bytes }, noise) => {
          pixelsOf(Buffer.concat([bytes.subarray(0, noise.length % bytes.length), noise]), type);
        },
      ),
    );
  });
});
