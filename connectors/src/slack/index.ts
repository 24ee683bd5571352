import { createBrandConnector, fromStandardClaims, standardClaims, z } from '../../kit/index.ts';

/** Sign-in with Slack, by OpenID Connect: all that is needed is in the ID token. */
export const slack = createBrandConnector({
  target: 'slack',
  name: 'Slack',
  logo: { letters: 'S', background: '#4a154b', darkBackground: '#7c3a7e' },
  scope: 'openid profile email',
  endpoints: {
    authorization: 'https://slack.com/openid/connect/authorize',
    token: 'https://slack.com/api/openid.connect.token',
    keys: 'https://slack.com/openid/connect/keys',
  },
  idToken: { issuer: 'https://slack.com' },
  errors: {
    code: ['error'],
    invalidCode: ['invalid_code', 'code_already_used', 'bad_redirect_uri'],
    invalidClient: ['invalid_client_id', 'bad_client_secret'],
  },
  answers: z.object({ claims: standardClaims }),
  toProfile: ({ claims }) => fromStandardClaims(claims),
});
