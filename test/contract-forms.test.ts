import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as contract from '@aldaba/contract';
import { es } from '@aldaba/contract/form-phrases/es';
import { zhCn } from '@aldaba/contract/form-phrases/zh-cn';
import { fieldsOf, form } from '@aldaba/contract/forms';
import { z } from 'zod';
import { createOpenapi } from '../server/src/http/openapi.ts';

/** The schemas of a body whose members forms show: the body itself, and what is nested in it. */
const edited = {
  createApplication: contract.createApplication.body,
  updateApplication: contract.updateApplication.body,
  customClientMetadata: contract.customClientMetadataSchema,
  oidcClientMetadata: contract.oidcClientMetadataPatch,
  updateSignInExperience: contract.updateSignInExperience.body,
  createHook: contract.createHook.body,
  updateHook: contract.updateHook.body,
  hookConfig: contract.hookConfigSchema,
  emailTemplate: contract.emailTemplateSchema.shape.details,
  updateSessionConfig: contract.updateSessionConfig.body,
  updateSigningAlgorithms: contract.updateSigningAlgorithms.body,
  updateIdTokenConfig: contract.updateIdTokenConfig.body,
  updateAccountCenter: contract.updateAccountCenter.body,
  accountCenterFields: contract.updateAccountCenter.body.shape.fields.unwrap(),
  createUser: contract.createUser.body,
  updateUser: contract.updateUser.body,
  updateUserPassword: contract.updateUserPassword.body,
  userProfile: contract.profileSchema,
  userAddress: contract.profileSchema.shape.address.unwrap(),
  createResource: contract.createResource.body,
  updateResource: contract.updateResource.body,
  updateResourceIsDefault: contract.updateResourceIsDefault.body,
  createResourceScope: contract.createResourceScope.body,
  updateResourceScope: contract.updateResourceScope.body,
  createRole: contract.createRole.body,
  updateRole: contract.updateRole.body,
  createOrganization: contract.createOrganization.body,
  updateOrganization: contract.updateOrganization.body,
  createOrganizationRole: contract.createOrganizationRole.body,
  updateOrganizationRole: contract.updateOrganizationRole.body,
  createOrganizationScope: contract.createOrganizationScope.body,
  updateOrganizationScope: contract.updateOrganizationScope.body,
  createOrganizationInvitation: contract.createOrganizationInvitation.body,
  createConnector: contract.createConnector.body,
  updateConnector: contract.updateConnector.body,
};

describe('Form metadata of the contract', () => {
  it('describes every member that an operator edits, each with a label and a unique key', () => {
    const keys = Object.entries(edited).flatMap(([name, schema]) => {
      const fields = fieldsOf(schema);
      assert.ok(fields && fields.length > 0, name);
      for (const { label, help = 'Help.' } of fields) {
        assert.match(label, /^[A-Z]/);
        assert.match(help, /[.]$/);
      }
      return fields.map(({ key }) => key);
    });
    assert.equal(new Set(keys).size, keys.length);
  });

  it('has every label and help text in Spanish and Chinese, and no other text', () => {
    const fields = Object.values(edited).flatMap((schema) => fieldsOf(schema) ?? []);
    const texts = new Set(fields.flatMap(({ label, help }) => (help === undefined ? [label] : [label, help])));
    for (const phrases of [es, zhCn]) {
      assert.deepEqual(Object.keys(phrases).sort(), [...texts].sort());
      for (const [text, phrase] of Object.entries(phrases)) {
        assert.equal(/[.。]$/.test(phrase), text.endsWith('.'), phrase);
        assert.deepEqual(phrase.match(/\{\{\w+\}\}/g), text.match(/\{\{\w+\}\}/g));
      }
    }
  });

  it('marks required, secret and multiline members', () => {
    const fields = fieldsOf(contract.hookConfigSchema) ?? [];
    const flags = fields.map(({ name, isRequired, secret = false }) => [name, isRequired, secret]);
    assert.deepEqual(flags, [
      ['url', true, false],
      ['headers', false, true],
      ['retries', false, false],
    ]);
    const content = fieldsOf(contract.emailTemplateSchema.shape.details)?.find(({ name }) => name === 'content');
    assert.equal(content?.multiline, true);
  });

  it('does not compile if a member is missing or unknown, and is undefined for other schemas', () => {
    const schema = z.object({ name: z.string() });
    // @ts-expect-error name has no entry
    form('test.missing', z.object({ name: z.string() }), {});
    // @ts-expect-error there is no member of that name
    form('test.unknown', z.object({ name: z.string() }), { name: null, nmae: null });
    assert.equal(fieldsOf(schema), undefined);
  });

  it('describes form members in the OpenAPI document', () => {
    const { paths } = createOpenapi('management') as {
      paths: Record<string, Record<string, { requestBody: { content: Record<string, { schema: Json }> } }>>;
    };
    const body = paths['/api/hooks']?.post?.requestBody.content['application/json']?.schema;
    assert.equal(body?.properties?.config?.properties?.url?.description, 'Receives a POST request for each event.');
  });
});

interface Json {
  description?: string;
  properties?: Record<string, Json>;
}
