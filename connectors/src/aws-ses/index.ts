import {
  composeMail,
  createMessageConnector,
  formatMailbox,
  letterLogo,
  mailMetadata,
  senderOf,
  signForAws,
  z,
} from '../../kit/index.ts';
import { sesConfig, sesFormItems } from './form.ts';

const Charset = 'UTF-8';

/** Emails through the API of Amazon SES (version 2). */
export const awsSes = createMessageConnector({
  metadata: mailMetadata({
    id: 'aws-ses-mail',
    target: 'aws-ses',
    name: 'Amazon SES',
    logo: letterLogo('ses', '#7c4a03'),
    guide: 'aws-ses',
    formItems: sesFormItems,
  }),
  config: sesConfig,
  request: async ({ accessKeyId: id, accessKeySecret: secret, region, emailAddress, ...config }, message, world) => {
    const mail = await composeMail(config.templates, message, world);
    const body = { [mail.isHtml ? 'Html' : 'Text']: { Data: mail.content, Charset } };
    const request = {
      FromEmailAddress: emailAddress && formatMailbox(senderOf(mail, emailAddress)),
      FromEmailAddressIdentityArn: config.emailAddressIdentityArn,
      FeedbackForwardingEmailAddress: config.feedbackForwardingEmailAddress,
      FeedbackForwardingEmailAddressIdentityArn: config.feedbackForwardingEmailAddressIdentityArn,
      ConfigurationSetName: config.configurationSetName,
      Destination: { ToAddresses: [mail.to] },
      ...(mail.replyTo ? { ReplyToAddresses: [mail.replyTo] } : {}),
      Content: { Simple: { Subject: { Data: mail.subject, Charset }, Body: body } },
    };
    const url = `https://email.${region}.amazonaws.com/v2/email/outbound-emails`;
    return signForAws({
      key: { id, secret },
      region,
      service: 'ses',
      url,
      body: JSON.stringify(request),
      now: world.now(),
    });
  },
  accepted: z.object({ MessageId: z.string() }),
  refused: z.object({ message: z.string() }).transform(({ message }) => ({ reason: message })),
});
