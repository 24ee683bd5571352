/** A page without a server of its own: signs people in at Aldaba through the published `@logto/browser` package. */
import LogtoClient, { UserScope } from '@logto/browser';

const home = `${location.origin}/`;
const callback = `${location.origin}/callback`;
const app = document.getElementById('app');

const settings = await (await fetch('/settings.json')).json();
const client = new LogtoClient({ ...settings, scopes: [UserScope.Identities] });

const element = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
const button = (text, action) => {
  const made = element('button', text);
  made.addEventListener('click', () => attempt(action));
  return made;
};

async function attempt(action) {
  try {
    await action();
  } catch (error) {
    app.replaceChildren(
      element('h1', 'Something went wrong'),
      element('p', error.message),
      button('Sign in again', signIn),
    );
  }
}

const signIn = () => client.signIn(callback);
const register = () => client.signIn({ redirectUri: callback, firstScreen: 'register' });

/** Drops the access token, so that the SDK gets the next one with the refresh token. */
async function refresh() {
  await client.clearAccessToken();
  await client.getAccessToken();
  await show('The tokens were refreshed.');
}

async function show(notice = '') {
  if (!(await client.isAuthenticated())) {
    app.replaceChildren(
      element('h1', 'You are not signed in'),
      button('Sign in', signIn),
      button('Create an account', register),
    );
    return;
  }
  const profile = await client.fetchUserInfo();
  app.replaceChildren(
    element('h1', `Hello, ${profile.name ?? profile.username ?? profile.sub}`),
    element('p', notice),
    button('Refresh the tokens', refresh),
    button('Sign out', () => client.signOut(home)),
    element('pre', JSON.stringify(profile, null, 2)),
  );
}

await attempt(async () => {
  if (location.pathname === '/callback') {
    await client.handleSignInCallback(location.href);
    history.replaceState(null, '', home);
  }
  await show();
});
