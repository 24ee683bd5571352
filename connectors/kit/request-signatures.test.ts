import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AwsV4Signer } from 'aws4fetch';
import { aliyunSignature, signForAws, tencentRequest } from './request-signatures.ts';

describe('Signatures of requests to clouds', () => {
  // The test suite of Signature Version 4, get-vanilla-query-order-key-case:
  // https://docs.aws.amazon.com/general/latest/gr/signature-v4-test-suite.html
  it('sign as AWS documents it', async () => {
    const key = { id: 'AKIDEXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
    const signer = new AwsV4Signer({
      method: 'GET',
      url: 'https://example.amazonaws.com/?Param2=value2&Param1=value1',
      ...{ accessKeyId: key.id, secretAccessKey: key.secret, service: 'service', region: 'us-east-1' },
      datetime: '20150830T123600Z',
    });
    const expected = 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500';
    assert.match((await signer.sign()).headers.get('authorization') ?? '', new RegExp(`Signature=${expected}$`));
    const now = Date.UTC(2015, 7, 30, 12, 36, 0);
    const url = 'https://email.us-east-1.amazonaws.com/v2/email/outbound-emails';
    const { headers } = await signForAws({ key, region: 'us-east-1', service: 'ses', url, body: '{}', now });
    assert.equal(headers?.['x-amz-date'], '20150830T123600Z');
    assert.match(
      headers?.['authorization'] ?? '',
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20150830\/us-east-1\/ses\//,
    );
  });

  // DescribeInstances of https://www.tencentcloud.com/document/api/213/33224 (Signature v3)
  it('sign as Tencent Cloud documents it', () => {
    const { headers } = tencentRequest({
      key: { id: 'AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE', secret: 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE' },
      ...{ service: 'cvm', action: 'DescribeInstances', version: '2017-03-12', region: 'ap-guangzhou' },
      body: String.raw`{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}`,
      now: 1_551_113_065_000,
    });
    const expected = '72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168';
    assert.equal(
      headers?.['authorization'],
      `TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, SignedHeaders=content-type;host, Signature=${expected}`,
    );
  });

  // DescribeDedicatedHosts of https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism
  it('sign as Alibaba Cloud documents it', () => {
    const parameters = {
      AccessKeyId: 'testid',
      Action: 'DescribeDedicatedHosts',
      Format: 'JSON',
      RegionId: 'cn-beijing',
      SignatureMethod: 'HMAC-SHA1',
      SignatureNonce: 'edb2b34af0af9a6d14deaf7c1a5315eb',
      SignatureVersion: '1.0',
      Timestamp: '2023-03-13T08:34:30Z',
      Version: '2014-05-26',
    };
    assert.equal(aliyunSignature('GET', parameters, 'testsecret'), '9NaGiOspFP5UPcwX8Iwt2YJXXuk=');
  });
});
