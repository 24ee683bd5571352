import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { connectorConformance, type ProviderRun, type RequestQuirk } from '../kit/conformance.ts';
import type { Connector, ConnectorErrorCode } from '../kit/index.ts';
import { messageConformance } from '../kit/message-conformance.ts';
import { aliyunDm } from './aliyun-dm/index.ts';
import { aliyunSms } from './aliyun-sms/index.ts';
import { awsSes } from './aws-ses/index.ts';
import { gatewayapi } from './gatewayapi/index.ts';
import { httpEmail } from './http-email/index.ts';
import { httpSms } from './http-sms/index.ts';
import { mailgun } from './mailgun/index.ts';
import { postmark } from './postmark/index.ts';
import { sendgrid } from './sendgrid/index.ts';
import { smsaero } from './smsaero/index.ts';
import { smsbao } from './smsbao/index.ts';
import { smtp2go } from './smtp2go/index.ts';
import { tencentMail } from './tencent-mail/index.ts';
import { tencentSms } from './tencent-sms/index.ts';
import { twilio } from './twilio/index.ts';
import { vonage } from './vonage/index.ts';
import { whatsapp } from './whatsapp/index.ts';
import { yunpian } from './yunpian/index.ts';

/*
 * The providers' answers have the form of their public documentation. Each refusal repeats the whole request,
 * as an error page might.
 */

type Answer = readonly [status: number, body: unknown];

interface Trial {
  readonly connector: Connector;
  /** Complete, without the templates. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: readonly string[];
  readonly invalidConfigs?: readonly unknown[];
  /** The templates of the configuration for the uses; undefined if it has none. */
  readonly templates?: (usages: readonly string[]) => Readonly<Record<string, unknown>>;
  readonly composes?: boolean;
  readonly accepted: Answer;
  readonly refusals: Readonly<Record<string, readonly [ConnectorErrorCode, (words: string) => Answer]>>;
  readonly quirk?: RequestQuirk;
}

const secret = 'hush&<hush>/+ 41c0';
const basic = (user: string, password: string) => btoa(`${user}:${password}`);

const listed = (member: (usage: string) => object) => (usages: readonly string[]) => ({
  templates: usages.map((usageType) => ({ usageType, ...member(usageType) })),
});
const texts = listed((usage) => ({ content: `use-${usage} {{code}}` }));
const mails = listed((usage) => ({ subject: `use-${usage}`, content: '<b>{{code}}</b>', contentType: 'text/html' }));
const codes = listed((usage) => ({ templateCode: `use-${usage}` }));

/** Only the status tells whether the message was accepted. */
const anyBody: RequestQuirk = {
  accepts: ['', 'x', '<html>', '[]', '{}', 'null', '"text"', '{"a":', '\u0000', '[{"a":{"b":1}}]'],
  tolerates: [200],
};

const httpTrial = {
  config: { endpoint: 'https://example.com/in', authorization: `Bearer ${secret}` },
  secrets: [secret],
};
const aliyunKey = { accessKeyId: 'LTAI5', accessKeySecret: secret };
const aliyunRefusals: Trial['refusals'] = {
  'an unknown key': ['invalid_config', (Message) => [404, { Code: 'InvalidAccessKeyId.NotFound', Message }]],
  'a wrong secret': ['invalid_config', (Message) => [400, { Code: 'SignatureDoesNotMatch', Message }]],
};

const trials: readonly Trial[] = [
  {
    connector: httpEmail,
    ...httpTrial,
    accepted: [200, ''],
    quirk: anyBody,
    refusals: { 'an error of the endpoint': ['general', (words) => [500, words]] },
  },
  {
    connector: httpSms,
    ...httpTrial,
    accepted: [200, 'thanks'],
    quirk: anyBody,
    refusals: { 'an endpoint that refuses the header': ['invalid_config', (words) => [401, words]] },
  },
  {
    connector: sendgrid,
    config: { apiKey: secret, fromEmail: 'no-reply@example.com', fromName: 'Example' },
    secrets: [secret],
    templates: mails,
    composes: true,
    accepted: [202, ''],
    quirk: anyBody,
    refusals: {
      'a wrong key': ['invalid_config', (message) => [401, { errors: [{ message, field: null }] }]],
      'too many messages': ['rate_limit_exceeded', (message) => [429, { errors: [{ message }] }]],
      'a sender that is not verified': ['invalid_config', (message) => [403, { errors: [{ message, field: 'from' }] }]],
    },
  },
  {
    connector: mailgun,
    config: {
      endpoint: 'https://api.eu.mailgun.net',
      domain: 'mg.example.com',
      apiKey: secret,
      from: 'A <a@example.com>',
    },
    secrets: [secret, basic('api', secret)],
    templates: (usages) => ({
      deliveries: Object.fromEntries(usages.map((usage) => [usage, { subject: `use-${usage}`, html: '{{code}}' }])),
    }),
    composes: true,
    invalidConfigs: [
      { domain: 'mg.example.com/../x', apiKey: secret, from: 'a@b.example', deliveries: { Generic: {} } },
    ],
    accepted: [200, { id: '<1@mg.example.com>', message: 'Queued. Thank you.' }],
    refusals: {
      'a wrong key': ['invalid_config', (message) => [401, message]],
      'a domain that is not verified': ['general', (message) => [400, { message }]],
    },
  },
  {
    connector: postmark,
    config: { serverToken: secret, fromEmail: 'Example <no-reply@example.com>' },
    secrets: [secret],
    templates: listed((usage) => ({ templateAlias: `use-${usage}` })),
    accepted: [200, { To: 'ana@example.com', MessageID: '0a129aee', ErrorCode: 0, Message: 'OK' }],
    refusals: {
      'a wrong token': ['invalid_config', (Message) => [401, { ErrorCode: 10, Message }]],
      'an inactive recipient': ['general', (Message) => [422, { ErrorCode: 406, Message }]],
    },
  },
  {
    connector: smtp2go,
    config: { apiKey: secret, sender: 'no-reply@example.com', senderName: 'Example' },
    secrets: [secret],
    templates: mails,
    composes: true,
    accepted: [200, { request_id: 'r', data: { succeeded: 1, failed: 0, failures: [], email_id: '1' } }],
    refusals: {
      'a wrong key': ['invalid_config', (error) => [401, { data: { error, error_code: 'E_ApiResponseCodes.X' } }]],
      'a recipient that fails': ['general', (words) => [200, { data: { succeeded: 0, failed: 1, failures: [words] } }]],
    },
  },
  {
    connector: awsSes,
    config: {
      accessKeyId: 'AKIDEXAMPLE',
      accessKeySecret: secret,
      region: 'eu-west-1',
      emailAddress: 'Example <no-reply@example.com>',
      emailAddressIdentityArn: 'arn:aws:ses:eu-west-1:1:identity/example.com',
      feedbackForwardingEmailAddress: 'bounces@example.com',
      feedbackForwardingEmailAddressIdentityArn: 'arn:aws:ses:eu-west-1:1:identity/example.com',
      configurationSetName: 'all',
    },
    secrets: [secret],
    invalidConfigs: [{ accessKeyId: 'A', accessKeySecret: secret, region: 'eu-west-1.example.com/' }],
    templates: mails,
    composes: true,
    accepted: [200, { MessageId: '0102' }],
    refusals: {
      'a wrong secret': ['invalid_config', (message) => [403, { message }]],
      'too many messages': ['rate_limit_exceeded', (message) => [429, { message }]],
      'an address that is not verified': ['general', (message) => [400, { message }]],
    },
  },
  {
    connector: aliyunDm,
    config: { ...aliyunKey, regionId: 'ap-southeast-1', accountName: 'no-reply@example.com', fromAlias: 'Example' },
    secrets: [secret],
    templates: mails,
    composes: true,
    accepted: [200, { EnvId: '1', RequestId: 'r' }],
    refusals: {
      ...aliyunRefusals,
      'a used up quota': ['general', (Message) => [400, { Code: 'InvalidMailAddress.NotFound', Message }]],
    },
  },
  {
    connector: twilio,
    config: { accountSID: 'AC41', authToken: secret, fromMessagingServiceSID: 'MG41', disableRiskCheck: true },
    secrets: [secret, basic('AC41', secret)],
    templates: texts,
    composes: true,
    accepted: [201, { sid: 'SM1', status: 'accepted' }],
    refusals: {
      'a wrong token': ['invalid_config', (message) => [401, { code: 20_003, message, status: 401 }]],
      'too many messages': ['rate_limit_exceeded', (message) => [429, { code: 20_429, message, status: 429 }]],
      'a number that cannot be reached': ['general', (message) => [400, { code: 21_211, message, status: 400 }]],
    },
  },
  {
    connector: vonage,
    config: { apiKey: 'abcd', apiSecret: secret, brandName: 'Example' },
    secrets: [secret, basic('abcd', secret)],
    templates: texts,
    composes: true,
    accepted: [200, { 'message-count': '1', messages: [{ to: '1', 'message-id': 'a', status: '0' }] }],
    refusals: {
      'wrong credentials': ['invalid_config', (words) => [200, { messages: [{ status: '4', 'error-text': words }] }]],
      throttling: ['rate_limit_exceeded', (words) => [200, { messages: [{ status: '1', 'error-text': words }] }]],
      'a used up quota': [
        'usage_limit_exceeded',
        (words) => [200, { messages: [{ status: '9', 'error-text': words }] }],
      ],
      'a wrong number': ['general', (words) => [200, { messages: [{ status: '3', 'error-text': words }] }]],
    },
  },
  {
    connector: whatsapp,
    config: { accessToken: secret, phoneNumberId: '1053' },
    secrets: [secret],
    invalidConfigs: [{ accessToken: secret, phoneNumberId: '1/../2', templates: [] }],
    templates: listed((usage) => ({ templateName: `use-${usage}`, language: 'es' })),
    accepted: [200, { messaging_product: 'whatsapp', messages: [{ id: 'wamid.1' }] }],
    refusals: {
      'an expired token': ['invalid_config', (message) => [401, { error: { message, code: 190 } }]],
      'too many messages': ['rate_limit_exceeded', (message) => [400, { error: { message, code: 131_056 } }]],
      'an unknown template': ['general', (message) => [404, { error: { message, code: 132_001 } }]],
    },
  },
  {
    connector: aliyunSms,
    config: { ...aliyunKey, signName: '示例', strictPhoneRegionNumberCheck: true },
    secrets: [secret],
    templates: codes,
    accepted: [200, { Code: 'OK', Message: 'OK', BizId: '1', RequestId: 'r' }],
    refusals: {
      ...aliyunRefusals,
      'too many messages': ['rate_limit_exceeded', (Message) => [200, { Code: 'isv.BUSINESS_LIMIT_CONTROL', Message }]],
      'an empty account': ['usage_limit_exceeded', (Message) => [200, { Code: 'isv.AMOUNT_NOT_ENOUGH', Message }]],
      'an unknown signature': ['general', (Message) => [200, { Code: 'isv.SMS_SIGNATURE_ILLEGAL', Message }]],
    },
  },
  {
    connector: tencentMail,
    config: {
      ...{ accessKeyId: 'AKID', accessKeySecret: secret, region: 'ap-hongkong' },
      fromEmail: 'Example <no-reply@mail.example.com>',
    },
    secrets: [secret],
    invalidConfigs: [
      {
        ...{ accessKeyId: 'A', accessKeySecret: 'b', fromEmail: 'a@mail.example.com', region: 'eu-frankfurt' },
        templates: [{ usageType: 'Generic', templateCode: '1', subject: 'Code' }],
      },
      {
        ...{ accessKeyId: 'A', accessKeySecret: 'b', fromEmail: 'a@mail.example.com' },
        templates: [{ usageType: 'Generic', templateCode: 'one', subject: 'Code' }],
      },
    ],
    templates: listed((usage) => ({ templateCode: '99629', subject: `use-${usage}` })),
    accepted: [200, { Response: { MessageId: 'qcloud-ses-1', RequestId: 'r' } }],
    refusals: {
      'a wrong secret': [
        'invalid_config',
        (Message) => [200, { Response: { Error: { Code: 'AuthFailure.SignatureFailure', Message } } }],
      ],
      'too many messages': [
        'rate_limit_exceeded',
        (Message) => [200, { Response: { Error: { Code: 'RequestLimitExceeded', Message } } }],
      ],
      'an unknown template': [
        'general',
        (Message) => [200, { Response: { Error: { Code: 'FailedOperation.InvalidTemplateID', Message } } }],
      ],
    },
  },
  {
    connector: tencentSms,
    config: {
      accessKeyId: 'AKID',
      accessKeySecret: secret,
      signName: '示例',
      sdkAppId: '1400',
      region: 'ap-guangzhou',
      site: 'china',
    },
    secrets: [secret],
    invalidConfigs: [{ accessKeyId: 'A', accessKeySecret: 'b', signName: 'c', sdkAppId: '1', region: 'a b' }],
    templates: codes,
    accepted: [200, { Response: { SendStatusSet: [{ SerialNo: '1', Code: 'Ok', Message: 'send success' }] } }],
    refusals: {
      'a wrong secret': [
        'invalid_config',
        (Message) => [200, { Response: { Error: { Code: 'AuthFailure.SignatureFailure', Message } } }],
      ],
      'too many messages': [
        'rate_limit_exceeded',
        (Message) => [200, { Response: { SendStatusSet: [{ Code: 'LimitExceeded.PhoneNumberDailyLimit', Message }] } }],
      ],
      'an unknown template': [
        'general',
        (Message) => [200, { Response: { Error: { Code: 'FailedOperation.TemplateIncorrectOrUnapproved', Message } } }],
      ],
    },
  },
  {
    connector: gatewayapi,
    config: { endpoint: 'https://gatewayapi.eu/rest/mtsms', apiToken: secret, sender: 'Example' },
    secrets: [secret, basic(secret, '')],
    templates: texts,
    composes: true,
    accepted: [200, { ids: [1], usage: { currency: 'EUR', total_cost: 0.06 } }],
    refusals: {
      'a wrong token': ['invalid_config', (message) => [401, { code: '0x0204', message }]],
      'a wrong number': ['general', (message) => [422, { code: '0x0308', message }]],
    },
  },
  {
    connector: smsaero,
    config: { email: 'me@example.com', apiKey: secret, senderName: 'SMS Aero' },
    secrets: [secret, basic('me@example.com', secret)],
    templates: texts,
    composes: true,
    accepted: [200, { success: true, data: { id: 1 }, message: null }],
    refusals: {
      'a wrong key': ['invalid_config', (message) => [401, { success: false, data: null, message }]],
      'a wrong sender': ['general', (message) => [400, { success: false, data: null, message }]],
    },
  },
  {
    connector: smsbao,
    config: { username: 'me', passwordOrApiKey: secret, goodsId: '41' },
    secrets: [secret],
    templates: texts,
    composes: true,
    accepted: [200, '0'],
    refusals: {
      'a wrong password': ['invalid_config', () => [200, '30']],
      'an empty account': ['usage_limit_exceeded', () => [200, '41']],
      'a wrong number': ['general', () => [200, '51']],
      'an unknown status': ['general', () => [200, '77']],
    },
  },
  {
    connector: yunpian,
    config: { apikey: secret, enableInternational: true, unsupportedCountriesMsg: 'China only' },
    secrets: [secret],
    templates: texts,
    composes: true,
    accepted: [200, { code: 0, msg: 'OK', count: 1, fee: 0.05, sid: 1 }],
    refusals: {
      'a wrong key': ['invalid_config', (detail) => [400, { code: -1, msg: 'no', detail }]],
      'an empty account': ['usage_limit_exceeded', (detail) => [400, { code: 3, msg: 'no', detail }]],
      'too many messages': ['rate_limit_exceeded', (detail) => [400, { code: 8, msg: 'no', detail }]],
      'a text without a template': ['general', (detail) => [400, { code: 5, msg: 'no', detail }]],
    },
  },
];

const readDocument = (path: string) => readFile(new URL(`../../docs/${path}`, import.meta.url), 'utf8');

const respond = ([status, body]: Answer): Response =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });

const messageFor = ({ metadata }: Connector) => ({
  to: metadata.type === 'Email' ? 'ana.of.this.test@example.com' : '8613800138000',
  type: 'SignIn',
  payload: { code: 'code-of-this-test' },
});

const runWith = ({ connector }: Trial, answer: (words: string) => Answer): ProviderRun => {
  const message = messageFor(connector);
  return {
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const headers = JSON.stringify([...request.headers]);
      return respond(answer(`${await request.text()} ${headers} ${request.url}`));
    },
    use: (instance, { signal }) => instance.sendMessage(message, signal ? { signal } : {}),
    secrets: [message.to, message.payload.code],
  };
};

for (const trial of trials) {
  const { connector, config, templates = () => ({}), quirk, refusals, accepted } = trial;
  const configFor = (usages: readonly string[]) => ({ ...config, ...templates(usages) });
  const [first = ''] = Object.keys(config);
  connectorConformance({
    connector,
    validConfig: configFor(['SignIn', 'Generic']),
    invalidConfigs: [{}, { ...configFor(['Generic']), [first]: '' }, ...(trial.invalidConfigs ?? [])],
    secrets: trial.secrets,
    provider: () => runWith(trial, () => accepted),
    failures: Object.entries(refusals).map(([name, [code, answer]]) => ({
      name,
      code,
      provider: () => runWith(trial, answer),
    })),
    ...(quirk ? { quirks: { 0: quirk } } : {}),
    readDocument,
  });
  if (trial.templates)
    messageConformance({ connector, configFor, accept: () => respond(accepted), composes: trial.composes ?? false });
}

describe('Messages with a choice of their provider', () => {
  const sentBy = async (connector: Connector, config: object, message: object): Promise<Request> => {
    const requests: Request[] = [];
    const { accepted } = trials.find((trial) => trial.connector === connector) ?? assert.fail();
    const instance = connector.create(config, {
      fetch: async (input, init) => {
        requests.push(new Request(input, init));
        return respond(accepted);
      },
      now: () => Date.UTC(2026, 0, 1),
      log: { info: () => {}, warn: () => {}, error: () => {} },
    });
    await instance.sendMessage({ ...messageFor(connector), ...message }, {});
    return requests[0] ?? assert.fail('nothing was sent');
  };

  it('take the template of the number’s region at Alibaba Cloud', async () => {
    const templates = [{ usageType: 'Generic', templateCode: { china: 'SMS_86', overseas: 'SMS_1' } }];
    const config = { ...aliyunKey, signName: 's', templates };
    for (const [to, strictPhoneRegionNumberCheck, code] of [
      ['8613800138000', true, 'SMS_86'],
      ['34600000000', true, 'SMS_1'],
      ['13105550100', true, 'SMS_1'],
      ['13105550100', false, 'SMS_86'],
    ] as const) {
      const request = await sentBy(aliyunSms, { ...config, strictPhoneRegionNumberCheck }, { to });
      assert.equal(new URLSearchParams(await request.text()).get('TemplateCode'), code);
    }
  });

  it('go to the host of the region at Tencent Cloud, with the variables that its template has', async () => {
    for (const [region, host] of [
      ['ap-hongkong', 'ses.tencentcloudapi.com'],
      ['ap-singapore', 'ses.intl.tencentcloudapi.com'],
    ]) {
      const templates = [{ usageType: 'Generic', templateCode: '99629', subject: 'Code {{code}}' }];
      const sender = { accessKeyId: 'AKID', accessKeySecret: secret, fromEmail: 'no-reply@mail.example.com' };
      const request = await sentBy(tencentMail, { ...sender, region, templates }, { payload: { code: '314159' } });
      assert.equal(new URL(request.url).host, host);
      const { Template, Subject } = JSON.parse(await request.text());
      assert.deepEqual([Template.TemplateID, JSON.parse(Template.TemplateData)], [99_629, { code: '314159' }]);
      assert.equal(Subject, 'Code 314159');
    }
  });

  it('go to the host of the site where the account of Tencent Cloud SMS was created', async () => {
    const account = { accessKeyId: 'AKID', accessKeySecret: secret, signName: '示例', sdkAppId: '1400' };
    const config = { ...account, region: 'ap-singapore', templates: [{ usageType: 'Generic', templateCode: '1' }] };
    for (const [site, host] of [
      [{}, 'sms.tencentcloudapi.com'],
      [{ site: 'china' }, 'sms.tencentcloudapi.com'],
      [{ site: 'international' }, 'sms.intl.tencentcloudapi.com'],
    ] as const) {
      const request = await sentBy(tencentSms, { ...config, ...site }, { to: '34600000000' });
      assert.equal(new URL(request.url).host, host);
    }
  });

  it('go to numbers outside of China at Yunpian only where that is switched on', async () => {
    const config = { apikey: 'k', ...texts(['Generic']), unsupportedCountriesMsg: 'China only' };
    await assert.rejects(sentBy(yunpian, config, { to: '34600000000' }), {
      code: 'general',
      data: { errorDescription: 'China only' },
    });
    const request = await sentBy(yunpian, { ...config, enableInternational: true }, { to: '34600000000' });
    assert.equal(new URLSearchParams(await request.text()).get('mobile'), '+34600000000');
  });

  it('are sent as Unicode where a letter needs it', async () => {
    const config = { apiKey: 'k', apiSecret: 's', brandName: 'b' };
    for (const [content, type] of [
      ['Your code {{code}}', undefined],
      ['您的验证码 {{code}}', 'unicode'],
    ] as const) {
      const request = await sentBy(vonage, { ...config, templates: [{ usageType: 'Generic', content }] }, {});
      assert.equal(JSON.parse(await request.text()).type, type);
    }
  });

  it('name a template at Mailgun with the variables of the message', async () => {
    const deliveries = { Generic: { template: 'codes', variables: { brand: 'Example' }, subject: 'Code {{code}}' } };
    const request = await sentBy(
      mailgun,
      { domain: 'mg.example.com', apiKey: 'k', from: 'a@b.example', deliveries },
      {},
    );
    const form = new URLSearchParams(await request.text());
    assert.deepEqual([form.get('template'), form.get('subject')], ['codes', 'Code code-of-this-test']);
    const variables = JSON.parse(form.get('h:X-Mailgun-Variables') ?? '');
    assert.deepEqual([variables.brand, variables.code], ['Example', 'code-of-this-test']);
    assert.equal(request.url, 'https://api.mailgun.net/v3/mg.example.com/messages');
  });
});
