import type { ScimErrorType } from '@aldaba/contract/scim';

/** A failure in the words of the protocol (RFC 7644 section 3.12). */
export class ScimError extends Error {
  readonly status: number;
  readonly scimType: ScimErrorType | undefined;

  constructor(status: number, detail: string, scimType?: ScimErrorType) {
    super(detail);
    this.status = status;
    this.scimType = scimType;
  }
}

export const invalid = (scimType: ScimErrorType, detail: string): ScimError => new ScimError(400, detail, scimType);
export const noResource = (): ScimError => new ScimError(404, 'The resource does not exist.');
