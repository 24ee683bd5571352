/*
 * Connectors that hand a message to a provider's HTTP API: a connector is its form, one request and the shapes of the
 * provider's answers.
 */
import { z } from 'zod';
import { type Connector, defineConnector, type Message, type World } from './connector.ts';
import { ConnectorError, type ConnectorErrorCode } from './errors.ts';
import { type ConnectorMetadata, type FormItem, guideFiles, type LocalizedText } from './metadata.ts';
import { redact, requestProvider } from './request.ts';

/** Milliseconds for one message. */
const timeLimit = 10_000;

/** A request of a provider's API: the body is `json`, or `form`, whose undefined members are left out. */
export interface MessageRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string | undefined>>;
  readonly text?: string;
}

/** Why a provider refused a message, in its own words; `code` if it is none of the usual reasons of its status. */
export interface Refusal {
  readonly reason: string;
  readonly code?: ConnectorErrorCode | undefined;
}

export interface MessageProvider<Config extends z.ZodType> {
  readonly metadata: ConnectorMetadata;
  readonly config: Config;
  readonly request: (
    config: z.output<Config>,
    message: Message,
    world: World,
  ) => MessageRequest | Promise<MessageRequest>;
  /** The answer to a message that was accepted, which has a status of success; any answer if left out. */
  readonly accepted?: z.ZodType;
  /** The answer to one that was not, whatever its status. */
  readonly refused?: z.ZodType<Refusal>;
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // Some providers answer with plain text.
    return text;
  }
};

/** Codes that the status of an answer stands for. */
const codesByStatus: Readonly<Record<number, ConnectorErrorCode>> = {
  401: 'invalid_config',
  403: 'invalid_config',
  429: 'rate_limit_exceeded',
};

/** Longest sentence of a provider that is repeated. */
const maximumReason = 300;

/** All that must not be repeated: confidential fields, what authorizes the request, the recipient and the code. */
const secretsOf = (
  items: readonly FormItem[],
  config: unknown,
  { message, headers = {} }: { message: Message; headers?: Readonly<Record<string, string>> | undefined },
): string[] => {
  const values = config as Readonly<Record<string, unknown>>;
  const fields = items.filter((item) => 'isConfidential' in item && item.isConfidential).map(({ key }) => values[key]);
  const authorization = Object.entries(headers).flatMap(([name, value]) =>
    name.toLowerCase() === 'authorization' ? value.split(' ') : [],
  );
  const { code, link } = message.payload;
  return [...fields, ...authorization, message.to, code, link].filter(
    (value): value is string => typeof value === 'string' && value.length > 2,
  );
};

const toInit = ({ method = 'POST', headers = {}, json, form, text }: MessageRequest) => {
  if (json !== undefined)
    return { method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(json) };
  if (text !== undefined) return { method, headers, body: text };
  if (form === undefined) return { method, headers };
  const members = Object.entries(form).filter((member): member is [string, string] => member[1] !== undefined);
  return {
    method,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(members).toString(),
  };
};

/** The error for an answer that does not say that the message was accepted. */
const errorFor = (
  status: number,
  refusal: Refusal | undefined,
  { name, secrets }: { name: string; secrets: string[] },
) => {
  if (status >= 200 && status < 300 && !refusal)
    return new ConnectorError('invalid_response', { message: `${name} sent an answer of another form` });
  const code = refusal?.code ?? codesByStatus[status] ?? 'general';
  const reason = redact(refusal?.reason ?? '', secrets).slice(0, maximumReason);
  const errorDescription = reason === '' ? `${name} answered with status ${status}` : `${name} answered: ${reason}`;
  return new ConnectorError(code, { errorDescription, status });
};

/**
 * Makes a connector for email or text messages out of one HTTP request. Credentials that the provider refuses (401,
 * 403) are `invalid_config`, 429 is `rate_limit_exceeded`, other refusals are `general` with the provider's reason.
 */
export const createMessageConnector = <Config extends z.ZodType>(provider: MessageProvider<Config>): Connector =>
  defineConnector({
    metadata: provider.metadata,
    config: provider.config,
    create: (config, world) => ({
      sendMessage: async (message, { signal }) => {
        const request = await provider.request(config, message, world);
        const name = provider.metadata.name.en;
        const { status, text } = await requestProvider(world, {
          provider: name,
          url: new URL(request.url),
          init: toInit(request),
          timeLimit,
          signal,
        });
        const body = parse(text);
        const isAccepted = status >= 200 && status < 300 && (provider.accepted ?? z.unknown()).safeParse(body).success;
        if (isAccepted) return body;
        const secrets = secretsOf(provider.metadata.formItems, config, { message, headers: request.headers });
        throw errorFor(status, provider.refused?.safeParse(body).data, { name, secrets });
      },
    }),
  });

export interface Sender {
  readonly id: string;
  readonly target: string;
  /** As the provider writes itself, in every language. */
  readonly name: string;
  /** As it is called in Chinese, if that is another name. */
  readonly chineseName?: string;
  readonly logo: string;
  readonly formItems: FormItem[];
  /** The name of the guide's files. */
  readonly guide: string;
  /** Instead of the sentence made of the name. */
  readonly description?: LocalizedText;
}

const senderMetadata = ({ name, chineseName = name, guide, id, target, logo, formItems }: Sender) => ({
  ...{ id, target, logo, formItems },
  platform: null,
  name: { en: name, es: name, 'zh-CN': chineseName },
  logoDark: null,
  guide: guideFiles(guide),
});

/** The metadata of a connector that sends emails. */
export const mailMetadata = (sender: Sender): ConnectorMetadata => ({
  ...senderMetadata(sender),
  type: 'Email',
  description: sender.description ?? {
    en: `Send emails with ${sender.name}.`,
    es: `Envío de correos con ${sender.name}.`,
    'zh-CN': `通过${sender.chineseName ?? ` ${sender.name} `}发送邮件。`,
  },
});

/** The metadata of a connector that sends text messages. */
export const textMetadata = (sender: Sender): ConnectorMetadata => ({
  ...senderMetadata(sender),
  type: 'Sms',
  description: sender.description ?? {
    en: `Send text messages with ${sender.name}.`,
    es: `Envío de mensajes de texto con ${sender.name}.`,
    'zh-CN': `通过${sender.chineseName ?? ` ${sender.name} `}发送短信。`,
  },
});

/** A text field of a form; required unless said otherwise. */
export const textItem = (
  key: string,
  label: string,
  { required = true, isConfidential = false, ...rest }: TextItem = {},
): FormItem => ({ key, type: 'Text', label, required, ...(isConfidential ? { isConfidential } : {}), ...rest });

export interface TextItem {
  readonly required?: boolean;
  readonly isConfidential?: boolean;
  readonly placeholder?: string;
  readonly description?: string;
}

/** A text field whose value is secret. */
export const secretItem = (key: string, label: string, description = 'It is stored encrypted.'): FormItem =>
  textItem(key, label, { isConfidential: true, description });

/** The header of HTTP basic authentication (RFC 7617). */
export const basicHeader = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
