import {
  createMessageConnector,
  fillMail,
  findTenantTemplate,
  formatMailbox,
  letterLogo,
  mailbox,
  mailMetadata,
  recipientOf,
  secretItem,
  senderOf,
  templateFor,
  templatesItem,
  templatesOf,
  textItem,
  z,
} from '../../kit/index.ts';

const invalidToken = 10;

/** Emails through Postmark, with templates that are stored there. */
export const postmark = createMessageConnector({
  metadata: mailMetadata({
    id: 'postmark-mail',
    target: 'postmark-mail',
    name: 'Postmark',
    logo: letterLogo('p', '#a58a00'),
    guide: 'postmark',
    formItems: [
      secretItem('serverToken', 'Server token'),
      textItem('fromEmail', 'Sender', { placeholder: 'Example <no-reply@example.com>' }),
      templatesItem({ templateAlias: '<alias>' }, 'The alias of the template at Postmark, for each usageType.'),
    ],
  }),
  config: z.object({
    serverToken: z.string().min(1),
    fromEmail: mailbox,
    templates: templatesOf({ templateAlias: z.string().min(1) }),
  }),
  request: async ({ serverToken, fromEmail, templates }, message, world) => {
    const headers = { accept: 'application/json', 'x-postmark-server-token': serverToken };
    const url = 'https://api.postmarkapp.com/email';
    const template = await findTenantTemplate(message, world);
    const mail = template && fillMail(template, message);
    const From = formatMailbox(mail ? senderOf(mail, fromEmail) : fromEmail);
    const to = { From, To: recipientOf(message) };
    if (mail) {
      const body = { [mail.isHtml ? 'HtmlBody' : 'TextBody']: mail.content };
      return { url, headers, json: { ...to, Subject: mail.subject, ReplyTo: mail.replyTo, ...body } };
    }
    const { templateAlias: TemplateAlias } = templateFor(templates, message);
    return { url: `${url}/withTemplate`, headers, json: { ...to, TemplateAlias, TemplateModel: message.payload } };
  },
  accepted: z.object({ ErrorCode: z.literal(0), MessageID: z.string() }),
  refused: z.object({ ErrorCode: z.number().min(1), Message: z.string() }).transform(({ ErrorCode, Message }) => ({
    reason: Message,
    code: ErrorCode === invalidToken ? ('invalid_config' as const) : undefined,
  })),
});
