import { sha256 } from '@noble/hashes/sha2.js';

/**
 * Browsers offer `crypto.subtle` in secure contexts only: over HTTPS and on localhost. The Console also works on a
 * plain `http://` address, such as an IP in a private network. PKCE needs one function of it, SHA-256 (RFC 7636 section
 * 4.2), which oidc-client-ts takes from `crypto.subtle.digest`.
 */
export function provideDigest(): void {
  if (crypto.subtle) return;
  const digest = async (algorithm: AlgorithmIdentifier, data: BufferSource): Promise<ArrayBuffer> => {
    if (algorithm !== 'SHA-256') throw new Error('Only SHA-256 is available outside secure contexts.');
    const bytes = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data);
    return Uint8Array.from(sha256(bytes)).buffer;
  };
  Object.defineProperty(crypto, 'subtle', { value: { digest } });
}
