import { crc32, deflateRawSync } from 'node:zlib';

/** An entry of an archive; its declared sizes may be wrong. */
export interface ZipEntry {
  name: string;
  content?: string | Uint8Array;
  /** Mode on Unix, with the kind of file: a link is 0o120777. */
  mode?: number;
  /** Bytes that the directory claims instead of the true number. */
  claimedSize?: number;
  /** Checksum that the directory claims instead of the true one. */
  claimedCrc?: number;
}

/** A zip archive (APPNOTE 6.3.3) with exactly these entries, also with ones that a proper program would not write. */
export function zip(entries: readonly ZipEntry[]): Uint8Array<ArrayBuffer> {
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content = '', mode = 0o100644, claimedSize, claimedCrc } of entries) {
    const bytes = Buffer.from(content as string);
    const packed = deflateRawSync(bytes);
    const raw = Buffer.from(name);
    const sizes = Buffer.alloc(12);
    sizes.writeUInt32LE(claimedCrc ?? crc32(bytes), 0);
    sizes.writeUInt32LE(packed.length, 4);
    sizes.writeUInt32LE(claimedSize ?? bytes.length, 8);
    // Version 2.0, names in UTF-8, deflated, 1 January 1980.
    const common = Buffer.from([20, 0, 0, 8, 8, 0, 0, 0, 33, 0]);
    const nameLength = Buffer.from([raw.length & 255, raw.length >> 8]);
    const header = Buffer.concat([Buffer.from('PK\x03\x04'), common, sizes, nameLength, Buffer.alloc(2), raw, packed]);
    const place = Buffer.alloc(16);
    place.writeUInt32LE((mode << 16) >>> 0, 8);
    place.writeUInt32LE(offset, 12);
    // Created on Unix, so that the mode applies.
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03'), common, sizes, nameLength, place, raw]));
    local.push(header);
    offset += header.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return new Uint8Array(Buffer.concat([...local, list, end]));
}
