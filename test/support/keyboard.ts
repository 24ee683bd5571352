import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';

/** A person at a keyboard without a mouse. */
export interface Keyboard {
  /** Moves the focus with Tab until it is on the control, and asserts that the focus can be seen there. */
  reach: (control: Locator) => Promise<void>;
  /** Reaches the control and presses a key on it; Enter by default. */
  press: (control: Locator, key?: string) => Promise<void>;
  /** Reaches the field and replaces what it has. */
  type: (field: Locator, text: string) => Promise<void>;
}

/** No page has more controls than this. */
const mostSteps = 150;

export function keyboardOf(page: Page): Keyboard {
  const reach = async (control: Locator): Promise<void> => {
    await control.waitFor({ state: 'attached' });
    for (let step = 0; step < mostSteps; step += 1) {
      if (await hasFocus(control)) return assertVisible(control);
      await page.keyboard.press('Tab');
    }
    assert.fail(`Tab does not reach ${control}`);
  };
  return {
    reach,
    async press(control, key = 'Enter') {
      await reach(control);
      await page.keyboard.press(key);
    },
    async type(field, text) {
      await reach(field);
      await page.keyboard.press('Control+a');
      await page.keyboard.insertText(text);
    },
  };
}

/** Whether the control has the focus, in whichever frame; on the next page if its page is just being left. */
async function hasFocus(control: Locator): Promise<boolean> {
  try {
    return await control.evaluate((element) => {
      const { activeElement } = element.ownerDocument;
      return activeElement === element && element.ownerDocument.hasFocus();
    });
  } catch (error) {
    if (!/context was destroyed/.test(String(error))) throw error;
    return hasFocus(control);
  }
}

async function assertVisible(control: Locator): Promise<void> {
  assert.ok(await control.evaluate((element) => element.matches(':focus-visible')), `${control} shows no focus`);
}
