// passport-openidconnect as its README shows it: addresses by hand, profile from user info.
import passport from 'passport';
import OpenIDConnectStrategy from 'passport-openidconnect';
import { baseUrl, CLIENT_ID, CLIENT_SECRET, createSite, ISSUER, serve } from './site.js';

passport.use(
  new OpenIDConnectStrategy(
    {
      issuer: ISSUER,
      authorizationURL: `${ISSUER}/auth`,
      tokenURL: `${ISSUER}/token`,
      userInfoURL: `${ISSUER}/me`,
      clientID: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      callbackURL: `${baseUrl}/callback`,
      scope: ['profile', 'email'],
    },
    (_issuer, profile, done) => done(null, { sub: profile.id, username: profile.username, name: profile.displayName }),
  ),
);
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));

const site = createSite();
site.use(passport.session());
site.get('/sign-in', passport.authenticate('openidconnect'));
site.get('/callback', passport.authenticate('openidconnect', { successRedirect: '/', failWithError: true }));
serve(site, (request) => request.user);
