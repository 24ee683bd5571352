import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { hasMetadata, withoutMetadata } from './picture-metadata.ts';

const text = (value: string) => Buffer.from(value, 'latin1');
const secret = 'GPS 40.4168N 3.7038W by Ana';

/** A TIFF structure with an orientation, and a secret behind it. */
function exif(orientation: number, order: 'II' | 'MM'): Buffer {
  const bytes = Buffer.alloc(26);
  const isLittle = order === 'II';
  const short = (value: number, at: number) =>
    isLittle ? bytes.writeUInt16LE(value, at) : bytes.writeUInt16BE(value, at);
  const long = (value: number, at: number) =>
    isLittle ? bytes.writeUInt32LE(value, at) : bytes.writeUInt32BE(value, at);
  bytes.write(order, 0, 'latin1');
  short(42, 2);
  long(8, 4);
  short(1, 8);
  short(0x0112, 10);
  short(3, 12);
  long(1, 14);
  short(orientation, 18);
  return Buffer.concat([bytes, text(secret)]);
}

const segment = (marker: number, content: Buffer): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
};
const start = Buffer.from([0xff, 0xd8]);
const end = Buffer.from([0xff, 0xd9]);
const quantization = segment(0xdb, text('table'));
const profile = segment(0xe2, text('ICC_PROFILE\0\x01\x01colors'));
const adobe = segment(0xee, text('Adobe\0d\0\0\0\0\x01'));
/** Two scans, with stuffed zeros and a restart inside. */
const scans = Buffer.concat([
  segment(0xda, text('scan')),
  Buffer.from([1, 0xff, 0, 2, 0xff, 0xd3, 3]),
  segment(0xc4, text('codes')),
  segment(0xda, text('scan')),
  Buffer.from([0xff, 0, 9]),
]);
const jfif = segment(0xe0, text('JFIF\0\x01\x02\0\0\x01\0\x01\0\0'));
const picture = [quantization, profile, adobe, scans, end];

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([text(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
const pngHead = Buffer.concat([text('\x89PNG\r\n\x1a\n'), chunk('IHDR', Buffer.alloc(13))]);
const pngEnd = Buffer.concat([chunk('iCCP', text('colors')), chunk('IDAT', text('pixels')), chunk('IEND', text(''))]);

function riffChunk(type: string, data: Buffer): Buffer {
  const head = Buffer.concat([text(type), Buffer.alloc(4)]);
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}
function webp(...chunks: Buffer[]): Buffer {
  const content = Buffer.concat([text('WEBP'), ...chunks]);
  return Buffer.concat([riffChunk('RIFF', content)]);
}
const extended = (flags: number) => riffChunk('VP8X', Buffer.concat([Buffer.from([flags]), Buffer.alloc(9)]));

const clean = (bytes: Buffer, type: 'image/jpeg' | 'image/png' | 'image/webp') =>
  withoutMetadata(bytes, type) ?? assert.fail('is refused');

describe('Metadata of pictures', () => {
  it('is cut from a JPEG: place, comments, previews, and what follows its end', () => {
    const found = clean(
      Buffer.concat([
        start,
        segment(0xe0, text(`JFIF\0\x01\x02\0\0\x01\0\x01\x03\x03${secret}`)),
        segment(0xe0, text(`JFXX\0${secret}`)),
        segment(0xe1, Buffer.concat([text('Exif\0\0'), exif(1, 'II')])),
        segment(0xe1, text(`http://ns.adobe.com/xap/1.0/\0${secret}`)),
        segment(0xe2, text(`MPF\0${secret}`)),
        segment(0xed, text(`Photoshop 3.0\0${secret}`)),
        segment(0xfe, text(secret)),
        ...picture,
        text(secret),
      ]),
      'image/jpeg',
    );
    assert.equal(found.toString('latin1').includes(secret), false);
    assert.deepEqual(found, Buffer.concat([start, jfif, ...picture]));
  });

  it('leaves a JPEG its orientation, and nothing else of Exif', () => {
    for (const order of ['II', 'MM'] as const)
      for (const orientation of [2, 6, 8]) {
        const given = segment(0xe1, Buffer.concat([text('Exif\0\0'), exif(orientation, order)]));
        const found = clean(Buffer.concat([start, given, ...picture]), 'image/jpeg');
        const kept = segment(0xe1, Buffer.concat([text('Exif\0\0'), exif(orientation, 'MM').subarray(0, 26)]));
        assert.deepEqual(found, Buffer.concat([start, kept, ...picture]));
      }
    for (const orientation of [0, 1, 9]) {
      const given = segment(0xe1, Buffer.concat([text('Exif\0\0'), exif(orientation, 'II')]));
      assert.deepEqual(
        clean(Buffer.concat([start, given, ...picture]), 'image/jpeg'),
        Buffer.concat([start, ...picture]),
      );
    }
  });

  it('is cut from a PNG', () => {
    const parts = [
      chunk('tEXt', text(`Author\0${secret}`)),
      chunk('iTXt', text(secret)),
      chunk('zTXt', text(secret)),
      chunk('tIME', text('1234567')),
      chunk('prVt', text(secret)),
    ];
    const found = clean(Buffer.concat([pngHead, ...parts, pngEnd, text(secret)]), 'image/png');
    assert.deepEqual(found, Buffer.concat([pngHead, pngEnd]));
    const turned = clean(Buffer.concat([pngHead, chunk('eXIf', exif(6, 'II')), pngEnd]), 'image/png');
    assert.deepEqual(turned, Buffer.concat([pngHead, chunk('eXIf', exif(6, 'MM').subarray(0, 26)), pngEnd]));
  });

  it('is cut from a WebP, which says so', () => {
    const pixels = [riffChunk('ICCP', text('colors')), riffChunk('VP8 ', text('odd'))];
    const given = webp(extended(0x2c), ...pixels, riffChunk('EXIF', exif(1, 'II')), riffChunk('XMP ', text(secret)));
    assert.deepEqual(clean(Buffer.concat([given, text(secret)]), 'image/webp'), webp(extended(0x20), ...pixels));
    const turned = webp(extended(0x2c), ...pixels, riffChunk('EXIF', exif(3, 'II')), riffChunk('XMP ', text(secret)));
    const kept = riffChunk('EXIF', exif(3, 'MM').subarray(0, 26));
    assert.deepEqual(clean(turned, 'image/webp'), webp(extended(0x28), ...pixels, kept));
    const simple = webp(riffChunk('VP8L', text('pixels')));
    assert.deepEqual(clean(simple, 'image/webp'), simple);
  });

  it('is known for the types that carry it', () => {
    for (const type of ['image/jpeg', 'image/png', 'image/webp']) assert.ok(hasMetadata(type));
    assert.equal(hasMetadata('image/gif'), false);
  });

  it('makes no file of one that is cut off, and survives any bytes', () => {
    const whole = {
      'image/jpeg': Buffer.concat([start, jfif, ...picture]),
      'image/png': Buffer.concat([pngHead, pngEnd]),
    };
    for (const [type, bytes] of Object.entries(whole))
      for (let length = 8; length < bytes.length; length += 1)
        assert.equal(withoutMetadata(bytes.subarray(0, length), type as keyof typeof whole), undefined, `${length}`);
    const heads = {
      'image/jpeg': start,
      'image/png': text('\x89PNG\r\n\x1a\n'),
      'image/webp': text('RIFF\xff\0\0\0WEBP'),
    };
    fc.assert(
      fc.property(
        fc.constantFrom('image/jpeg', 'image/png', 'image/webp'),
        fc.uint8Array({ maxLength: 200 }),
        (type, rest) => {
          const bytes = Buffer.concat([heads[type], rest]);
          const found = withoutMetadata(bytes, type);
          // Once cut, there is nothing left to cut.
          if (found) assert.deepEqual(withoutMetadata(found, type), found);
        },
      ),
    );
  });
});
