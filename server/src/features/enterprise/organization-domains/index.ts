/**
 * Organization domains: which domains belong to an organization, proved by a DNS record or by its postmaster.
 *
 * Owns the table organization_domains. A domain is verified for one organization of a tenant at most; one that was
 * proved by DNS is read again every day, a confirmation by the postmaster expires (`checks.ts`), and what a domain gave
 * is taken back when it is lost (`withdrawal.ts`). Does not own codes (verification-codes), membership by domain
 * (organization-jit), or what a verified domain gives: enterprise sign-in and directory sync ask `isVerifiedDomainOf`.
 * The Management API enters through `routes.ts`, the portal of organizations calls the service.
 */
export { createOrganizationDomains, type OrganizationDomains } from './service.ts';
