import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { colorOr, contrast, inkOn, readableOn } from './colors.ts';

/** A grid over all of sRGB, with the extremes. */
const steps = [0, 51, 102, 153, 204, 255];
const colors = steps.flatMap((r) =>
  steps.flatMap((g) => steps.map((b) => `#${[r, g, b].map((value) => value.toString(16).padStart(2, '0')).join('')}`)),
);

describe('Tenant colors', () => {
  it('measures contrast as WCAG does', () => {
    assert.equal(contrast('#000000', '#ffffff'), 21);
    assert.equal(contrast('#777777', '#777777'), 1);
    // The well-known lightest grey that passes on white.
    assert.ok(contrast('#767676', '#ffffff') >= 4.5 && contrast('#777777', '#ffffff') < 4.5);
  });

  it('chooses button text with a contrast of at least 4.5', () => {
    for (const color of colors) assert.ok(contrast(color, inkOn(color)) >= 4.5, color);
  });

  it('adjusts link text to a contrast of at least 4.5, and keeps the color if possible', () => {
    for (const color of colors) {
      assert.ok(contrast(readableOn(color, ['#ffffff', '#f7f6f4'], '#000000'), '#f7f6f4') >= 4.5, color);
      assert.ok(contrast(readableOn(color, ['#1b1c21'], '#ffffff'), '#1b1c21') >= 4.5, color);
    }
    assert.equal(readableOn('#85491b', ['#ffffff'], '#000000'), '#85491b');
  });

  it('writes colors to the style sheet only as #rrggbb', () => {
    for (const value of ['red', '#ff', '#ffff', '#12345g', '#123456;}', '', 'url(x)', '#123456\n']) {
      assert.equal(colorOr(value, '#000000'), '#000000', value);
    }
    assert.equal(colorOr('#ABCDEF', '#000000'), '#abcdef');
    assert.equal(colorOr('#F0a', '#000000'), '#ff00aa');
  });
});
