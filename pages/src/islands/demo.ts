/** The demonstration at `/demo-app`: signs in against the server that serves it and shows every step. */
import { clearAlert, showAlert } from './alert.ts';
import * as client from './demo-client.ts';
import { DemoError, type Tokens } from './demo-client.ts';

const root = document.getElementById('demo');
const words: Record<string, string> = JSON.parse(root?.dataset.phrases ?? '{}');
const provider = { endpoint: root?.dataset.endpoint ?? location.origin, language: root?.dataset.language ?? 'en' };
const steps: string[] = [];

const word = (key: string, values: Record<string, string> = {}): string =>
  (words[`demo.${key}`] ?? key).replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');

/** An element with text or children; text is never read as HTML. */
const element = (tag: string, className: string, ...children: (Node | string)[]): HTMLElement => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
};

const attempt = (action: () => Promise<unknown>) => async (): Promise<void> => {
  clearAlert();
  document.documentElement.classList.add('busy');
  try {
    await action();
  } catch (error) {
    const reason =
      error instanceof DemoError && error.mismatch ? word('stateMismatch') : String((error as Error).message);
    showAlert(word('failed', { reason }), 'demo');
  } finally {
    document.documentElement.classList.remove('busy');
  }
};

const button = (label: string, look: 'primary' | 'outlined', action: () => Promise<unknown>): HTMLElement => {
  const made = element('button', `button ${look}`, element('span', 'button-label', word(label)));
  made.addEventListener('click', attempt(action));
  return made;
};

const textOf = (name: string, value: unknown): string => {
  if (typeof value === 'number' && ['exp', 'iat', 'auth_time', 'updated_at', 'created_at'].includes(name)) {
    const milliseconds = value > 1e11 ? value : value * 1000;
    return `${value} (${new Date(milliseconds).toLocaleString(root?.dataset.language)})`;
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
};

const table = (title: string, values: Record<string, unknown>): HTMLElement => {
  // Claims without a value are not shown.
  const known = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  const rows = known.map(([name, value]) => {
    const head = element('th', '', name);
    head.setAttribute('scope', 'row');
    return element('tr', '', head, element('td', '', textOf(name, value)));
  });
  const columns = ['claim', 'value'].map((column) => {
    const head = element('th', '', word(column));
    head.setAttribute('scope', 'col');
    return head;
  });
  const head = element('thead', 'visually-hidden', element('tr', '', ...columns));
  return element('table', 'claims', element('caption', '', word(title)), head, element('tbody', '', ...rows));
};

const journal = (): HTMLElement[] => {
  if (steps.length === 0) return [];
  const list = element('ol', 'steps', ...steps.map((step) => element('li', '', word(step))));
  return [element('h2', 'small-heading', word('steps')), list];
};

const nameOf = (claims: Record<string, unknown>): string => String(claims.name ?? claims.username ?? claims.sub ?? '');

/** The heading says where the person stands; the one that the server sent is for people who are signed out. */
const heading = document.querySelector('h1');
const lead = document.querySelector('.lead');
const atFirst = { title: heading?.textContent ?? '', lead: lead?.textContent ?? '' };
const say = (title: string, text: string): void => {
  if (heading) heading.textContent = title;
  if (lead) lead.textContent = text;
};

const showSignedOut = (): void => {
  say(atFirst.title, atFirst.lead);
  const actions = element(
    'div',
    'choice',
    button('signIn', 'primary', () => client.start(provider, 'sign_in')),
    button('register', 'outlined', () => client.start(provider, 'register')),
  );
  root?.replaceChildren(actions);
};

const showSignedIn = (tokens: Tokens, profile?: Record<string, unknown>): void => {
  const claims = client.claimsOf(tokens.id_token);
  say(word('hello', { name: nameOf(claims) }), word('signedInLead'));
  const refresh = async () => {
    if (tokens.refresh_token === undefined) throw new DemoError(word('noRefreshToken'));
    const renewed = await client.refresh(provider, tokens.refresh_token);
    steps.push('stepRefreshed');
    showSignedIn(renewed);
  };
  const userinfo = async () => {
    const answer = await client.userinfo(provider, tokens.access_token);
    steps.push('stepUserinfo');
    showSignedIn(tokens, answer);
  };
  root?.replaceChildren(
    element('div', 'choice', button('userinfo', 'primary', userinfo), button('refresh', 'outlined', refresh)),
    ...journal(),
    ...(profile === undefined ? [] : [table('profile', profile)]),
    table('claims', claims),
    button('signOut', 'outlined', () => client.signOut(provider)),
  );
};

const open = async (): Promise<void> => {
  const answer = new URLSearchParams(location.search);
  // A code stands in no history and no screenshot: it goes out of the address before anything else happens.
  history.replaceState(null, '', location.pathname);
  const kept = client.keptTokens();
  if (kept) showSignedIn(kept);
  else showSignedOut();
  if (!answer.has('code') && !answer.has('error')) return;
  const tokens = await client.finish(provider, answer);
  steps.push('stepAuthorize', 'stepCallback', 'stepToken');
  showSignedIn(tokens);
};

void attempt(open)();
