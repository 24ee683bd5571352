import {
  composeMail,
  createMessageConnector,
  letterLogo,
  mailMetadata,
  mailTemplates,
  mailTemplatesItem,
  secretItem,
  senderOf,
  textItem,
  z,
} from '../../kit/index.ts';

/** Emails through the Mail Send API of Twilio SendGrid (version 3). */
export const sendgrid = createMessageConnector({
  metadata: mailMetadata({
    id: 'sendgrid-email-service',
    target: 'sendgrid-mail',
    name: 'SendGrid',
    logo: letterLogo('sg', '#1a6fb5'),
    guide: 'sendgrid',
    formItems: [
      secretItem('apiKey', 'API key', 'It needs the permission Mail Send. It is stored encrypted.'),
      textItem('fromEmail', 'Sender address', { placeholder: 'no-reply@example.com' }),
      textItem('fromName', 'Sender name', { required: false, placeholder: 'Example' }),
      mailTemplatesItem,
    ],
  }),
  config: z.object({
    apiKey: z.string().min(1),
    fromEmail: z.email(),
    fromName: z.string().optional(),
    templates: mailTemplates,
  }),
  request: async (config, message, world) => {
    const mail = await composeMail(config.templates, message, world);
    const { address, name } = senderOf(mail, { address: config.fromEmail, name: config.fromName });
    return {
      url: 'https://api.sendgrid.com/v3/mail/send',
      headers: { authorization: `Bearer ${config.apiKey}` },
      json: {
        personalizations: [{ to: [{ email: mail.to }] }],
        from: { email: address, name },
        ...(mail.replyTo ? { reply_to: { email: mail.replyTo } } : {}),
        subject: mail.subject,
        content: [{ type: mail.isHtml ? 'text/html' : 'text/plain', value: mail.content }],
      },
    };
  },
  // An accepted message is answered with 202 and no body.
  refused: z
    .object({ errors: z.array(z.object({ message: z.string() })).min(1) })
    .transform(({ errors }) => ({ reason: errors.map((error) => error.message).join('; ') })),
});
