/** What the portal of an organization shows: one view with the part of it that is open. Plain data, like every view. */
import type { PageError } from './page-fields.ts';
import type { PortalRole } from './portal-role.ts';
import type { PortalSsoScreen } from './portal-sso.ts';

/** What a portal can offer, in the order of its first page. A feature that has a part adds it here. */
export const portalParts = ['domains', 'sso', 'directory', 'members', 'invitations', 'audit-logs'] as const;
export type PortalPart = (typeof portalParts)[number];

/** The languages of the portal. */
export const portalLanguages = ['en', 'es', 'zh-CN'] as const;
export type PortalLanguage = (typeof portalLanguages)[number];

/** What was done a moment ago. */
export const portalNotices = [
  'added',
  'verified',
  'sent',
  'saved',
  'removed',
  'invited',
  'revoked',
  'turned-on',
  'turned-off',
] as const;
export type PortalNotice = (typeof portalNotices)[number];

export interface PortalMember {
  id: string;
  name: string;
  detail?: string;
  roles: string[];
}

export interface PortalDomain {
  domain: string;
  /** `confirmed`: by email, which expires. `record-missing` and `expiring`: verified, and has to be proved again. */
  state: 'unverified' | 'verified' | 'confirmed' | 'record-missing' | 'expiring';
  /** When a verified domain is lost unless it is proved again: milliseconds. */
  losesAt?: number;
}

export interface PortalLogEntry {
  id: string;
  event: string;
  detail?: string;
  /** The change was refused. */
  hasFailed: boolean;
  time: number;
  /** Where the change was made. */
  source: 'portal' | 'directory' | 'operator' | 'member' | 'system';
  /** The name of the member who made it. */
  actor?: string;
}

/** A token with which the directory of the organization calls the server. Times are in milliseconds. */
export interface PortalDirectoryToken {
  id: string;
  name: string;
  createdAt: number;
  expiresAt: number | null;
  isExpired: boolean;
  lastUsedAt: number | null;
  /** Until when the value before the last rotation works, if it still does. */
  previousExpiresAt: number | null;
}

export type PortalScreen =
  | PortalSsoScreen
  /** Before the link is used up: programs that check mail open links, but send no forms. */
  | { part: 'start'; token: string }
  /** Without a session. */
  | { part: 'ended' }
  | { part: 'home'; parts: PortalPart[] }
  | { part: 'domains'; domains: PortalDomain[]; typed?: string }
  | {
      part: 'domain';
      domain: PortalDomain;
      record: { name: string; value: string };
      email: string;
      /** A code was sent to the postmaster. */
      isCodeSent: boolean;
    }
  | {
      part: 'directory';
      /** What the administrator enters at the directory's provider. */
      address: string;
      /** The directory creates users only with addresses of verified domains. */
      hasVerifiedDomain: boolean;
      tokens: PortalDirectoryToken[];
      /** When the directory last called, and when it last changed something here. */
      lastUsedAt: number | null;
      lastChangedAt: number | null;
      groups: { id: string; name: string; membersCount: number; role?: string }[];
      page: number;
      hasMore: boolean;
      typed?: string;
    }
  | {
      part: 'directory-token';
      address: string;
      token: PortalDirectoryToken;
      /** In the answer that created or rotated the token, and never again. */
      value?: string;
      /** The state that a rotation replaces: a form that was sent twice rotates once. */
      revision: string;
    }
  | { part: 'directory-group'; id: string; name: string; membersCount: number; roles: PortalRole[] }
  | { part: 'members'; members: PortalMember[]; page: number; hasMore: boolean; words: string }
  | { part: 'member'; member: PortalMember; roles: PortalRole[] }
  | {
      part: 'invitations';
      invitations: { id: string; invitee: string; expiresAt: number; roles: string[] }[];
      roles: PortalRole[];
      /** Whether the operator has a page that accepts them. */
      isOpen: boolean;
      typed?: string;
    }
  | {
      part: 'audit-logs';
      entries: PortalLogEntry[];
      page: number;
      hasMore: boolean;
    };

export interface PortalView {
  kind: 'portal';
  language: PortalLanguage;
  organizationName: string;
  screen: PortalScreen;
  notice?: PortalNotice;
  error?: PageError;
}
