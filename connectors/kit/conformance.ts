import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { readKey, withKey } from './config-path.ts';
import type { Call, Connector, ConnectorInstance, ConnectorLog, World } from './connector.ts';
import { ConnectorError, type ConnectorErrorCode, isConnectorErrorCode } from './errors.ts';
import { parseMetadata } from './metadata.ts';

/** One run against a provider: the network it answers on, and what to ask of the connector. */
export interface ProviderRun {
  readonly fetch: typeof globalThis.fetch;
  /**
   * The call that is tested: for a social connector `getUserInfo` with what the callback brought.
   * @param address where a social connector sent the user, '' for the others
   */
  readonly use: (instance: ConnectorInstance, call: Call, address: string) => Promise<unknown>;
  /** Values that this run hands to the connector and that must stay out of errors and logs, e.g. a code; may grow. */
  readonly secrets?: readonly string[];
}

/** What one request of a connector takes, although other requests must not. */
export interface RequestQuirk {
  /** Bodies that are a right answer here, e.g. an empty list. */
  readonly accepts?: readonly string[];
  /** Statuses with which the connector goes on without this answer. */
  readonly tolerates?: readonly number[];
}

export interface ConformanceCase {
  readonly connector: Connector;
  /** Complete: every form item has a value. */
  readonly validConfig: Readonly<Record<string, unknown>>;
  readonly invalidConfigs: readonly unknown[];
  /** What the runs against a provider use, where a complete configuration would leave requests out. */
  readonly runConfig?: Readonly<Record<string, unknown>>;
  /** The values of `validConfig` that must stay out of errors and logs. */
  readonly secrets: readonly string[];
  /** A provider that behaves well; a fresh one for each test. */
  readonly provider: () => ProviderRun;
  /** Every error that the connector declares, with a provider that causes it. */
  readonly failures: readonly {
    readonly name: string;
    readonly code: ConnectorErrorCode;
    readonly provider: () => ProviderRun;
  }[];
  /** By number of the request in a successful run, from 0. */
  readonly quirks?: Readonly<Record<number, RequestQuirk>>;
  /** Reads a guide file by its path below `docs/`; needed when the metadata names files. */
  readonly readDocument?: (path: string) => Promise<string>;
}

/** A time limit in milliseconds that is short enough to wait for, instead of the connector's own. */
const shortLimit = 20;

const collectLog = (lines: string[]): ConnectorLog => {
  const write = (fields: Readonly<Record<string, unknown>>, message: string) => {
    lines.push(`${message} ${inspect(fields, { depth: null })}`);
  };
  return { info: write, warn: write, error: write };
};

/** A session that lives in memory, as the server's does in a sign-in. */
export const memorySession = (): Call['session'] => {
  let kept: Readonly<Record<string, unknown>> = {};
  return {
    get: async () => kept,
    set: async (data) => {
      kept = data;
    },
  };
};

/** What the server asks for when a sign-in begins. */
export const authorizationRequest = {
  state: 'state of this sign-in',
  redirectUri: 'https://id.example.com/callback/abc123def456',
  connectorId: 'abc123def456',
  jti: 'jti-of-this-sign-in',
};

interface Outcome {
  readonly error: unknown;
  readonly result: unknown;
  readonly lines: readonly string[];
}

const run = async (
  test: ConformanceCase,
  provider: ProviderRun,
  options: { readonly timeLimit?: number; readonly signal?: AbortSignal } = {},
): Promise<Outcome> => {
  const lines: string[] = [];
  const { timeLimit, signal } = options;
  const world: World = {
    fetch: provider.fetch,
    now: () => Date.UTC(2026, 0, 1),
    log: collectLog(lines),
    ...(timeLimit === undefined ? {} : { timeLimit }),
  };
  const call: Call = { session: memorySession(), ...(signal === undefined ? {} : { signal }) };
  try {
    const instance = test.connector.create(test.runConfig ?? test.validConfig, world);
    // Some connectors keep what the callback is checked against when the address is made.
    const isSocial = instance.offers('getAuthorizationUri');
    const address = isSocial ? await instance.getAuthorizationUri(authorizationRequest, call) : '';
    return { result: await provider.use(instance, call, address), error: undefined, lines };
  } catch (error) {
    return { result: undefined, error, lines };
  }
};

/** All that an error would show wherever it is printed, with what it wraps. */
const everyWordOf = ({ error, lines }: Outcome): string =>
  [...lines, inspect(error, { depth: null, showHidden: true }), JSON.stringify(error)].join('\n');

/** As it is, in a query, in a form: the kit's own list is not used, since this checks it. */
const formsOf = (secret: string): readonly string[] => [
  secret,
  encodeURIComponent(secret),
  new URLSearchParams([['', secret]]).toString().slice(1),
];

const assertNoLeak = (outcome: Outcome, secrets: readonly string[]): void => {
  const words = everyWordOf(outcome);
  for (const form of secrets.flatMap(formsOf)) {
    assert.ok(!words.includes(form), 'a secret is in an error or in a log line');
  }
};

const assertFailsWith = (test: ConformanceCase, provider: ProviderRun, outcome: Outcome, code?: string): void => {
  assert.ok(outcome.error instanceof ConnectorError, `a ConnectorError was expected, not ${inspect(outcome.error)}`);
  assert.ok(isConnectorErrorCode(outcome.error.code));
  if (code !== undefined) assert.equal(outcome.error.code, code);
  assertNoLeak(outcome, [...test.secrets, ...(provider.secrets ?? [])]);
};

type Fetch = typeof globalThis.fetch;

/** The well-behaved provider, but its answer number `index` (from 0) comes from `fault`. */
const withFault = (
  provider: ProviderRun,
  index: number,
  fault: (...request: Parameters<Fetch>) => Promise<Response>,
) => {
  let count = 0;
  const fetch: Fetch = (...request) => {
    count += 1;
    return count - 1 === index ? fault(...request) : provider.fetch(...request);
  };
  return { ...provider, fetch };
};

/** How many requests a successful run makes; each of them is made to fail in turn. */
const countRequests = async (test: ConformanceCase): Promise<number> => {
  let count = 0;
  const provider = test.provider();
  const outcome = await run(test, {
    ...provider,
    fetch: (...request) => {
      count += 1;
      return provider.fetch(...request);
    },
  });
  assert.equal(outcome.error, undefined);
  return count;
};

const forEachRequest = async (test: ConformanceCase, check: (index: number) => Promise<void>): Promise<void> => {
  const count = await countRequests(test);
  assert.ok(count > 0, 'the connector made no request to its provider');
  for (let index = 0; index < count; index += 1) await check(index);
};

/** A request as an error page would repeat it. */
const echo = async (input: Parameters<Fetch>[0], init: Parameters<Fetch>[1]): Promise<string> => {
  const request = new Request(input, init);
  return `${request.method} ${request.url} ${inspect(Object.fromEntries(request.headers))} ${await request.text()}`;
};

const asOauthError = (text: string): string => JSON.stringify({ error: 'invalid_request', error_description: text });

/**
 * The same as a page, and in an error of RFC 6749 section 5.2 that is short enough for a message: the header, or the
 * body.
 */
const echoes: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => asOauthError(text.slice(text.indexOf('{')).slice(0, 280)),
  (text) => asOauthError(text.slice(-250)),
];

/** The promises that need no provider. */
export const metadataConformance = (test: ConformanceCase): void => {
  conformed.add(test.connector.metadata.id);
  const { connector, validConfig, readDocument } = test;
  const { metadata } = connector;

  it('has complete metadata, with a guide in every language of its name', async () => {
    parseMetadata(metadata);
    assert.match(metadata.logo, /^(data:image\/(svg\+xml|png)[;,]|https?:\/\/)/);
    const guides: Readonly<Record<string, string>> =
      'text' in metadata.guide ? metadata.guide.text : metadata.guide.files;
    for (const language of Object.keys(metadata.name)) {
      assert.ok(
        metadata.name[language] && metadata.description[language],
        `the name or the description in ${language}`,
      );
      const guide = guides[language];
      assert.ok(guide, `there is no guide in ${language}`);
      if ('text' in metadata.guide) continue;
      assert.ok(readDocument, 'the case needs readDocument, because the guides are files');
      assert.match(await readDocument(guide), /^# \S/, 'a guide opens with its title');
    }
  });

  it('asks in its form for what its configuration knows, and requires the same', () => {
    for (const item of metadata.formItems) {
      const valid = validConfig as Record<string, unknown>;
      assert.notEqual(readKey(valid, item.key), undefined, `validConfig has no ${item.key}`);
      const wrong = withKey(valid, item.key, () => undefined);
      assert.equal(connector.checkConfig(wrong).success, false, `the guard does not know ${item.key}`);
      const without = withKey(valid, item.key, undefined);
      assert.equal(connector.checkConfig(without).success, item.required !== true, `${item.key} without a value`);
    }
  });

  it('refuses a configuration that is not valid, naming fields and never values', () => {
    assert.deepEqual(connector.checkConfig(validConfig), { success: true });
    for (const config of [undefined, null, 'text', 1, [], ...test.invalidConfigs]) {
      const check = connector.checkConfig(config);
      assert.ok(!check.success && check.problems.length > 0, `was accepted: ${inspect(config)}`);
      const provider = test.provider();
      const world = { fetch: provider.fetch, now: () => 0, log: collectLog([]) };
      assert.throws(
        () => connector.create(config, world),
        (error: unknown) => {
          assertFailsWith(test, provider, { error, result: undefined, lines: [] }, 'invalid_config');
          return true;
        },
      );
    }
  });

  it('answers not_implemented for what it does not offer', async () => {
    const instance = connector.create(validConfig, { fetch: test.provider().fetch, now: () => 0, log: collectLog([]) });
    if (instance.offers('getUsage')) return;
    await assert.rejects(instance.getUsage(undefined, {}), { code: 'not_implemented' });
  });
};

const testSuccess = (test: ConformanceCase): void => {
  it('succeeds with a provider that behaves, on the given fetch and nothing else', async () => {
    const strayed: string[] = [];
    const onRequest = () => strayed.push('a request went past the given fetch');
    const channels = ['undici:request:create', 'http.client.request.start'];
    for (const channel of channels) subscribe(channel, onRequest);
    try {
      const provider = test.provider();
      const outcome = await run(test, provider);
      assert.equal(outcome.error, undefined);
      assert.deepEqual(strayed, []);
      assertNoLeak({ ...outcome, error: undefined }, [...test.secrets, ...(provider.secrets ?? [])]);
      if (test.connector.metadata.type === 'Social') {
        const { id } = outcome.result as { id?: unknown };
        assert.ok(typeof id === 'string' && id !== '', 'the person has an id');
      }
    } finally {
      for (const channel of channels) unsubscribe(channel, onRequest);
    }
  });

  if (test.connector.metadata.type !== 'Social') return;
  it('makes an address that carries the state and holds no secret', async () => {
    const world = { fetch: test.provider().fetch, now: () => 0, log: collectLog([]) };
    const instance = test.connector.create(test.validConfig, world);
    const address = await instance.getAuthorizationUri(authorizationRequest, { session: memorySession() });
    assert.equal(new URLSearchParams(new URL(address).search).get('state'), authorizationRequest.state);
    for (const secret of test.secrets) assert.ok(!decodeURIComponent(address).includes(secret));
  });
};

const testFailures = (test: ConformanceCase): void => {
  for (const { name, code, provider } of test.failures) {
    it(`answers ${code} for ${name}`, async () => {
      const failing = provider();
      assertFailsWith(
        test,
        failing,
        await run(test, failing, code === 'timeout' ? { timeLimit: shortLimit } : {}),
        code,
      );
    });
  }

  it('answers invalid_response for an answer that is garbage', async () => {
    await forEachRequest(test, async (index) => {
      const accepted = test.quirks?.[index]?.accepts ?? [];
      const bodies = ['', 'x', '<html>', '[]', '{}', 'null', '"text"', '{"a":', '\u0000', '[{"a":{"b":1}}]'];
      for (const body of bodies.filter((each) => !accepted.includes(each))) {
        const provider = withFault(test.provider(), index, async () => new Response(body));
        assertFailsWith(test, provider, await run(test, provider), 'invalid_response');
      }
    });
  });

  it('answers invalid_response for an answer that is too large, whether or not its fetch limits the size', async () => {
    await forEachRequest(test, async (index) => {
      // The right answer, with a megabyte and more of white space that a parser would not mind.
      const honest = test.provider();
      const large = withFault(honest, index, async (...request) => {
        const answer = await honest.fetch(...request);
        return new Response((await answer.text()) + ' '.repeat(2 ** 20 + 1), answer);
      });
      assertFailsWith(test, large, await run(test, large), 'invalid_response');
      const limited = withFault(test.provider(), index, async () => {
        throw Object.assign(new TypeError('too large'), { reason: 'size' });
      });
      assertFailsWith(test, limited, await run(test, limited), 'invalid_response');
    });
  });

  it('keeps its secrets out of errors and logs when the provider repeats the whole request', async () => {
    const headers = { location: 'https://elsewhere.example/' };
    await forEachRequest(test, async (index) => {
      for (const status of [200, 302, 400, 401, 403, 500, 503]) {
        for (const wrap of echoes) {
          const provider = withFault(test.provider(), index, async (input, init) => {
            return new Response(wrap(await echo(input, init)), { status, headers });
          });
          const outcome = await run(test, provider);
          if (test.quirks?.[index]?.tolerates?.includes(status))
            assertNoLeak({ ...outcome, result: undefined }, [...test.secrets, ...(provider.secrets ?? [])]);
          else assertFailsWith(test, provider, outcome);
        }
      }
      const unreachable = withFault(test.provider(), index, async (input, init) => {
        throw new TypeError(`fetch failed: ${await echo(input, init)}`);
      });
      assertFailsWith(test, unreachable, await run(test, unreachable), 'general');
    });
  });
};

const testTime = (test: ConformanceCase): void => {
  const heedful: (...request: Parameters<Fetch>) => Promise<Response> = (_, init) =>
    new Promise((_resolve, reject) => {
      assert.ok(init?.signal, 'the request has no signal to stop it');
      init.signal.addEventListener('abort', () => reject(init.signal?.reason), { once: true });
    });
  const faults = [
    { name: 'never answers', fault: heedful },
    { name: 'never answers and ignores its signal', fault: () => new Promise<Response>(() => {}) },
    { name: 'never ends its answer', fault: async () => new Response(new ReadableStream()) },
  ];
  for (const { name, fault } of faults) {
    it(`answers timeout when the provider ${name}`, async () => {
      await forEachRequest(test, async (index) => {
        const provider = withFault(test.provider(), index, fault);
        assertFailsWith(test, provider, await run(test, provider, { timeLimit: shortLimit }), 'timeout');
      });
    });
  }

  it('stops when its caller does', async () => {
    await forEachRequest(test, async (index) => {
      const controller = new AbortController();
      const provider = withFault(test.provider(), index, (...request) => {
        const pending = heedful(...request);
        controller.abort(new Error('the caller left'));
        return pending;
      });
      const { error } = await run(test, provider, { signal: controller.signal });
      assert.equal(error, controller.signal.reason);
    });
  });
};

/** IDs of the connectors whose promises this process has registered. */
export const conformed: Set<string> = new Set();

/** Registers, with Node's test runner, the promises that every connector keeps. */
export const connectorConformance = (test: ConformanceCase): void => {
  describe(`the connector ${test.connector.metadata.id} conforms to the kit`, () => {
    metadataConformance(test);
    testSuccess(test);
    testFailures(test);
    testTime(test);
  });
};
