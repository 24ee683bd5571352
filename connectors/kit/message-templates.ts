/*
 * The texts of messages: which template a message uses, how its placeholders are filled in, and what must not reach a
 * header.
 */
import { z } from 'zod';
import type { EmailTemplate, Message, World } from './connector.ts';
import { ConnectorError } from './errors.ts';
import type { FormItem } from './metadata.ts';

const fallbackUsage = 'Generic';

/** Templates of a configuration: each has a `usageType` and the given members; one has to be for `Generic`. */
export const templatesOf = <Members extends z.ZodRawShape>(members: Members) =>
  z
    .array(z.object({ ...members, usageType: z.string().min(1) }))
    .refine(
      (templates) => templates.some((template) => (template as { usageType: string }).usageType === fallbackUsage),
      `A template with the usageType ${fallbackUsage} is needed`,
    );

/** A text message. */
export const textTemplates = templatesOf({ content: z.string().min(1) });

const contentType = z.enum(['text/plain', 'text/html']).optional();

/** An email; HTML unless it says otherwise. `type` is another name of `contentType`. */
export const mailTemplates = templatesOf({
  subject: z.string().min(1),
  content: z.string().min(1),
  contentType,
  type: contentType,
});

/** A template that the operator wrote at the provider. */
export const codeTemplates = templatesOf({ templateCode: z.string().min(1) });

/** Uses for which a new configuration has a template to start from. */
const commonUsages = ['SignIn', 'Register', 'ForgotPassword', fallbackUsage];

/** The form of `templates`; `members` is the text that a new configuration starts from. */
export const templatesItem = (members: Readonly<Record<string, string>>, description?: string): FormItem => ({
  key: 'templates',
  type: 'Json',
  label: 'Templates',
  required: true,
  defaultValue: commonUsages.map((usageType) => ({ usageType, ...members })),
  description: description ?? 'One for each usageType. Generic is used for the uses that have none of their own.',
});

export const textTemplatesItem = templatesItem({ content: 'Your code is {{code}}. It expires in 10 minutes.' });

export const mailTemplatesItem = templatesItem({
  contentType: 'text/plain',
  subject: 'Your code',
  content: 'Your code is {{code}}. It expires in 10 minutes. If you did not request it, ignore this message.',
});

/**
 * The template for a message: that of its use, else `Generic`.
 * @throws ConnectorError `template_not_found`
 */
export const templateFor = <Template extends { readonly usageType: string }>(
  templates: readonly Template[],
  { type }: Message,
): Template => {
  const find = (usage: string) => templates.find(({ usageType }) => usageType === usage);
  const template = find(type) ?? find(fallbackUsage);
  if (template) return template;
  throw new ConnectorError('template_not_found', { message: `There is no template for ${type}` });
};

const asText = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

/**
 * Fills in placeholders such as `{{code}}` and `{{organization.name}}`. One whose first name the payload does not have
 * stays as it is; one that leads nowhere below it becomes empty.
 * @param write turns a value into the text of its place, e.g. escapes it
 */
export const fillIn = (text: string, payload: Message['payload'], write = (value: string) => value): string =>
  text.replaceAll(/\{\{\s*([\w-]+(?:\.[\w-]+)*)\s*\}\}/g, (placeholder, path: string) => {
    const [root = '', ...rest] = path.split('.');
    if (!Object.hasOwn(payload, root)) return placeholder;
    const value = rest.reduce<unknown>(
      (inner, name) =>
        typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name)
          ? (inner as Record<string, unknown>)[name]
          : undefined,
      payload[root],
    );
    return write(asText(value));
  });

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Names that users chose are in the payload: in HTML they must stay text. */
const escapeHtml = (value: string): string => value.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');

/** One line without control characters: a line break in a header begins another header (RFC 5322 section 2.2). */
export const headerText = (value: string): string => value.replaceAll(/\p{Cc}+/gu, ' ').trim();

/**
 * The text of a message without a subject.
 * @throws ConnectorError `template_not_found`, also when the template does not have the link that the message is about
 */
export const composeText = (
  templates: readonly { readonly usageType: string; readonly content: string }[],
  message: Message,
): string => {
  const { content } = templateFor(templates, message);
  requireLink(content, message);
  return fillIn(content, message.payload);
};

/** A message whose only point is a link must not be sent with the text of one that has a code. */
const requireLink = (content: string, { type, payload }: Message): void => {
  if (payload.link === undefined || payload.code !== undefined || /\{\{\s*link\s*\}\}/.test(content)) return;
  throw new ConnectorError('template_not_found', { message: `There is no template with {{link}} for ${type}` });
};

/** A sender or a recipient of replies. */
export interface Mailbox {
  readonly address: string;
  readonly name?: string | undefined;
}

/** An email that is ready to be sent. Addresses and subject are free of control characters. */
export interface Mail {
  readonly to: string;
  /** What the operator's template says about the sender: see `senderOf`. */
  readonly from?: Partial<Mailbox>;
  readonly replyTo?: string;
  readonly subject: string;
  readonly content: string;
  readonly isHtml: boolean;
}

/** One address without a display name, quotes, lists or control characters (a subset of RFC 5321 section 4.1.2). */
const address = /^[^\s\p{Cc}@<>()[\]\\,;:"]+@[^\s\p{Cc}@<>()[\]\\,;:"]+$/u;

/** The parts of `a@b.example`, `Name <a@b.example>` or `Name`. */
const partsOf = (text: string): { readonly name?: string; readonly address?: string } => {
  const [, given = '', inner] = /^(.*?)\s*<([^<>]*)>$/.exec(text.trim()) ?? [];
  if (inner === undefined) return text.includes('@') ? { address: text.trim() } : { name: text.trim() };
  const name = given.replace(/^"(.*)"$/, '$1').trim();
  return { address: inner.trim(), ...(name ? { name } : {}) };
};

/** `a@b.example` or `Name <a@b.example>`; undefined if it is neither. */
export const parseMailbox = (text: string): Mailbox | undefined => {
  const { address: at, ...rest } = partsOf(headerText(text));
  return at !== undefined && address.test(at) ? { address: at, ...rest } : undefined;
};

/**
 * The sender that a template names. Its parts are separated before they are filled in: a name that a user chose stays a
 * name, whatever it looks like.
 */
const senderFor = (template: string, fill: (text: string) => string): Partial<Mailbox> => {
  const parts = partsOf(template);
  const [name, at] = [parts.name && fill(parts.name), parts.address && fill(parts.address)];
  return { ...(at && address.test(at) ? { address: at } : {}), ...(name ? { name } : {}) };
};

/** A mailbox that the configuration names. */
export const mailbox = z.string().transform((text, context): Mailbox => {
  const found = parseMailbox(text);
  if (found) return found;
  context.addIssue({ code: 'custom', message: 'Must be an address, or a name and an address in angle brackets' });
  return z.NEVER;
});

/** The mailbox in one line; a name with special characters is quoted (RFC 5322 section 3.4). */
export const formatMailbox = ({ address: at, name }: Mailbox): string => {
  if (!name) return at;
  const quoted = /^[\p{L}\p{N} _-]+$/u.test(name) ? name : `"${name.replaceAll(/["\\]/g, '\\$&')}"`;
  return `${quoted} <${at}>`;
};

/**
 * The recipient of an email.
 * @throws ConnectorError `invalid_request_parameters` for anything but one address
 */
export const recipientOf = ({ to }: Message): string => {
  if (address.test(to)) return to;
  throw new ConnectorError('invalid_request_parameters', { message: 'The recipient is not one email address' });
};

/**
 * The number of a text message: digits with the country code, without a plus sign.
 * @throws ConnectorError `invalid_request_parameters`
 */
export const phoneOf = ({ to }: Message): string => {
  if (/^\+?[1-9]\d{4,14}$/.test(to)) return to.replace('+', '');
  throw new ConnectorError('invalid_request_parameters', { message: 'The recipient is not a phone number' });
};

/** The operator's template of the tenant for the message's language, which comes before those of the configuration. */
export const findTenantTemplate = async (message: Message, world: World): Promise<EmailTemplate | undefined> => {
  const { locale } = message.payload;
  return world.findEmailTemplate?.(message.type, typeof locale === 'string' ? locale : undefined);
};

/**
 * Fills in the template of an email. In HTML, values are escaped.
 * @throws ConnectorError `template_not_found`, `invalid_request_parameters`
 */
export const fillMail = (template: EmailTemplate, message: Message): Mail => {
  const { payload } = message;
  requireLink(template.content, message);
  const isHtml = template.contentType !== 'text/plain';
  const line = (text: string) => headerText(fillIn(text, payload));
  const from = template.sendFrom ? senderFor(template.sendFrom, line) : undefined;
  const replyTo = template.replyTo ? senderFor(template.replyTo, line) : undefined;
  return {
    to: recipientOf(message),
    subject: line(template.subject),
    content: fillIn(template.content, payload, isHtml ? escapeHtml : undefined),
    isHtml,
    ...(from ? { from } : {}),
    ...(replyTo?.address ? { replyTo: replyTo.address } : {}),
  };
};

/** The email for a message: with the tenant's template, else with one of the configuration. */
export const composeMail = async (
  templates: z.output<typeof mailTemplates>,
  message: Message,
  world: World,
): Promise<Mail> => {
  const template = (await findTenantTemplate(message, world)) ?? toTemplate(templateFor(templates, message));
  return fillMail(template, message);
};

const toTemplate = ({ subject, content, type, ...rest }: z.output<typeof mailTemplates>[number]): EmailTemplate => {
  const given = rest.contentType ?? type;
  return { subject, content, ...(given ? { contentType: given } : {}) };
};

/** The connector's own mailbox, with the address or only the name of the operator's template instead. */
export const senderOf = ({ from }: Pick<Mail, 'from'>, own: Mailbox): Mailbox => ({ ...own, ...from });
