/** `/account`: who is signed in, and the parts that the account center opens. */
import type { AccountSection } from '@aldaba/contract';
import { shownPhone } from '../../kernel/identifiers.ts';
import { type Field, isShown } from '../account/context.ts';
import { nameOf } from '../factors/second-factor.ts';
import { textsOf } from '../pages/page-requests.ts';
import { sectionOf } from './proof.ts';
import { type AccountPageRoutes, type AccountRequest, keepProof } from './requests.ts';

/** The rows of the first page: what opens each, and the value that stands below its name. */
function sectionsOf({ visit: { center }, user }: AccountRequest): { section: AccountSection; value?: string }[] {
  const anyShown = (...fields: Field[]) => fields.some((field) => isShown(center, field));
  const rows: [AccountSection, boolean, value?: string | null][] = [
    ['profile', anyShown('name', 'avatar', 'profile')],
    ['username', anyShown('username'), user.username],
    ['email', anyShown('email'), user.primaryEmail],
    ['phone', anyShown('phone'), user.primaryPhone && shownPhone(user.primaryPhone)],
    ['password', center.fields.password === 'Edit'],
    ['factors', anyShown('mfa')],
    ['social', anyShown('social')],
    ['sessions', anyShown('session')],
    ['applications', anyShown('session')],
    ['language', center.fields.profile === 'Edit'],
    ['data', true],
  ];
  return rows.flatMap(([section, isOpen, value]) => (isOpen ? [{ section, ...(value ? { value } : {}) }] : []));
}

export function homeRoutes({ api, get }: AccountPageRoutes): void {
  get('', '', async (page) => {
    const { request, visit, user, session } = page;
    const { state, code, error } = textsOf(request.query);
    // The way back from a sign-in: the code is of no use to this page, which reads the browser's session.
    if (code !== undefined || error !== undefined) {
      const [, isProof, next = ''] = /^(proof )?(.*)$/.exec(state ?? '') ?? [];
      if (isProof === undefined) return page.go(next === '' ? '' : `/${sectionOf(next)}`);
      // A user who has another proof gives that.
      if ((await api.verifications.proofs(visit.tenant, visit.owner))[0] === 'signIn') {
        const made = await api.verifications.signIn(visit.tenant, visit.owner, session.authenticatedAt);
        keepProof(page, made.verificationRecordId);
      }
      return page.go(`/${sectionOf(next)}`);
    }
    // Always: whose account it is, as the user signs in.
    const name = nameOf(user);
    const open = <T>(field: Field, value: T) => (isShown(visit.center, field) ? value : null);
    const shown = open('name', user.name) ?? name;
    const detail = shown !== name ? name : open('email', user.primaryEmail);
    const avatar = open('avatar', user.avatar);
    const deletion = await api.myDeletion.find(visit);
    // The operator's own page replaces the part; what is under way is not begun again there either.
    const { deletionGraceDays, deleteAccountUrl } = visit.center;
    const ownPage = deletion ? null : deleteAccountUrl;
    const mayDelete = deletionGraceDays !== null && !ownPage && !deletion;
    return page.show({
      part: 'home',
      user: {
        name: shown,
        ...(detail && detail !== shown ? { detail } : {}),
        ...(avatar ? { avatar } : {}),
      },
      sections: [...sectionsOf(page), ...(mayDelete ? [{ section: 'delete' as const }] : [])],
      ...(deletion ? { deletesAt: deletion.deletesAt } : {}),
      ...(ownPage ? { deletionUrl: ownPage } : {}),
    });
  });
}
