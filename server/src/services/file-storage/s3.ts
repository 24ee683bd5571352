import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import type { Clock } from '../../kernel/clock.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { createLimiter } from '../../kernel/limiter.ts';
import type { Log } from '../../kernel/log.ts';
import { type Fetch, OutboundError } from '../../kernel/outbound.ts';
import { type FileKey, type FileStorage, pathOf } from './storage.ts';

export interface S3Settings {
  /** URL of the store, without trailing slash. */
  endpoint: string;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Whether the bucket is in the URL's path; otherwise it is the first label of the host. */
  pathStyle: boolean;
  /** Prefix of every key, before the tenant's id; '' or segments without leading and trailing slashes. */
  keyPrefix: string;
  /** Public URL of the bucket, without trailing slash. */
  publicUrl?: string;
}

export interface S3Needs {
  settings: S3Settings;
  /** May reach the store's host, even on a private address: the operator configured it, not a tenant. */
  outbound: Fetch;
  clock: Clock;
  log: Log;
}

interface Call {
  method: 'GET' | 'PUT' | 'DELETE';
  url: string;
  headers: Record<string, string>;
  body: Buffer<ArrayBuffer> | undefined;
}

/** Milliseconds for a call with its retries. */
const retryPeriod = 30_000;
const attempts = 3;
/** Milliseconds before the second attempt; the delay quadruples with each further one. */
const firstPause = 100;
/** Retryable responses: the same request may succeed later. */
const passingStatuses = new Set([429, 500, 502, 503, 504]);

/** The host of requests, as `createOutbound` expects it. */
export const s3Host = (settings: Pick<S3Settings, 'endpoint' | 'bucket' | 'pathStyle'>): string =>
  new URL(bucketUrl(settings)).hostname.replace(/^\[(.*)\]$/, '$1');

/**
 * Files in a bucket of an S3-compatible store: `<prefix>/<tenant>/<area>/<ids>`. Requests are signed with AWS Signature
 * Version 4, including the digest of the body, and retried if the store is busy or unreachable, which write-once keys
 * allow. Concurrency is limited to bound the memory for files.
 */
export function createS3Storage({ settings, outbound, clock, log }: S3Needs): FileStorage {
  const limiter = createLimiter({ concurrency: 16, maximumQueue: 1000 });
  const prefix = settings.keyPrefix === '' ? '' : `${settings.keyPrefix}/`;
  const nameOf = (tenant: { id: string }, key: FileKey) => `${prefix}${tenant.id}/${pathOf(key)}`;
  const urlOf = (tenant: { id: string }, key: FileKey) => `${bucketUrl(settings)}/${nameOf(tenant, key)}`;
  const call = (given: Call) =>
    limiter.run(() => repeat(() => send(settings, { outbound, clock }, given), { clock, log }));
  return {
    put: async (tenant, { key, bytes, contentType, disposition }) => {
      const headers = {
        'content-type': contentType,
        'content-disposition': disposition,
        'cache-control': 'public, max-age=31536000, immutable',
      };
      const body = Buffer.from(bytes);
      accept(await call({ method: 'PUT', url: urlOf(tenant, key), headers, body }), log);
    },
    get: async (tenant, key) => {
      const answer = await call({ method: 'GET', url: urlOf(tenant, key), headers: {}, body: undefined });
      if (answer.status === 404 && errorCodeOf(answer) === 'NoSuchKey') return undefined;
      return accept(answer, log).bytes;
    },
    remove: async (tenant, key) => {
      const answer = await call({ method: 'DELETE', url: urlOf(tenant, key), headers: {}, body: undefined });
      if (answer.status !== 404) accept(answer, log);
    },
    publicUrl: (tenant, key) => settings.publicUrl && `${settings.publicUrl}/${nameOf(tenant, key)}`,
  };
}

function bucketUrl({ endpoint, bucket, pathStyle }: Pick<S3Settings, 'endpoint' | 'bucket' | 'pathStyle'>): string {
  if (pathStyle) return `${endpoint}/${bucket}`;
  const url = new URL(endpoint);
  url.hostname = `${bucket}.${url.hostname}`;
  return url.href.replace(/\/$/, '');
}

interface StoreAnswer {
  status: number;
  bytes: Buffer;
}

/** Signs a call with the time of the attempt and sends it. */
async function send(
  { accessKeyId, secretAccessKey, region }: S3Settings,
  { outbound, clock }: Pick<S3Needs, 'outbound' | 'clock'>,
  { method, url, headers, body }: Call,
): Promise<StoreAnswer> {
  const signer = new AwsV4Signer({
    method,
    url,
    headers: {
      ...headers,
      'x-amz-content-sha256': createHash('sha256')
        .update(body ?? '')
        .digest('hex'),
    },
    service: 's3',
    region,
    accessKeyId,
    secretAccessKey,
    datetime: new Date(clock.now()).toISOString().replaceAll(/[:-]|\.\d+/g, ''),
  });
  const signed = await signer.sign();
  const response = await outbound(signed.url, {
    method,
    headers: signed.headers,
    // A signature is meant for the configured host only.
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
}

/** @throws AldabaError `storage.unavailable` if the store did not respond, or was busy each time */
async function repeat(
  attempt: () => Promise<StoreAnswer>,
  { clock, log }: Pick<S3Needs, 'clock' | 'log'>,
): Promise<StoreAnswer> {
  const start = clock.now();
  for (let count = 1; ; count += 1) {
    const outcome = await attempt().catch((error: unknown) => {
      if (error instanceof OutboundError) return error;
      throw error;
    });
    const passes = outcome instanceof OutboundError ? isPassing(outcome) : passingStatuses.has(outcome.status);
    if (!passes && !(outcome instanceof OutboundError)) return outcome;
    const pause = firstPause * 4 ** (count - 1);
    if (!passes || count === attempts || clock.now() - start + pause > retryPeriod) {
      const reason = outcome instanceof OutboundError ? outcome.message : `status ${outcome.status}`;
      log.error({ reason, attempts: count }, 'The file store cannot be reached');
      throw new AldabaError('storage.unavailable', undefined, { cause: outcome });
    }
    await wait(pause);
  }
}

const isPassing = ({ reason }: OutboundError): boolean => reason === 'network';

/** @throws AldabaError `storage.refused` for every response except success; the log contains the store's error code */
function accept(answer: StoreAnswer, log: Log): StoreAnswer {
  if (answer.status >= 200 && answer.status < 300) return answer;
  log.error({ status: answer.status, reason: errorCodeOf(answer) }, 'The file store refused a request');
  throw new AldabaError('storage.refused');
}

/**
 * The `Code` of an S3 error, e.g. `SignatureDoesNotMatch`. Nothing else of the response: some stores repeat the request
 * in it.
 */
const errorCodeOf = ({ bytes }: StoreAnswer): string =>
  /<Code>([A-Za-z0-9]{1,64})<\/Code>/.exec(bytes.subarray(0, 4096).toString('latin1'))?.[1] ?? 'unknown';
