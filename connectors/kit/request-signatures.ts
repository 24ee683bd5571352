/* The signatures by which the APIs of clouds recognize who sends a request. */
import { createHash, createHmac } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import type { MessageRequest } from './message-connector.ts';

export interface AccessKey {
  readonly id: string;
  readonly secret: string;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac256 = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

export interface AwsRequest {
  readonly key: AccessKey;
  readonly region: string;
  readonly service: string;
  readonly url: string;
  readonly body: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const compactTime = (now: number): string => new Date(now).toISOString().replaceAll(/[:-]|\.\d{3}/g, '');

/** AWS Signature Version 4 for a JSON body. */
export const signForAws = async ({ key, region, service, url, body, now }: AwsRequest): Promise<MessageRequest> => {
  const signer = new AwsV4Signer({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json' },
    body,
    accessKeyId: key.id,
    secretAccessKey: key.secret,
    region,
    service,
    datetime: compactTime(now),
  });
  const { headers } = await signer.sign();
  return { url, headers: Object.fromEntries(headers), text: body };
};

/** Percent-encoding by RFC 3986, as the signature of Alibaba Cloud wants it. */
const strictEncode = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/**
 * The signature of Alibaba Cloud's RPC APIs (HMAC-SHA1, version 1.0).
 * @param parameters all parameters of the request but the signature itself
 */
export const aliyunSignature = (
  method: 'GET' | 'POST',
  parameters: Readonly<Record<string, string>>,
  secret: string,
): string => {
  const query = Object.keys(parameters)
    .sort()
    .map((name) => `${strictEncode(name)}=${strictEncode(parameters[name] ?? '')}`)
    .join('&');
  return createHmac('sha1', `${secret}&`)
    .update(`${method}&%2F&${strictEncode(query)}`)
    .digest('base64');
};

export interface AliyunCall {
  readonly key: AccessKey;
  readonly host: string;
  readonly action: string;
  readonly version: string;
  readonly parameters: Readonly<Record<string, string | undefined>>;
  readonly now: number;
}

/** A call of an RPC API of Alibaba Cloud, as a form. */
export const aliyunRequest = ({ key, host, action, version, parameters, now }: AliyunCall): MessageRequest => {
  const given = Object.entries(parameters).filter((member): member is [string, string] => member[1] !== undefined);
  const form = {
    ...Object.fromEntries(given),
    Action: action,
    Version: version,
    Format: 'JSON',
    AccessKeyId: key.id,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: crypto.randomUUID(),
    Timestamp: new Date(now).toISOString().replace(/\.\d{3}/, ''),
  };
  return { url: `https://${host}/`, form: { ...form, Signature: aliyunSignature('POST', form, key.secret) } };
};

export interface TencentCall {
  readonly key: AccessKey;
  /** The product, which begins the host: `sms` is `sms.tencentcloudapi.com`. */
  readonly service: string;
  /** Another host of the product, e.g. of the international site. */
  readonly host?: string;
  readonly action: string;
  readonly version: string;
  readonly region: string;
  readonly body: string;
  readonly now: number;
}

/** A call of an API of Tencent Cloud with a JSON body (TC3-HMAC-SHA256). */
export const tencentRequest = ({ key, service, host: named, ...call }: TencentCall): MessageRequest => {
  const { action, version, region, body, now } = call;
  const host = named ?? `${service}.tencentcloudapi.com`;
  const contentType = 'application/json; charset=utf-8';
  const timestamp = String(Math.floor(now / 1000));
  const date = new Date(now).toISOString().slice(0, 10);
  const scope = `${date}/${service}/tc3_request`;
  const signed = 'content-type;host';
  const canonical = ['POST', '/', '', `content-type:${contentType}`, `host:${host}`, '', signed, sha256(body)].join(
    '\n',
  );
  const toSign = ['TC3-HMAC-SHA256', timestamp, scope, sha256(canonical)].join('\n');
  const signingKey = [service, 'tc3_request'].reduce(hmac256, hmac256(`TC3${key.secret}`, date));
  const signature = hmac256(signingKey, toSign).toString('hex');
  return {
    url: `https://${host}/`,
    headers: {
      'content-type': contentType,
      authorization: `TC3-HMAC-SHA256 Credential=${key.id}/${scope}, SignedHeaders=${signed}, Signature=${signature}`,
      'x-tc-action': action,
      'x-tc-version': version,
      'x-tc-region': region,
      'x-tc-timestamp': timestamp,
    },
    text: body,
  };
};
