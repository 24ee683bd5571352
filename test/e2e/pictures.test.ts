import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { openBrowser, phoneScreen, type Visitor } from '../support/browser.ts';
import { assertFits, type HostedSignIn, openHostedSignIn } from '../support/hosted-sign-in.ts';
import { goodPassword, register } from '../support/pages.ts';

/** Folder for pictures of the pages, for people to look at. */
const pictures = process.env.ALDABA_TEST_PICTURES;
const place = 'GPS 40.4168N 3.7038W';

describe('Picture of a new user in a browser', () => {
  let hosted: HostedSignIn;
  let visitor: Visitor;
  before(async () => {
    hosted = await openHostedSignIn();
    const { operator } = hosted;
    await operator.call('POST', '/api/custom-profile-fields', {
      name: 'avatar',
      type: 'Url',
      label: '',
      required: true,
    });
    await operator.call('POST', '/api/custom-profile-fields', {
      name: 'nickname',
      type: 'Text',
      label: '',
      required: true,
    });
    await operator.call('PATCH', '/api/sign-in-exp', {
      color: { primaryColor: '#5d34f2', darkPrimaryColor: '#7958ff', isDarkModeEnabled: true },
    });
  });
  after(() => hosted?.close());
  afterEach(() => visitor?.close());

  /** A photo of 40 by 20 pixels as a phone takes it: on its side, with its place. */
  const takePhoto = async (): Promise<Buffer> => {
    const camera = await openBrowser();
    const encoded: string = await camera.page.evaluate(`(() => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 40, height: 20 });
      canvas.getContext('2d').fillRect(0, 0, 20, 20);
      return canvas.toDataURL('image/jpeg').split(',')[1];
    })()`);
    await camera.close();
    const jpeg = Buffer.from(encoded, 'base64');
    const tiff = Buffer.from('4d4d002a00000008000101120003000000010006000000000000', 'hex');
    const content = Buffer.concat([Buffer.from('Exif\0\0'), tiff, Buffer.from(place)]);
    const head = Buffer.from([0xff, 0xe1, 0, content.length + 2]);
    return Buffer.concat([jpeg.subarray(0, 2), head, content, jpeg.subarray(2)]);
  };
  /** The size at which a browser shows a picture. */
  const sizeOf = async (url: string): Promise<unknown> => {
    const viewer = await openBrowser();
    await viewer.page.setContent(`<img src="${url}">`);
    const size = await viewer.page.evaluate(
      'document.images[0].decode().then(() => [document.images[0].naturalWidth, document.images[0].naturalHeight])',
    );
    await viewer.close();
    return size;
  };

  for (const javaScriptEnabled of [true, false]) {
    // security: pictures
    it(`is upright and tells no place, with scripts ${javaScriptEnabled ? 'on' : 'off'}`, async () => {
      const photo = await takePhoto();
      visitor = await openBrowser({ ...(javaScriptEnabled ? {} : phoneScreen), javaScriptEnabled });
      const { page } = visitor;
      const name = `ana_picture_${javaScriptEnabled ? 'on' : 'off'}`;
      const look = (state: string) =>
        assertFits(page, async (colorScheme) => {
          const file = `picture-${state}-${name}-${colorScheme}.png`;
          if (pictures) await page.screenshot({ path: `${pictures}/${file}`, fullPage: true });
        });
      await hosted.start(page, { first_screen: 'register' });
      await register(page, { username: name, password: goodPassword });
      await page.getByLabel('Picture').waitFor();
      if (javaScriptEnabled) await look('asked');
      await page.getByLabel('Nickname').fill('Ana');
      await page.getByLabel('Picture').setInputFiles({
        name: 'drawing.svg',
        mimeType: 'image/svg+xml',
        buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      });
      await page.getByRole('button', { name: 'Continue' }).click();
      const file = page.getByLabel('Picture');
      await page.locator('#profile-avatar-error').getByText('Files of this kind cannot be uploaded').waitFor();
      assert.equal(await file.getAttribute('aria-invalid'), 'true');
      assert.ok(await file.evaluate((input) => input === document.activeElement), 'the field has the focus');
      assert.equal(await page.getByRole('alert').isVisible(), false, 'it is said once');
      assert.equal(await page.getByLabel('Nickname').inputValue(), 'Ana');
      if (javaScriptEnabled) await look('refused');
      await page.getByLabel('Picture').setInputFiles({ name: 'me.jpg', mimeType: 'image/jpeg', buffer: photo });
      await page.getByRole('button', { name: 'Continue' }).click();
      await hosted.arrives(page);
      const users = await hosted.operator.users();
      const url = String(users.find(({ username }) => username === name)?.avatar);
      const stored = Buffer.from(await (await fetch(url)).arrayBuffer());
      assert.equal(stored.toString('latin1').includes(place), false);
      assert.deepEqual(await sizeOf(url), [20, 40]);
    });
  }
});
