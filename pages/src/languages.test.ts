import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type PageFrame, type PageLanguage, type PageView, pageLanguages } from '@aldaba/contract/pages';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, type PageServer, startPageServer } from './testing/browser.ts';
import { sampleFrame, sampleViews } from './testing/views.ts';

const mainViews = [
  ...[sampleViews.signInByAny, sampleViews.signInWithForgotten, sampleViews.signInPassword, sampleViews.register],
  ...[sampleViews.verificationCode, sampleViews.totp, sampleViews.chooseFactor, sampleViews.bindTotp],
  ...[sampleViews.backupCodes, sampleViews.consent, sampleViews.endSession, sampleViews.setup],
] satisfies PageView[];

const frameIn = (language: PageLanguage): PageFrame => ({ ...sampleFrame(), language });

describe('Pages in every language in Chromium', () => {
  let browser: Browser;
  let server: PageServer;
  let page: Page;
  before(async () => {
    [browser, server] = await Promise.all([launchBrowser(), startPageServer()]);
    page = await browser.newPage({ viewport: { width: 360, height: 740 }, reducedMotion: 'reduce' });
  });
  after(() => Promise.all([browser.close(), server.close()]));

  const open = async (language: PageLanguage, view: PageView) => {
    server.shown.set('/page', { frame: frameIn(language), view });
    await page.goto(`${server.origin}/page`);
  };

  for (const language of pageLanguages) {
    it(`fit on a phone without horizontal scrolling or cut-off labels, in ${language}`, async () => {
      for (const view of mainViews) {
        await open(language, view);
        const cut = await page.evaluate(() => {
          const { scrollWidth } = document.documentElement;
          const parts = document.querySelectorAll<HTMLElement>('h1, .lead, label, .button, .button-label, .way, a, dt');
          const wide = [...parts].filter((part) => {
            const { left, right, width } = part.getBoundingClientRect();
            return width > 0 && (left < 0 || right > innerWidth || part.scrollWidth > part.clientWidth + 1);
          });
          // An inline box has no width of its own to be cut off at.
          const boxes = wide.filter((part) => getComputedStyle(part).display !== 'inline');
          return [...(scrollWidth > innerWidth ? ['the page'] : []), ...boxes.map((part) => part.outerHTML)];
        });
        assert.deepEqual(cut, [], view.kind);
      }
    });
  }

  it('break no word of a button and no name of an address on a phone', async () => {
    // Chinese and Japanese break between any two characters.
    for (const language of pageLanguages.filter((each) => !/^(zh|ja)/.test(each)))
      for (const view of [...mainViews, sampleViews.accountCodes, sampleViews.chooseAccount]) {
        await open(language, view);
        const broken = await page.locator('.button, .identifier, .way bdi').evaluateAll((parts) =>
          parts.flatMap((part) => {
            const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
            const found: string[] = [];
            for (let text = texts.nextNode(); text; text = texts.nextNode())
              for (const { 0: word, index } of (text.textContent ?? '').matchAll(/[^\s-]+/g)) {
                const range = document.createRange();
                range.setStart(text, index);
                range.setEnd(text, index + word.length);
                if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) found.push(word);
              }
            return found;
          }),
        );
        assert.deepEqual(broken, [], `${language} ${view.kind}`);
      }
  });

  it('leave no short word alone on the last line of a message, a hint or an explanation', async () => {
    const shown = '.alert p, .notice span, .field-error, .hint, .way small';
    for (const language of pageLanguages.filter((each) => !/^(zh|ja)/.test(each)))
      for (const view of [...mainViews, sampleViews.signInFailed, sampleViews.accountFactors, sampleViews.welcome]) {
        await open(language, view);
        const alone = await page.locator(shown).evaluateAll((parts) =>
          parts.flatMap((part) => {
            const text = part.firstChild;
            if (!(text instanceof Text) || part.childNodes.length > 1) return [];
            const words = [...text.data.matchAll(/\S+/g)].map(({ 0: word, index }) => {
              const range = document.createRange();
              range.setStart(text, index);
              range.setEnd(text, index + word.length);
              return range.getBoundingClientRect();
            });
            const [before, last] = words.slice(-2);
            if (!before || !last || last.top < before.bottom) return [];
            return last.width < part.getBoundingClientRect().width / 5 ? [text.data] : [];
          }),
        );
        assert.deepEqual(alone, [], `${language} ${view.kind}`);
      }
  });

  it('say their language and direction to the browser', async () => {
    for (const language of pageLanguages) {
      await open(language, sampleViews.signInWithForgotten);
      const said = await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]);
      assert.deepEqual(said, [language, language === 'ar' ? 'rtl' : 'ltr']);
    }
  });

  it('load nothing from other hosts, and in each language the same files', async () => {
    const asked = new Set<string>();
    page.on('request', (request) => asked.add(request.url()));
    for (const language of pageLanguages) await open(language, sampleViews.signInWithForgotten);
    page.removeAllListeners('request');
    assert.ok(
      [...asked].every((url) => url.startsWith(server.origin) || url.startsWith('data:')),
      [...asked].join(),
    );
    assert.equal([...asked].filter((url) => url.includes('/assets/')).length, 2);
  });

  describe('in Korean', () => {
    it('keep a particle with the name or the address before it, without a blank and on its line', async () => {
      await open('ko', sampleViews.emailToSend);
      const [address, particle] = await page.locator('.lead').evaluate((lead) => {
        const topOf = (text: Text, start: number, end: number) => {
          const range = document.createRange();
          range.setStart(text, start);
          range.setEnd(text, end);
          return Math.round(range.getBoundingClientRect().bottom);
        };
        const strong = lead.querySelector('strong')?.firstChild as Text;
        const rest = lead.lastChild as Text;
        return [topOf(strong, 0, strong.length), topOf(rest, rest.data.indexOf('에'), rest.data.indexOf('에') + 1)];
      });
      assert.ok(Math.abs(Number(address) - Number(particle)) < 8, 'on one line');
      const [joined, apart] = await page.locator('h1').evaluate((heading) =>
        [['Harbour에'], ['Harbour', '에']].map((words) =>
          words
            .map((word) => {
              const span = heading.appendChild(document.createElement('span'));
              span.style.display = 'inline-block';
              span.textContent = word;
              return span.getBoundingClientRect().width;
            })
            .reduce((sum, width) => sum + width),
        ),
      );
      assert.ok(Math.abs(Number(joined) - Number(apart)) < 1.5, `${joined} and ${apart}`);
    });
  });

  describe('in Arabic', () => {
    /** The horizontal position of one character of an element. */
    const positionOf = (selector: string, at: number) =>
      page.evaluate(
        ([found, index]) => {
          const node = document.querySelector(String(found))?.firstChild;
          if (!node) throw new Error(`${found} has no text`);
          const range = document.createRange();
          range.setStart(node, Number(index));
          range.setEnd(node, Number(index) + 1);
          return range.getBoundingClientRect().left;
        },
        [selector, at],
      );

    it('show phone numbers and codes from left to right inside sentences', async () => {
      await open('ar', { ...sampleViews.verificationCodeWrong, address: '+966 50 123 4567' });
      const phone = '.lead strong';
      assert.ok((await positionOf(phone, 0)) < (await positionOf(phone, 1)), 'the plus sign is left of the number');
      assert.ok((await positionOf(phone, 1)) < (await positionOf(phone, 9)), 'the country code comes first');
      await open('ar', sampleViews.backupCodes);
      assert.ok((await positionOf('.codes code', 0)) < (await positionOf('.codes code', 4)));
    });

    it('break a long address after its @ sign, and not inside a word', async () => {
      await open('ar', sampleViews.verificationCode);
      const tops = await page.locator('.lead strong').evaluate((address) =>
        [...address.childNodes]
          .filter((node) => node instanceof Text)
          .map((text) => {
            const range = document.createRange();
            range.selectNode(text);
            return [...range.getClientRects()].map(({ top }) => Math.round(top));
          }),
      );
      assert.deepEqual(
        tops.map((lines) => lines.length),
        [1, 1],
      );
      assert.notEqual(tops[0]?.[0], tops[1]?.[0]);
    });

    it('have fields for addresses and codes from left to right, at the side where the labels begin', async () => {
      for (const [view, field] of [
        [sampleViews.signInByCode, '#username'],
        [sampleViews.continueAddress, '#address'],
      ] as const) {
        await open('ar', view);
        const [direction, alignment] = await page
          .locator(field)
          .evaluate((input) => [getComputedStyle(input).direction, getComputedStyle(input).textAlign]);
        assert.deepEqual([direction, alignment], ['ltr', 'right'], field);
      }
      await open('ar', sampleViews.totp);
      const box = await page.locator('.code-field .box').boundingBox();
      const input = await page.locator('#code').boundingBox();
      assert.ok(box && input && input.x >= box.x && input.x < box.x + box.width / 6, 'the first digit is at the left');
    });

    it('put the button that shows the password at the end of its field, and mirror arrows', async () => {
      await open('ar', sampleViews.signInWithForgotten);
      const [field, button] = [page.locator('#password'), page.locator('.reveal')];
      const [fieldBox, buttonBox] = [await field.boundingBox(), await button.boundingBox()];
      assert.ok(fieldBox && buttonBox && buttonBox.x < fieldBox.x + fieldBox.width / 2);
      const padding = await field.evaluate((input) => getComputedStyle(input).paddingLeft);
      assert.equal(padding, '52px');
      await open('ar', sampleViews.chooseFactor);
      const mirrored = await page
        .locator('.onward')
        .first()
        .evaluate((icon) => new DOMMatrix(getComputedStyle(icon).transform).a);
      assert.equal(mirrored, -1);
    });
  });
});
