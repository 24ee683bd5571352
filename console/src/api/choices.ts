/** What pickers offer: things of the tenant, found by the server while the administrator types. */
import {
  getApplication,
  getOrganization,
  getOrganizationRole,
  getOrganizationScope,
  getResource,
  getRole,
  getUser,
  listApplications,
  listOrganizationRoles,
  listOrganizationScopes,
  listOrganizations,
  listResourceScopes,
  listResources,
  listRoles,
  listUsers,
  type Resource,
  type RoleType,
  type User,
} from '@aldaba/contract/routes';
import type { apiOf } from './client.ts';
import { contactOfUser, nameOfUser } from './user-names.ts';

type Api = ReturnType<typeof apiOf>;

export interface Choice {
  value: string;
  label: string;
  /** Tells it from others with the same label. */
  detail?: string | undefined;
}

export interface ChoiceSource {
  /** Names the source among the queries: the path of its resource, and what else decides what is found. */
  key: readonly string[];
  /** The first choices that match the text, and the number of all that do. */
  find: (api: Api, text: string) => Promise<{ choices: Choice[]; total: number }>;
  /** The choice with the value, if it is still there. */
  get: (api: Api, value: string) => Promise<Choice>;
}

/** As many as a person looks through; typing finds the others. */
const pageSize = 20;

const searchOf = (text: string) => (text ? { search: `%${text}%` } : {});
const containing = (text: string) => (text ? { q: text } : {});

interface Listed<Item> {
  items: Item[];
  total: number;
}
const choicesOf = <Item>({ items, total }: Listed<Item>, toChoice: (item: Item) => Choice) => ({
  choices: items.map(toChoice),
  total,
});

const userChoice = (user: Pick<User, 'id' | 'name' | 'username' | 'primaryEmail' | 'primaryPhone'>): Choice => ({
  value: user.id,
  label: nameOfUser(user),
  detail: contactOfUser(user) ?? user.id,
});
export const users: ChoiceSource = {
  key: ['/api/users'],
  find: async (api, text) =>
    choicesOf(await api.list(listUsers, { query: searchOf(text), pageSize }), (user) => userChoice(user)),
  get: async (api, userId) => userChoice(await api.call(getUser, { params: { userId } })),
};

interface Named {
  id: string;
  name: string;
  description?: string | null;
}
const namedChoice = ({ id, name, description }: Named): Choice => ({
  value: id,
  label: name,
  detail: description || undefined,
});

export const applications: ChoiceSource = {
  key: ['/api/applications'],
  find: async (api, text) =>
    choicesOf(await api.list(listApplications, { query: searchOf(text), pageSize }), ({ id, name }) => ({
      value: id,
      label: name,
      detail: id,
    })),
  get: async (api, id) => {
    const { name } = await api.call(getApplication, { params: { id } });
    return { value: id, label: name, detail: id };
  },
};

/** Roles of a type; without the ones that an application or a user already has, if it is given. */
export const roles = (
  type: RoleType,
  without: { excludeApplicationId?: string; excludeUserId?: string } = {},
): ChoiceSource => ({
  key: ['/api/roles', type, without.excludeApplicationId ?? '', without.excludeUserId ?? ''],
  find: async (api, text) =>
    choicesOf(await api.list(listRoles, { query: { ...searchOf(text), type, ...without }, pageSize }), namedChoice),
  get: async (api, id) => namedChoice(await api.call(getRole, { params: { id } })),
});

export const organizations: ChoiceSource = {
  key: ['/api/organizations'],
  find: async (api, text) =>
    choicesOf(await api.list(listOrganizations, { query: containing(text), pageSize }), namedChoice),
  get: async (api, id) => namedChoice(await api.call(getOrganization, { params: { id } })),
};

/** Roles that users have in organizations. */
export const organizationUserRoles: ChoiceSource = {
  key: ['/api/organization-roles', 'User'],
  find: async (api, text) => {
    const query = { ...containing(text), type: 'User' } as const;
    return choicesOf(await api.list(listOrganizationRoles, { query, pageSize }), namedChoice);
  },
  get: async (api, id) => namedChoice(await api.call(getOrganizationRole, { params: { id } })),
};

/** Permissions of the organization template. */
export const organizationScopes: ChoiceSource = {
  key: ['/api/organization-scopes'],
  find: async (api, text) =>
    choicesOf(await api.list(listOrganizationScopes, { query: containing(text), pageSize }), namedChoice),
  get: async (api, id) => namedChoice(await api.call(getOrganizationScope, { params: { id } })),
};

export const resources: ChoiceSource = {
  key: ['/api/resources'],
  find: async (api, text) =>
    choicesOf(
      await api.list(listResources, { query: searchOf(text), pageSize }),
      ({ id, name, indicator }): Choice => ({ value: id, label: name, detail: indicator }),
    ),
  get: async (api, id) => {
    const { name, indicator } = await api.call(getResource, { params: { id } });
    return { value: id, label: name, detail: indicator };
  },
};

/** APIs by the indicator that names them in requests and tokens; without the one with the left out indicator. */
export const resourcesByIndicator = (leftOut?: string): ChoiceSource => ({
  key: ['/api/resources', 'by indicator', leftOut ?? ''],
  find: async (api, text) => {
    const { items, total } = await api.list(listResources, { query: searchOf(text), pageSize });
    const others = items.filter(({ indicator }) => indicator !== leftOut);
    return { choices: others.map(apiChoice), total: total - (items.length - others.length) };
  },
  get: async (api, value) => {
    const query = { 'search.indicator': value, 'mode.indicator': 'exact' };
    const { items } = await api.list(listResources, { query, pageSize: 1 });
    return items[0] ? apiChoice(items[0]) : { value, label: value };
  },
});
const apiChoice = ({ name, indicator }: Pick<Resource, 'name' | 'indicator'>): Choice => ({
  value: indicator,
  label: name,
  detail: indicator,
});

/** Permissions of an API. The server has no route for one of them: it is found by its id. */
export const scopesOf = (resourceId: string): ChoiceSource => ({
  key: [`/api/resources/${resourceId}/scopes`],
  find: async (api, text) =>
    choicesOf(
      await api.list(listResourceScopes, { params: { resourceId }, query: searchOf(text), pageSize }),
      namedChoice,
    ),
  get: async (api, value) => {
    const query = { 'search.id': value, 'mode.id': 'exact' };
    const { items } = await api.list(listResourceScopes, { params: { resourceId }, query, pageSize: 1 });
    const [found] = items;
    if (!found) throw new Error(`There is no permission ${value}.`);
    return namedChoice(found);
  },
});
