/**
 * Email over SMTP (RFC 5321), for any mail server.
 *
 * Owns the form and the configuration. The kit composes the message, obtains access tokens and speaks SMTP.
 */
import {
  composeMail,
  credentialsOf,
  defineConnector,
  mailMetadata,
  secretsOfAuthentication,
  sendBySmtp,
  senderOf,
  svgDataUrl,
} from '../../kit/index.ts';
import { smtpConfig, smtpFormItems } from './form.ts';

/** An envelope. */
const logo = svgDataUrl(
  [
    '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48" viewBox="0 0 48 48">',
    '<rect width="48" height="48" rx="12" fill="#3b5bdb"/>',
    '<g fill="none" stroke="#fff" stroke-width="3" stroke-linejoin="round">',
    '<rect x="10" y="14" width="28" height="20" rx="3"/><path d="m11 16 13 10 13-10"/></g></svg>',
  ].join(''),
);

export const smtp = defineConnector({
  metadata: mailMetadata({
    id: 'simple-mail-transfer-protocol',
    target: 'smtp',
    name: 'SMTP',
    logo,
    guide: 'smtp',
    formItems: smtpFormItems,
  }),
  config: smtpConfig,
  create: ({ auth, fromEmail, replyTo, templates, customHeaders, servername, tls, ...server }, world) => ({
    sendMessage: async (message, { signal }) => {
      const mail = await composeMail(templates, message, world);
      const { code, link } = message.payload;
      const words = [message.to, code, link].filter((word) => typeof word === 'string');
      return sendBySmtp(world, {
        server: { ...server, tls: { ...(servername ? { servername } : {}), ...tls } },
        credentials: await credentialsOf(auth, world, signal),
        message: {
          mail,
          from: senderOf(mail, fromEmail),
          replyTo: mail.replyTo ? { address: mail.replyTo } : replyTo,
          headers: customHeaders,
        },
        secrets: [...secretsOfAuthentication(auth), ...words],
        signal,
      });
    },
  }),
});
