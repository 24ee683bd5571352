/** `fetch` for uploads, which says how much of the body has been sent; `fetch` itself does not. */
export const uploadWith =
  (onProgress: (share: number) => void): typeof fetch =>
  (url, init) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open(init?.method ?? 'POST', String(url));
      new Headers(init?.headers).forEach((value, name) => {
        request.setRequestHeader(name, value);
      });
      request.upload.onprogress = ({ loaded, total }) => onProgress(loaded / total);
      request.onload = () => resolve(responseOf(request));
      request.onerror = () => reject(new TypeError('The upload was interrupted.'));
      request.send(init?.body as FormData);
    });

function responseOf(request: XMLHttpRequest): Response {
  const headers = request
    .getAllResponseHeaders()
    .trim()
    .split(/[\r\n]+/)
    .map((line) => line.split(/:\s*/, 2) as [string, string]);
  return new Response(request.responseText, { status: request.status, headers });
}
