import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import './shell/tokens.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { finishSignIn } from './session/session.ts';
import { consoleUrl, settings } from './settings.ts';

/** The addresses at which the administrator's sign-in may return. */
const known = [settings.endpoint, settings.adminUrl].map((url) => new URL(url).origin);

async function start(): Promise<void> {
  // The server ignores further slashes in front of a path. In a URL, `//console/` would be the name of a host.
  const path = location.pathname.replace(/^\/{2,}/, '/') + location.search + location.hash;
  // Opened by another name of the server: the sign-in returns to the configured one.
  if (!known.includes(location.origin)) {
    location.replace(new URL(path, settings.endpoint));
    return;
  }
  if (location.pathname.startsWith('//')) history.replaceState(null, '', path);
  if (location.href.startsWith(`${consoleUrl}/callback?`)) history.replaceState(null, '', await returnAddress());
  createRoot(document.getElementById('root') as HTMLElement).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

/** Where a finished sign-in continues; the start if its request is gone, e.g. after going back in the history. */
async function returnAddress(): Promise<string> {
  try {
    return await finishSignIn();
  } catch {
    return consoleUrl;
  }
}

// The browser's Back button must not bring back a page of a session that has ended.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload();
});

void start();
