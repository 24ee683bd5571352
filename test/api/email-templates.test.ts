import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

const template = (languageTag: string, templateType: string, subject: string) => ({
  languageTag,
  templateType,
  details: { subject, content: 'Your code is {{code}}.' },
});

describe('Email templates', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());
  const path = '/api/email-templates';

  it('creates, lists and filters email templates by language and usage', async () => {
    const templates = [template('en', 'SignIn', 'Sign in'), template('es', 'SignIn', 'Entrar')];
    const { status, body } = await api.put(path, { templates });
    assert.equal(status, 200);
    assert.deepEqual(
      body.map(({ languageTag, details }: { languageTag: string; details: object }) => [languageTag, details]),
      templates.map(({ languageTag, details }) => [languageTag, details]),
    );
    const again = await api.put(path, { templates: [template('en', 'SignIn', 'Hello')] });
    assert.equal(again.body[0].id, body[0].id);
    assert.equal((await api.get(path)).body.length, 2);
    const [english] = (await api.get(`${path}?languageTag=en&templateType=SignIn`)).body;
    assert.equal(english.details.subject, 'Hello');
    assert.deepEqual((await api.get(`${path}?templateType=Register`)).body, []);
    assertRefused(await api.get(`${path}?templateType=Spam`), 400, 'guard.invalid_input');
  });

  it('updates a part of an email template, returns it and deletes it', async () => {
    const [{ id }] = (await api.put(path, { templates: [template('de', 'Generic', 'Hallo')] })).body;
    const changed = await api.patch(`${path}/${id}/details`, { replyTo: 'help@example.com' });
    assert.deepEqual(changed.body.details, { ...template('', '', 'Hallo').details, replyTo: 'help@example.com' });
    assert.deepEqual((await api.get(`${path}/${id}`)).body, changed.body);
    assert.equal((await api.delete(`${path}/${id}`)).status, 204);
    for (const refused of [
      await api.get(`${path}/${id}`),
      await api.delete(`${path}/${id}`),
      await api.patch(`${path}/${id}/details`, { subject: 'x' }),
    ])
      assertRefused(refused, 404, 'entity.not_exists_with_id');
  });

  it('deletes email templates by language or usage, and rejects a deletion without a condition', async () => {
    await api.put(path, { templates: [template('it', 'SignIn', 'Ciao'), template('it', 'Register', 'Ciao')] });
    assertRefused(await api.delete(path), 422, 'request.invalid_input');
    assert.deepEqual((await api.delete(`${path}?languageTag=it`)).body, { rowCount: 2 });
  });

  it('uses the template in the message’s language, else in the tenant’s, else the generic one', async () => {
    await api.delete(`${path}?templateType=SignIn`);
    await api.put(path, {
      templates: [template('en', 'SignIn', 'en'), template('pt', 'SignIn', 'pt'), template('en', 'Generic', 'generic')],
    });
    const { emailTemplates } = server.app;
    const subject = async (type: string, ...languages: string[]) =>
      (await emailTemplates.find(server.tenant.db, type, languages))?.subject;
    assert.equal(await subject('SignIn', 'pt-BR', 'en'), 'pt');
    assert.equal(await subject('SignIn', 'ja', 'en'), 'en');
    assert.equal(await subject('BindMfa', 'pt', 'en'), 'generic');
    assert.equal(await subject('SignIn', 'ja'), undefined);
  });
});
