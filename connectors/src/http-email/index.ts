import {
  createMessageConnector,
  httpEndpointConfig,
  httpEndpointItems,
  httpEndpointLogo,
  httpEndpointRequest,
  mailMetadata,
  recipientOf,
} from '../../kit/index.ts';

/** Emails through an endpoint of the operator, which composes and sends them. */
export const httpEmail = createMessageConnector({
  metadata: mailMetadata({
    id: 'http-email',
    target: 'http-email',
    name: 'HTTP Email',
    chineseName: 'HTTP 邮件',
    description: {
      en: 'Pass emails on to an HTTP endpoint of yours.',
      es: 'Entrega los correos a un endpoint HTTP propio.',
      'zh-CN': '将邮件转交给你自己的 HTTP 接口。',
    },
    logo: httpEndpointLogo,
    guide: 'http-email',
    formItems: httpEndpointItems,
  }),
  config: httpEndpointConfig,
  request: (config, message) => httpEndpointRequest(config, { ...message, to: recipientOf(message) }),
});
