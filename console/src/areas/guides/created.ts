/** The application that was created a moment ago, until its guide has said so. */
let created: string | undefined;

export function rememberCreated(applicationId: string): void {
  created = applicationId;
}

/** Whether the application was created a moment ago. Asked again, it was not. */
export function takeCreated(applicationId: string): boolean {
  const isCreated = created === applicationId;
  if (isCreated) created = undefined;
  return isCreated;
}
