import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromLocal, isReversed, logQueryOf, logSearch, toLocal } from './log-search.ts';

const now = Date.parse('2026-03-01T12:00:00Z');

describe('The address of the audit log', () => {
  it('keeps what it understands and drops the rest', () => {
    assert.deepEqual(
      logSearch({
        event: 'RevokeToken',
        result: 'Maybe',
        user: 123,
        range: '9y',
        from: '2026-01-01T00:00:00Z',
        page: 2,
      }),
      { event: 'RevokeToken', user: '123', page: 2 },
    );
    assert.deepEqual(logSearch({ range: 'custom', from: 'yesterday', to: '2026-01-01T00:00:00Z' }), {
      range: 'custom',
      to: '2026-01-01T00:00:00Z',
    });
  });

  it('counts a range back from now', () => {
    assert.equal(logQueryOf({ range: '24h' }, now).start_time, String(Date.parse('2026-02-28T12:00:00Z')));
    assert.equal(logQueryOf({}, now).start_time, undefined);
  });

  it('includes the last minute of a custom range', () => {
    const query = logQueryOf({ range: 'custom', from: '2026-03-01T10:00:00Z', to: '2026-03-01T10:05:00Z' }, now);
    assert.equal(query.start_time, String(Date.parse('2026-03-01T10:00:00Z')));
    assert.equal(query.end_time, String(Date.parse('2026-03-01T10:05:59.999Z')));
    assert.ok(isReversed({ from: '2026-03-01T10:00:00Z', to: '2026-03-01T09:59:00Z' }));
  });

  it('shows and reads times in local time', () => {
    const iso = '2026-07-01T22:30:00.000Z';
    assert.equal(fromLocal(toLocal(iso)), iso);
    assert.equal(new Date(toLocal(iso)).getHours(), new Date(iso).getHours());
    assert.equal(fromLocal(''), undefined);
  });
});
