import {
  composeMail,
  createMessageConnector,
  formatMailbox,
  letterLogo,
  mailMetadata,
  mailTemplates,
  mailTemplatesItem,
  secretItem,
  senderOf,
  textItem,
  z,
} from '../../kit/index.ts';

/** Emails through the HTTP API of SMTP2GO (version 3). */
export const smtp2go = createMessageConnector({
  metadata: mailMetadata({
    id: 'smtp2go-email-service',
    target: 'smtp2go-email',
    name: 'SMTP2GO',
    logo: letterLogo('2g', '#0b7285'),
    guide: 'smtp2go',
    formItems: [
      secretItem('apiKey', 'API key'),
      textItem('sender', 'Sender address', { placeholder: 'no-reply@example.com' }),
      textItem('senderName', 'Sender name', { required: false, placeholder: 'Example' }),
      mailTemplatesItem,
    ],
  }),
  config: z.object({
    apiKey: z.string().min(1),
    sender: z.email(),
    senderName: z.string().optional(),
    templates: mailTemplates,
  }),
  request: async (config, message, world) => {
    const mail = await composeMail(config.templates, message, world);
    return {
      url: 'https://api.smtp2go.com/v3/email/send',
      headers: { 'x-smtp2go-api-key': config.apiKey },
      json: {
        to: [mail.to],
        sender: formatMailbox(senderOf(mail, { address: config.sender, name: config.senderName })),
        subject: mail.subject,
        [mail.isHtml ? 'html_body' : 'text_body']: mail.content,
        ...(mail.replyTo ? { custom_headers: [{ header: 'Reply-To', value: mail.replyTo }] } : {}),
      },
    };
  },
  accepted: z.object({ data: z.object({ succeeded: z.number().min(1) }) }),
  refused: z
    .object({ data: z.object({ error: z.string() }) })
    .or(z.object({ data: z.object({ failures: z.array(z.unknown()).min(1) }) }))
    .transform(({ data }) => ({ reason: 'error' in data ? data.error : data.failures.map(String).join('; ') })),
});
