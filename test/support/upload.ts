import type { Manager, Reply } from './management.ts';

/** Sends a file to a route that takes one, as browsers send forms. */
export async function uploadFile(
  api: Manager,
  path: string,
  { bytes, name = 'file', type = '' }: { bytes: Uint8Array<ArrayBuffer>; name?: string; type?: string },
): Promise<Reply> {
  const form = new FormData();
  form.append('file', new Blob([bytes], { type }), name);
  const wire = new Response(form);
  return api.send('POST', path, {
    raw: new Uint8Array(await wire.clone().arrayBuffer()),
    headers: { 'content-type': wire.headers.get('content-type') ?? '' },
  });
}
