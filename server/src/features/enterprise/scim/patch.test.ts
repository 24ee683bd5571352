import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ScimPatchOperation, scimResourceTypes, scimUrn } from '@aldaba/contract/scim';
import type { Values } from './attributes.ts';
import { ScimError } from './errors.ts';
import { readResource } from './input.ts';
import { applyPatch } from './patch.ts';

const type = scimResourceTypes.users;
const ana: Values = {
  id: 'user1',
  userName: 'ana',
  name: { givenName: 'Ana', familyName: 'Lima' },
  active: true,
  emails: [
    { value: 'ana@work.example', type: 'work', primary: true },
    { value: 'ana@home.example', type: 'home' },
  ],
  [scimUrn.enterpriseUser]: { department: 'R&D', manager: { value: 'user2' } },
};
type Given = Omit<ScimPatchOperation, 'value'> & { value?: unknown };
const patch = (...operations: Given[]) => applyPatch(type, ana, operations as ScimPatchOperation[]);
const refuses = (scimType: string, ...operations: Given[]) =>
  assert.throws(
    () => readResource(type, patch(...operations)),
    (error) => error instanceof ScimError && error.status === 400 && error.scimType === scimType,
    JSON.stringify(operations),
  );
const [work, home] = ana.emails as Values[];

describe('SCIM PATCH', () => {
  it('adds, replaces and removes simple attributes and parts of complex ones', () => {
    assert.equal(patch({ op: 'add', path: 'title', value: 'CTO' }).title, 'CTO');
    assert.equal(patch({ op: 'replace', path: 'USERNAME', value: 'anna' }).userName, 'anna');
    assert.deepEqual(patch({ op: 'replace', path: 'name.givenName', value: 'A.' }).name, {
      givenName: 'A.',
      familyName: 'Lima',
    });
    assert.deepEqual(patch({ op: 'add', path: 'name', value: { middleName: 'M.' } }).name, {
      ...(ana.name as object),
      middleName: 'M.',
    });
    assert.deepEqual(patch({ op: 'remove', path: 'name.givenName' }).name, { familyName: 'Lima' });
    assert.equal(patch({ op: 'remove', path: 'name' }).name, undefined);
    assert.equal(patch({ op: 'replace', path: 'title', value: null }).title, undefined);
  });

  it('adds to lists without repetition, and keeps one primary value', () => {
    assert.deepEqual(
      patch({ op: 'add', path: 'emails', value: [{ value: 'ANA@work.example', type: 'work' }] }).emails,
      [{ ...work, value: 'ANA@work.example' }, home],
    );
    const added = { value: 'new@work.example', type: 'other', primary: true };
    assert.deepEqual(patch({ op: 'add', path: 'emails', value: added }).emails, [
      { ...work, primary: false },
      home,
      added,
    ]);
    assert.deepEqual(patch({ op: 'replace', path: 'emails', value: [added] }).emails, [added]);
    assert.deepEqual(patch({ op: 'replace', path: 'emails[type eq "home"].primary', value: true }).emails, [
      { ...work, primary: false },
      { ...home, primary: true },
    ]);
  });

  it('changes and removes the values that a filter selects', () => {
    assert.deepEqual(patch({ op: 'replace', path: 'emails[type eq "home"].value', value: 'a@b.example' }).emails, [
      work,
      { ...home, value: 'a@b.example' },
    ]);
    assert.deepEqual(patch({ op: 'replace', path: 'emails[type eq "home"]', value: { value: 'a@b.example' } }).emails, [
      work,
      { ...home, value: 'a@b.example' },
    ]);
    assert.deepEqual(patch({ op: 'remove', path: 'emails[type eq "work" or value sw "none"]' }).emails, [home]);
    assert.deepEqual(patch({ op: 'remove', path: 'emails[value co "example"]' }).emails, undefined);
    assert.deepEqual(
      patch({ op: 'remove', path: 'emails', value: [{ value: 'ana@home.example', type: 'home' }] }).emails,
      [work],
    );
    refuses('noTarget', { op: 'replace', path: 'emails[value co "nothing"].type', value: 'x' });
    refuses('noTarget', { op: 'remove' });
  });

  it('changes extensions by path, by URN and by name', () => {
    const at = (value: Values) => value[scimUrn.enterpriseUser];
    assert.deepEqual(at(patch({ op: 'replace', path: `${scimUrn.enterpriseUser}:department`, value: 'HR' })), {
      department: 'HR',
      manager: { value: 'user2' },
    });
    assert.deepEqual(at(patch({ op: 'add', path: scimUrn.enterpriseUser, value: { division: 'X' } })), {
      ...(at(ana) as object),
      division: 'X',
    });
    assert.deepEqual(at(patch({ op: 'add', value: { [scimUrn.enterpriseUser]: { division: 'X' } } })), {
      ...(at(ana) as object),
      division: 'X',
    });
    assert.equal(at(patch({ op: 'remove', path: scimUrn.enterpriseUser })), undefined);
    assert.deepEqual(at(patch({ op: 'remove', path: `${scimUrn.enterpriseUser}:manager` })), { department: 'R&D' });
  });

  // security: directory-filters
  it('refuses what is read-only, required or unknown', () => {
    for (const path of ['id', 'meta', 'meta.created', 'groups', 'groups[value eq "x"]', 'groups.display'])
      for (const op of ['add', 'replace', 'remove'] as const) refuses('mutability', { op, path, value: 'x' });
    refuses('mutability', { op: 'replace', value: { id: 'another' } });
    refuses('mutability', { op: 'remove', path: 'userName' });
    refuses('invalidValue', { op: 'replace', path: 'userName', value: '' });
    for (const path of [
      'unknown',
      'name.unknown',
      'emails[type eq "x"',
      'userName[a eq "b"]',
      '__proto__.x',
      'constructor',
      'emails[type eq "x"].value.x',
      'name.givenName.x',
    ])
      assert.throws(() => patch({ op: 'add', path, value: 'x' }), ScimError, path);
    assert.equal(({} as Values).x, undefined);
    for (const value of [7, 'x', [1], true]) refuses('invalidValue', { op: 'replace', path: 'name', value });
    refuses('invalidValue', { op: 'replace', path: 'active', value: 'maybe' });
    refuses('invalidValue', { op: 'add', path: 'title', value: { a: 1 } });
    refuses('invalidValue', {
      op: 'add',
      path: 'emails',
      value: Array.from({ length: 101 }, (_, index) => ({ value: `${index}@x.example` })),
    });
    refuses('invalidValue', { op: 'add', value: 'text' });
  });

  it('does not change the resource that it is given', () => {
    const before = structuredClone(ana);
    patch({ op: 'add', path: 'emails', value: [{ value: 'x@y.example' }] }, { op: 'remove', path: 'name.givenName' });
    assert.deepEqual(ana, before);
  });
});
