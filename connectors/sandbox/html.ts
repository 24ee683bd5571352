import type { Persona } from './personas.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** Text as it may stand in HTML and in its attributes. */
export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');

/** One persona to choose, the first of them chosen. */
export const personaChoice = ({ key, nickname, note, headimgurl }: Persona, index: number): string => `
          <label class="persona">
            <input type="radio" name="persona" value="${escapeHtml(key)}"${index === 0 ? ' checked' : ''}>
            <img src="${escapeHtml(headimgurl)}" alt="" width="44" height="44">
            <span><strong>${escapeHtml(nickname)}</strong><small>${escapeHtml(note)}</small></span>
          </label>`;
