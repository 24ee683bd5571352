/* What a Mailgun connector sends for each use: a text, or a template that is stored at Mailgun. */
import {
  type FormItem,
  fillIn,
  fillMail,
  findTenantTemplate,
  headerText,
  type Mail,
  type Message,
  recipientOf,
  templateFor,
  type World,
  z,
} from '../../kit/index.ts';

const shared = { subject: z.string().optional(), replyTo: z.string().optional() };

const delivery = z.union([
  z.object({ ...shared, html: z.string().min(1), text: z.string().optional() }),
  z.object({ ...shared, template: z.string().min(1), variables: z.record(z.string(), z.unknown()).optional() }),
]);

export const deliveries = z
  .record(z.string(), delivery)
  .refine((given) => Object.hasOwn(given, 'Generic'), 'A delivery for Generic is needed');

const example = { subject: 'Your code', html: '<p>Your code is {{code}}. It expires in 10 minutes.</p>' };

export const deliveriesItem: FormItem = {
  key: 'deliveries',
  type: 'Json',
  label: 'Deliveries',
  required: true,
  defaultValue: Object.fromEntries(
    ['SignIn', 'Register', 'ForgotPassword', 'Generic'].map((usage) => [usage, example]),
  ),
  description: 'One for each usageType, with html, or with template: the name of a template at Mailgun.',
};

/** What a message is made of: text or HTML, or a template with its variables. */
export interface Delivery {
  readonly mail: Pick<Mail, 'to' | 'from' | 'replyTo' | 'subject'>;
  readonly html?: string;
  readonly text?: string;
  readonly template?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/**
 * The tenant's template, else the delivery of the configuration for the message's use.
 * @throws ConnectorError `template_not_found`, `invalid_request_parameters`
 */
export const composeDelivery = async (
  given: z.output<typeof deliveries>,
  message: Message,
  world: World,
): Promise<Delivery> => {
  const template = await findTenantTemplate(message, world);
  if (template) return contentOf(fillMail(template, message));
  const own = templateFor(
    Object.entries(given).map(([usageType, entry]) => ({ usageType, entry })),
    message,
  ).entry;
  const { subject = '', replyTo } = own;
  if ('html' in own) {
    const filled = contentOf(fillMail({ subject, content: own.html, ...(replyTo ? { replyTo } : {}) }, message));
    return own.text === undefined ? filled : { ...filled, text: fillIn(own.text, message.payload) };
  }
  const line = (text: string) => headerText(fillIn(text, message.payload));
  return {
    mail: { to: recipientOf(message), subject: line(subject), ...(replyTo ? { replyTo: line(replyTo) } : {}) },
    template: own.template,
    variables: { ...own.variables, ...message.payload },
  };
};

const contentOf = (mail: Mail): Delivery => ({ mail, [mail.isHtml ? 'html' : 'text']: mail.content });
