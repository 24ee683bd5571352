import type { ProfileField, SignInExperienceSettings } from '@aldaba/contract';

/** The fields that sign-up asks for, in order: the selected ones that exist, or all if none were ever selected. */
export const fieldsAsked = (
  all: readonly ProfileField[],
  chosen: SignInExperienceSettings['signUpProfileFields'],
): readonly ProfileField[] =>
  chosen === null ? all : chosen.flatMap(({ name }) => all.find((field) => field.name === name) ?? []);
