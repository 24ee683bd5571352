import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort, startProgram } from './programs.ts';
import { findPython } from './python.ts';

/** A call as it arrived at the store. */
interface StoreCall {
  method: string;
  /** Without query. */
  path: string;
  headers: IncomingHttpHeaders;
  status: number;
}

/**
 * A store that speaks S3 and authenticates callers: moto, which recomputes every signature with Amazon's own signer
 * (botocore) and rejects a difference. It does not check that the body is the signed one; a proxy in front of it does.
 */
export interface S3Store {
  port: number;
  bucket: string;
  /** Environment of a server that keeps its files here. */
  environment: Record<'S3_ENDPOINT' | 'S3_BUCKET' | 'S3_ACCESS_KEY_ID' | 'S3_SECRET_ACCESS_KEY', string>;
  calls: StoreCall[];
  /** The next calls are answered with this status and do not reach the store. */
  answerWith: (status: number, times: number) => void;
  close: () => Promise<void>;
}

export async function startS3Store(bucket = 'aldaba-files'): Promise<S3Store> {
  const inner = await freePort();
  const setUp = 4;
  const program = startProgram(findPython(), ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(inner)], {
    environment: { PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1', INITIAL_NO_AUTH_ACTION_COUNT: String(setUp) },
  });
  await program.says(/Running on/);
  const key = await prepareAccount(`http://127.0.0.1:${inner}`, bucket);
  const calls: StoreCall[] = [];
  let refusal = { status: 0, times: 0 };
  const front = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    outgoing.once('finish', () =>
      calls.push({
        method: incoming.method ?? '',
        path: new URL(incoming.url ?? '', 'http://store').pathname,
        headers: incoming.headers,
        status: outgoing.statusCode,
      }),
    );
    if (refusal.times > 0) {
      refusal.times -= 1;
      outgoing.writeHead(refusal.status).end('<Error><Code>SlowDown</Code></Error>');
    } else if (createHash('sha256').update(body).digest('hex') !== incoming.headers['x-amz-content-sha256']) {
      outgoing.writeHead(400).end('<Error><Code>XAmzContentSHA256Mismatch</Code></Error>');
    } else pass(incoming, outgoing, { port: inner, body });
  }).listen(0, '127.0.0.1');
  await once(front, 'listening');
  const { port } = front.address() as AddressInfo;
  return {
    port,
    bucket,
    environment: {
      S3_ENDPOINT: `http://127.0.0.1:${port}`,
      S3_BUCKET: bucket,
      S3_ACCESS_KEY_ID: key.id,
      S3_SECRET_ACCESS_KEY: key.secret,
    },
    calls,
    answerWith(status, times) {
      refusal = { status, times };
    },
    async close() {
      front.closeAllConnections();
      front.close();
      await once(front, 'close');
      await program.stop('SIGKILL');
    },
  };
}

/** Hands a call on as it is: the host is part of what was signed. */
function pass(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { port, body }: { port: number; body: Buffer },
): void {
  const inner = request(
    { host: '127.0.0.1', port, method: incoming.method, path: incoming.url, headers: incoming.headers, agent: false },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(outgoing);
    },
  );
  inner.on('error', () => outgoing.destroy());
  inner.end(body);
}

/** An account that may use buckets, its key, and a bucket. The store authenticates no caller until this is done. */
async function prepareAccount(url: string, bucket: string): Promise<{ id: string; secret: string }> {
  const call = async (service: string, method: string, path: string, form?: Record<string, string>) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=setup/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
      },
      ...(form ? { body: new URLSearchParams({ ...form, Version: '2010-05-08' }) } : {}),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`The store could not be prepared: ${answer.status} ${text}`);
    return text;
  };
  await call('iam', 'POST', '/', { Action: 'CreateUser', UserName: 'aldaba' });
  const key = await call('iam', 'POST', '/', { Action: 'CreateAccessKey', UserName: 'aldaba' });
  const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] };
  await call('iam', 'POST', '/', {
    Action: 'PutUserPolicy',
    UserName: 'aldaba',
    PolicyName: 'buckets',
    PolicyDocument: JSON.stringify(policy),
  });
  await call('s3', 'PUT', `/${bucket}`);
  const value = (name: string) => new RegExp(`<${name}>([^<]+)`).exec(key)?.[1] ?? '';
  return { id: value('AccessKeyId'), secret: value('SecretAccessKey') };
}
