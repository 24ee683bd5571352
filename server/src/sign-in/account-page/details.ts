/** Profile, picture, username, password and language. */
import { type AccountScreen, maximumAvatarSize, type ProfileField, profileSchema } from '@aldaba/contract';
import { passwordRules } from '../../features/appearance/hosted-pages/words.ts';
import { readUpload } from '../../http/upload.ts';
import type { AldabaError } from '../../kernel/errors.ts';
import { isShown, requireEditable, requireShown } from '../account/context.ts';
import type { AccountApi } from '../account/index.ts';
import { readAnswers } from '../extra-profile/answers.ts';
import {
  dateFormat,
  formAnswers,
  formQuestions,
  isPlainDate,
  questionsOf,
  readDate,
} from '../extra-profile/questions.ts';
import { nameOf } from '../factors/second-factor.ts';
import type { ExtraProfile } from '../machine/state.ts';
import { type AccountPageRoutes, type AccountRequest, proofPath } from './requests.ts';

export function detailRoutes(routes: AccountPageRoutes): void {
  profileRoutes(routes);
  usernameRoutes(routes);
  passwordRoutes(routes);
  languageRoutes(routes);
}

const claimNames: ReadonlySet<string> = new Set(Object.keys(profileSchema.shape));

/** Which setting of the account center a field of the profile belongs to. */
const controlOf = (name: string): 'name' | 'profile' | 'customData' =>
  name === 'name' ? 'name' : claimNames.has(name) || name === 'fullname' ? 'profile' : 'customData';

const plain = (name: string): ProfileField => ({
  ...{ tenantId: '', id: name, name, type: 'Text', label: '', description: null, required: false, config: {} },
  createdAt: 0,
  sieOrder: 0,
});
/** What a tenant without custom profile fields shows. */
const usual = ['givenName', 'familyName', 'nickname', 'website', 'birthdate'].map(plain);

/** The fields of the form, in order: the name, then the fields that the account center lists, or all. */
async function fieldsOf(
  { context }: AccountApi,
  { visit: { tenant, center } }: AccountRequest,
): Promise<ProfileField[]> {
  const all = await context.profileFields.list(tenant);
  const listed = center.profileFields?.flatMap(({ name }) => all.find((field) => field.name === name) ?? []);
  const chosen = listed ?? (all.length > 0 ? all : usual);
  const others = chosen.filter(({ name }) => name !== 'name' && name !== 'avatar');
  return [plain('name'), ...others].filter(({ name }) => isShown(center, controlOf(name)));
}

/** What the account has, by the name of the form's field. */
const storedIn =
  ({ user }: AccountRequest, fields: readonly ProfileField[]) =>
  (wanted: string): string => {
    const question = questionsOf(fields).find(({ key }) => `profile.${key}` === wanted);
    if (!question) return '';
    const { name, whole, type, config } = question;
    if (name === 'name' && !whole) return user.name ?? '';
    const from = { ...user.customData, ...user.profile } as Record<string, unknown>;
    const value =
      whole?.type === 'Address' ? (from[whole.name] as Record<string, unknown> | undefined)?.[name] : from[name];
    if (type === 'Checkbox') return value === true ? 'yes' : '';
    if (type === 'Date' && typeof value === 'string') return pickedDate(value, dateFormat(config));
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };

/** The answers, with what the user took away: readAnswers leaves it out. Parts of an address that are hidden stay. */
function withEmptied({ user }: AccountRequest, fields: readonly ProfileField[], answers: ExtraProfile) {
  const claims = { ...answers.claims };
  const customData = { ...answers.customData };
  for (const { name, whole } of questionsOf(fields)) {
    if (whole?.type === 'Address') continue;
    if (claimNames.has(name)) claims[name] ??= '';
    else if (name !== 'name' && (user.customData[name] ?? null) !== null) customData[name] ??= null;
  }
  for (const { name, type, config } of fields) {
    if (type !== 'Address') continue;
    const [stored, changed] = claimNames.has(name) ? [user.profile, claims] : [user.customData, customData];
    const before = (stored as Record<string, unknown>)[name];
    if (before === undefined && changed[name] === undefined) continue;
    const asked = (config.parts ?? []).filter(({ enabled }) => enabled).map((part) => part.name);
    const kept = Object.entries(before ?? {}).filter(([part]) => !asked.includes(part));
    changed[name] = { ...Object.fromEntries(kept), ...(changed[name] ?? {}) };
  }
  return { claims, customData };
}

/** As date pickers take it; they would show another text as nothing, which erases it. */
const pickedDate = (text: string, format: string): string =>
  (isPlainDate(format) ? readDate(text, format) : undefined) ?? text;

function profileRoutes({ api, get, post, upload }: AccountPageRoutes): void {
  const { mine } = api;
  const show = async (page: AccountRequest, failure?: AldabaError) => {
    const { visit, user, field } = page;
    const { center } = visit;
    const fields = await fieldsOf(api, page);
    const typed = failure && page.request.body ? field : storedIn(page, fields);
    const isEditable = fields.some(({ name }) => center.fields[controlOf(name)] === 'Edit');
    const address = user.avatar ? { address: user.avatar } : {};
    const screen: AccountScreen = {
      part: 'profile',
      questions: formQuestions(fields, typed),
      initial: nameOf(user),
      isEditable,
      ...(isShown(center, 'avatar') ? { avatar: { ...address, isEditable: center.fields.avatar === 'Edit' } } : {}),
    };
    await page.show(screen, failure);
  };
  get('/profile', 'profile', (page) => show(page));
  post(
    '/profile',
    'profile',
    async (page) => {
      const { visit, field } = page;
      const fields = (await fieldsOf(api, page)).filter(({ name }) => visit.center.fields[controlOf(name)] === 'Edit');
      const answers = readAnswers(fields, formAnswers(fields, field));
      const { claims, customData } = withEmptied(page, fields, answers);
      const isAsked = (wanted: string) => fields.some((each) => each.name === wanted);
      if (Object.keys(claims).length > 0) await mine.updateProfile(visit, claims);
      const patch = {
        ...(isAsked('name') ? { name: answers.name ?? null } : {}),
        ...(Object.keys(customData).length > 0 ? { customData } : {}),
      };
      if (Object.keys(patch).length > 0) await mine.update(visit, patch);
      page.go('/profile', 'saved');
    },
    show,
  );
  upload('/avatar', 'profile', maximumAvatarSize, {
    work: async (page) => {
      const avatar = await mine.uploadAvatar(page.visit, () => readUpload(page.request));
      await mine.update(page.visit, { avatar });
      page.go('/profile', 'saved');
    },
    refused: show,
  });
  post('/avatar/remove', 'profile', async (page) => {
    await mine.update(page.visit, { avatar: null });
    page.go('/profile', 'removed');
  });
}

function usernameRoutes({ api, get, post }: AccountPageRoutes): void {
  const show = (page: AccountRequest, failure?: AldabaError) => {
    const value = failure ? page.field('username') : (page.user.username ?? '');
    return page.show({ part: 'username', value, isEditable: page.visit.center.fields.username === 'Edit' }, failure);
  };
  get('/username', 'username', async (page) => {
    requireShown(page.visit.center, 'username');
    const isEditable = page.visit.center.fields.username === 'Edit';
    if (isEditable && !(await api.changes.isProved(page.visit))) return page.go(proofPath('username'));
    return show(page);
  });
  post(
    '/username',
    'username',
    async (page) => {
      await api.mine.update(page.visit, { username: page.field('username').trim() || null });
      page.go('/username', 'saved');
    },
    show,
  );
}

function passwordRoutes({ api, get, post }: AccountPageRoutes): void {
  const show = async (page: AccountRequest, failure?: AldabaError) => {
    const { visit, user, language } = page;
    await page.show(
      {
        part: 'password',
        username: nameOf(user),
        hasPassword: user.hasPassword,
        passwordRules: passwordRules(await api.context.settings(visit.tenant), language),
      },
      failure,
    );
  };
  get('/password', 'password', async (page) => {
    requireEditable(page.visit.center, 'password');
    if (!(await api.changes.isProved(page.visit))) return page.go(proofPath('password'));
    return show(page);
  });
  post(
    '/password',
    'password',
    async (page) => {
      await api.mine.setPassword(page.visit, page.field('password'));
      page.go('/password', 'saved');
    },
    show,
  );
}

/** The language is the standard claim `locale`. */
function languageRoutes({ api, get, post }: AccountPageRoutes): void {
  /** '' if the tag is none of the languages: that of the browser. */
  const offered = async ({ visit: { tenant } }: AccountRequest, wanted: unknown) => {
    const languages = await api.context.pages.languages(tenant);
    return { languages, value: languages.find(({ tag }) => tag === wanted)?.tag ?? '' };
  };
  get('/language', 'language', async (page) => {
    requireEditable(page.visit.center, 'profile');
    return page.show({ part: 'language', ...(await offered(page, page.user.profile.locale)) });
  });
  post('/language', 'language', async (page) => {
    const { value } = await offered(page, page.field('language'));
    await api.mine.updateProfile(page.visit, { locale: value });
    page.go('/language', 'saved');
  });
}
