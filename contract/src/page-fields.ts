/** What several pages show at their fields. */

/** An error above a form (no `field`) or at a field. `code` is the stable code, `message` the localized sentence. */
export interface PageError {
  field?: 'username' | 'password' | 'confirmPassword' | 'code' | 'address' | 'terms' | 'file' | ProfileQuestion['name'];
  code: string;
  message: string;
}

/** One line of the tenant's password policy. */
export interface PasswordRule {
  /** In the person's language. */
  text: string;
  /** What the page can check while the person types, in Unicode characters or in kinds of characters. */
  check?: { minLength: number } | { minTypes: number };
}

/** Something that the operator wants to know of new people. */
export interface ProfileQuestion {
  /** The name of its field in the form, e.g. `profile.givenName` or `profile.address.country`. */
  name: `profile.${string}`;
  control: 'text' | 'number' | 'date' | 'url' | 'checkbox' | 'select' | 'picture';
  /** In the operator's words; without them the page has its own for standard fields. */
  label?: string | undefined;
  description?: string | undefined;
  placeholder?: string | undefined;
  required: boolean;
  /** `yes` for a box that is ticked; the address of a picture that was uploaded. */
  value: string;
  options?: { value: string; label: string }[];
}

/** Seconds in which a message with a code usually arrives; until then the pages offer no other one. */
export const usualMessageDelay = 30;

/** Whether the person has to tick a box for the terms on this page. */
export type Terms = 'none' | 'notice' | 'checkbox';
