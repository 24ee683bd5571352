/**
 * Extra profile: the custom profile fields that a sign-up asks for. Pure. `questions.ts` says what is asked,
 * `answers.ts` checks what was answered and where it is kept, `form.ts` translates for the hosted page. Which fields
 * are asked is settled before (custom-profile-fields); when they are asked is the machine's.
 */
export { readAnswers } from './answers.ts';
export { formAnswers, formQuestions } from './form.ts';
