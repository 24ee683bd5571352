import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createOutbound } from '../../server/src/kernel/outbound.ts';

export const turnstileConfig = { type: 'Turnstile', siteKey: '0x4AAAAAAAstand-in', secretKey: '0x4AAAA-secret' };
export const recaptchaConfig = {
  type: 'RecaptchaEnterprise',
  siteKey: '6Lc_stand-in',
  secretKey: 'AIza-secret',
  projectId: 'harbour-401',
};

/** What a user did at the widget. */
interface Answer {
  hostname?: string;
  action?: string;
  solvedAt?: string;
  score?: number;
}

/** How a service behaves: as documented, or as it does on a bad day. */
export type Mood = 'well' | 'slow' | 'failing' | 'garbled' | 'undecided' | 'moved' | 'rejects the keys';

/**
 * Turnstile and reCAPTCHA Enterprise on this machine, by their public documentation. They do not remember which answers
 * were checked, so that a test sees whether the server does.
 */
export async function startCaptchaServices(now: () => number) {
  const answers = new Map<string, Answer>();
  const asked: { url: string; body: string }[] = [];
  const state: { mood: Mood } = { mood: 'well' };

  const verdictOf = (path: string, body: Record<string, unknown>, key: unknown) => {
    if (path.startsWith('/challenges.cloudflare.com/turnstile/v0/siteverify')) {
      if (body.secret !== turnstileConfig.secretKey) return turnstileRefusal('invalid-input-secret');
      const answer = answers.get(String(body.response));
      if (!answer) return turnstileRefusal('invalid-input-response');
      const { hostname, action, solvedAt } = answer;
      return { success: true, 'error-codes': [], hostname, action, challenge_ts: solvedAt, cdata: '' };
    }
    const event = body.event as { token: string; siteKey: string };
    const isProject =
      path === `/recaptchaenterprise.googleapis.com/v1/projects/${recaptchaConfig.projectId}/assessments`;
    if (!isProject || key !== recaptchaConfig.secretKey || event.siteKey !== recaptchaConfig.siteKey) return undefined;
    const answer = answers.get(event.token);
    if (!answer) return { tokenProperties: { valid: false, invalidReason: 'MALFORMED' } };
    const { hostname, action, solvedAt, score } = answer;
    return {
      tokenProperties: {
        valid: true,
        invalidReason: 'INVALID_REASON_UNSPECIFIED',
        hostname,
        action,
        createTime: solvedAt,
      },
      riskAnalysis: { score, reasons: [] },
    };
  };

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    for await (const piece of request) body += piece;
    asked.push({ url: request.url ?? '', body });
    const verdict = verdictOf(request.url ?? '', JSON.parse(body), request.headers['x-goog-api-key']);
    const json = (status: number, content: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
    switch (state.mood) {
      case 'slow':
        return;
      case 'failing':
        json(503, verdict);
        return;
      case 'garbled':
        response.end('<html>Welcome</html>');
        return;
      case 'undecided':
        json(200, {});
        return;
      case 'moved':
        response.writeHead(307, { location: request.url ?? '' }).end();
        return;
      default:
        json(verdict === undefined ? 403 : 200, verdict ?? { error: { status: 'PERMISSION_DENIED' } });
    }
  };

  const service = createServer((request, response) => void serve(request, response)).listen(0, '127.0.0.1');
  await once(service, 'listening');
  const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  // The server's check of an answer has a time limit of its own.
  const reach = createOutbound({ allowed: ['127.0.0.1'], timeLimit: 600_000 });
  let number = 0;
  return {
    asked,
    state,
    /** The outgoing requests of a server, as they are but for the addresses of the services. */
    outbound: ((input: string, init?: RequestInit) =>
      reach(
        input.replace(/^https:\/\/(?=challenges\.cloudflare\.com|recaptchaenterprise\.)/, `${url}/`),
        init,
      )) as typeof fetch,
    /** A user answers at the widget; members set to undefined are missing from what the service says. */
    answer(given: Partial<Record<keyof Answer, unknown>> = {}): string {
      number += 1;
      const token = `0.answer-${number}`;
      const right = { hostname: 'localhost', action: 'sign_in', solvedAt: new Date(now()).toISOString(), score: 0.9 };
      answers.set(token, { ...right, ...given } as Answer);
      return token;
    },
    async close() {
      service.closeAllConnections();
      service.close();
      await once(service, 'close');
    },
  };
}

const turnstileRefusal = (code: string) => ({ success: false, 'error-codes': [code] });
