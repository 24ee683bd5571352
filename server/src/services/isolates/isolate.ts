/**
 * One thread that runs scripts in QuickJS, compiled to WebAssembly. A script has the objects of the language and
 * nothing of Node: no modules, network, files, environment or timers. Every run has its own runtime, so that scripts
 * cannot see each other's state.
 *
 * The entry of a worker thread; started by `service.ts`.
 */
import { parentPort } from 'node:worker_threads';
import {
  newQuickJSWASMModule,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  RELEASE_SYNC,
} from 'quickjs-emscripten';
import type { Outcome, Task } from './outcome.ts';

/** Milliseconds of this thread's processor time. */
const cpuLimit = 200;
/** Bytes of the interpreter's whole memory, of which it uses a few megabytes itself. */
const memoryLimit = 40 * 1024 * 1024;
const stackLimit = 256 * 1024;
/** Maximum length of a script's JSON result, in characters. */
const outputLimit = 32_768;

/** Runs inside the isolate before the script, with the language's original objects. */
const harness = `(() => {
  const { parse, stringify } = JSON;
  const { freeze } = Object;
  const [text, Failure] = [String, Error];
  const silent = () => undefined;
  globalThis.console = freeze({ log: silent, info: silent, warn: silent, error: silent, debug: silent });
  return async (input, entry, deny) => {
    const api = freeze({
      denyAccess(message) {
        let words;
        try {
          words = message === undefined ? undefined : text(message).slice(0, 500);
        } finally {
          deny(words);
        }
        throw new Failure('access denied');
      },
    });
    return stringify({ value: await entry({ ...parse(input), api }) });
  };
})()`;

// The interpreter's own limit counts single allocations only: built for WebAssembly, it cannot measure existing ones. A
// memory that cannot grow enforces the limit, and is freed with the thread.
const page = 65_536;
const wasmMemory = new WebAssembly.Memory({ initial: 256, maximum: memoryLimit / page });
const wasm = await newQuickJSWASMModule(newVariant(RELEASE_SYNC, { wasmMemory }));

parentPort?.on('message', (task: Task) => {
  let outcome: Outcome;
  let isSound = true;
  try {
    ({ outcome, isSound } = runOnce(task));
  } catch (error) {
    // The interpreter itself failed (its stack or its heap): this thread is no longer trusted.
    isSound = false;
    outcome = { kind: 'failed', reason: 'memory', message: error instanceof Error ? error.name : 'unknown' };
  }
  parentPort?.postMessage({ outcome, isSound });
});
parentPort?.postMessage('ready');

function runOnce(task: Task): { outcome: Outcome; isSound: boolean } {
  const runtime = wasm.newRuntime();
  runtime.setMaxStackSize(stackLimit);
  const begin = process.threadCpuUsage();
  let isLate = false;
  runtime.setInterruptHandler(() => {
    const { user, system } = process.threadCpuUsage(begin);
    isLate ||= (user + system) / 1000 > cpuLimit;
    return isLate;
  });
  const context = runtime.newContext();
  // Kept outside the isolate: a rejection counts whatever the script does after it, even if it fails.
  const isolate: Isolate = { runtime, context, denied: undefined };
  const outcome = evaluate(isolate, task);
  const { denied } = isolate;
  const isSound = !isLate && !(outcome.kind === 'failed' && outcome.reason === 'memory');
  if (!isSound) return { outcome: denied ?? (isLate ? { kind: 'failed', reason: 'time' } : outcome), isSound };
  context.dispose();
  runtime.dispose();
  return { outcome: denied ?? outcome, isSound };
}

interface Isolate {
  runtime: QuickJSRuntime;
  context: QuickJSContext;
  denied: Extract<Outcome, { kind: 'denied' }> | undefined;
}

function evaluate(isolate: Isolate, { script, entry, input }: Task): Outcome {
  const { runtime, context } = isolate;
  const prepared = context.evalCode(harness, 'harness.js', { strict: true });
  if (prepared.error) return failure(context, prepared.error);
  using run = prepared.value;
  const defined = context.evalCode(script, 'script.js', { type: 'global' });
  if (defined.error) return failure(context, defined.error, 'load');
  defined.value.dispose();
  const found = context.evalCode(entry, 'script.js', { type: 'global' });
  if (found.error) return failure(context, found.error, 'load');
  using main = found.value;
  if (context.typeof(main) !== 'function')
    return { kind: 'failed', reason: 'load', message: `${entry} is not a function` };
  using text = context.newString(input);
  using deny = context.newFunction('deny', (words) => {
    isolate.denied ??= {
      kind: 'denied',
      ...(context.typeof(words) === 'string' ? { message: context.getString(words) } : {}),
    };
  });
  const called = context.callFunction(run, context.undefined, text, main, deny);
  if (called.error) return failure(context, called.error);
  using promise = called.value;
  const jobs = runtime.executePendingJobs();
  if (jobs.error) return failure(context, jobs.error);
  const state = context.getPromiseState(promise);
  if (state.type === 'pending')
    return { kind: 'failed', reason: 'error', message: `${entry} waits for something that never comes` };
  if (state.type === 'rejected') return failure(context, state.error);
  using value = state.value;
  return read(context.getString(value));
}

function read(text: string): Outcome {
  if (text.length > outputLimit) return { kind: 'failed', reason: 'shape', message: 'the result is too large' };
  let result: { value?: unknown };
  try {
    result = JSON.parse(text);
  } catch {
    // The script replaced an object that the isolate needs to write JSON: its result is lost.
    return { kind: 'failed', reason: 'shape', message: 'the result is not JSON' };
  }
  const { value } = result;
  return { kind: 'returned', ...(value === undefined ? {} : { value }) };
}

function failure(context: QuickJSContext, handle: QuickJSHandle, reason: 'load' | 'error' = 'error'): Outcome {
  using error = handle;
  const textOf = (name: string): string => {
    using member = context.getProp(error, name);
    return context.typeof(member) === 'string' ? context.getString(member).slice(0, 500) : '';
  };
  const isObject = context.typeof(error) === 'object';
  const [name, message, stack] = isObject ? [textOf('name'), textOf('message'), textOf('stack')] : ['', '', ''];
  if (name === 'InternalError' && message === 'out of memory') return { kind: 'failed', reason: 'memory' };
  const line = Number(/script\.js:(\d+)/.exec(stack)?.[1]);
  return {
    kind: 'failed',
    reason,
    message: [name, message].filter(Boolean).join(': ') || 'the script threw something that is no error',
    ...(Number.isInteger(line) ? { line } : {}),
  };
}
