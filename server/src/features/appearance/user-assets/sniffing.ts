import type { AssetType } from '@aldaba/contract';

const starts = (bytes: Uint8Array, signature: string, at = 0): boolean =>
  Buffer.from(bytes.subarray(at, at + signature.length)).toString('latin1') === signature;

/** A file's type by its first bytes; undefined for types that may not be uploaded. */
export function sniffType(bytes: Uint8Array): AssetType | undefined {
  if (starts(bytes, '\x89PNG\r\n\x1a\n')) return 'image/png';
  if (starts(bytes, '\xff\xd8\xff')) return 'image/jpeg';
  if (starts(bytes, 'GIF87a') || starts(bytes, 'GIF89a')) return 'image/gif';
  if (starts(bytes, 'RIFF') && starts(bytes, 'WEBP', 8)) return 'image/webp';
  if (starts(bytes, 'BM') && bytes.length > 26) return 'image/bmp';
  if (starts(bytes, '\x00\x00\x01\x00')) return 'image/x-icon';
  if (starts(bytes, 'II*\x00') || starts(bytes, 'MM\x00*')) return 'image/tiff';
  if (starts(bytes, 'PK\x03\x04')) return 'application/zip';
  return isSvg(bytes) ? 'image/svg+xml' : undefined;
}

/** Text whose first element is `<svg`, after an optional XML prolog. */
function isSvg(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 4096))
    .toString('utf8')
    .replace(/^\uFEFF/, '');
  return /^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--(?:(?!-->)[\s\S])*-->\s*)*(?:<!DOCTYPE\s+svg[^>[]*>\s*)?<svg[\s>]/i.test(
    head,
  );
}
