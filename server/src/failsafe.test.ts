import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { surviveFailures } from './failsafe.ts';

describe('Uncaught failures', () => {
  const watch = () => {
    const running = new EventEmitter();
    const logged: string[] = [];
    let stops = 0;
    surviveFailures(running, { error: (_fields, message) => logged.push(message) }, () => {
      stops += 1;
    });
    return { running, logged, stops: () => stops };
  };

  it('logs a failure of background work or of a connection, and keeps the server running', () => {
    const { running, logged, stops } = watch();
    running.emit('unhandledRejection', new Error('no one waited'));
    running.emit('uncaughtException', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
    running.emit('uncaughtException', Object.assign(new Error('terminating connection'), { code: '57P01' }));
    running.emit('uncaughtException', new Error('Connection terminated unexpectedly'));
    assert.equal(logged.length, 4);
    assert.equal(stops(), 0);
  });

  it('stops the server in order after a failure of the program itself', () => {
    const { running, logged, stops } = watch();
    running.emit('uncaughtException', new TypeError('undefined is not a function'));
    assert.equal(logged.length, 1);
    assert.equal(stops(), 1);
  });
});
