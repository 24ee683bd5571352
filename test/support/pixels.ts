import type { Page } from 'playwright-core';

/**
 * The share of pixels, 0 to 1, that differ between two pictures; all of them if the sizes do. Each channel may be off
 * by 8 of 255: edges of letters are drawn a little differently from one time to the next.
 *
 * @param page draws the pictures: a blank one will do
 */
export function differingShare(page: Page, pictures: readonly [Buffer, Buffer]): Promise<number> {
  return page.evaluate(
    compare,
    pictures.map((picture) => picture.toString('base64')),
  );
}

/** Runs in the page. */
async function compare(pictures: readonly string[]): Promise<number> {
  const [one, other] = await Promise.all(
    pictures.map(async (base64) => {
      const image = new Image();
      image.src = `data:image/png;base64,${base64}`;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
      context.drawImage(image, 0, 0);
      return context.getImageData(0, 0, image.width, image.height);
    }),
  );
  if (!one || !other || one.width !== other.width || one.height !== other.height) return 1;
  let differing = 0;
  for (let at = 0; at < one.data.length; at += 4)
    if ([0, 1, 2].some((channel) => Math.abs((one.data[at + channel] ?? 0) - (other.data[at + channel] ?? 0)) > 8))
      differing += 1;
  return differing / (one.data.length / 4);
}
