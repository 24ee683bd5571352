/** The text of a message: what the tenant's template for it says, or a short one. */
import { composeText, type EmailTemplate, fillMail, type Message } from '@aldaba/connectors/kit';

export interface ComposedMessage {
  subject: string | null;
  content: string;
  contentType: 'text/plain' | 'text/html';
  code: string | null;
  link: string | null;
}

const codeText = 'Your code is {{code}}.';
const linkText = 'Open this link to continue: {{link}}';

/**
 * @param template the tenant's template of an email
 * @throws ConnectorError `template_not_found` if the template does not have the link that the message is about
 */
export function composeMessage(
  kind: 'Email' | 'Sms',
  message: Message,
  template: EmailTemplate | undefined,
): ComposedMessage {
  const { code, link } = message.payload;
  const isLink = code === undefined && link !== undefined;
  const words = { code: textOf(code), link: textOf(link) };
  const text = isLink ? linkText : codeText;
  if (kind === 'Sms') {
    const content = composeText([{ usageType: 'Generic', content: text }], message);
    return { subject: null, content, contentType: 'text/plain', ...words };
  }
  const subject = isLink ? 'Your link' : 'Your code';
  const mail = fillMail(template ?? { subject, content: text, contentType: 'text/plain' }, message);
  const contentType = mail.isHtml ? 'text/html' : 'text/plain';
  return { subject: mail.subject, content: mail.content, contentType, ...words };
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
