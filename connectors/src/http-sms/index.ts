import {
  createMessageConnector,
  httpEndpointConfig,
  httpEndpointItems,
  httpEndpointLogo,
  httpEndpointRequest,
  phoneOf,
  textMetadata,
} from '../../kit/index.ts';

/** Text messages through an endpoint of the operator, which composes and sends them. */
export const httpSms = createMessageConnector({
  metadata: textMetadata({
    id: 'http-sms',
    target: 'http-sms',
    name: 'HTTP SMS',
    chineseName: 'HTTP 短信',
    description: {
      en: 'Pass text messages on to an HTTP endpoint of yours.',
      es: 'Entrega los mensajes de texto a un endpoint HTTP propio.',
      'zh-CN': '将短信转交给你自己的 HTTP 接口。',
    },
    logo: httpEndpointLogo,
    guide: 'http-sms',
    formItems: httpEndpointItems,
  }),
  config: httpEndpointConfig,
  request: (config, message) => httpEndpointRequest(config, { ...message, to: phoneOf(message) }),
});
