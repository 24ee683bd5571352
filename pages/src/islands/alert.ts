/** The page's one place for messages; it is a live region, so what is put into it is announced. */
const place = () => document.getElementById('page-alert');

export const showAlert = (message: string, code: string): void => {
  const alert = place();
  const text = alert?.querySelector('p');
  if (!alert || !text) return;
  alert.dataset.code = code;
  text.textContent = message;
  alert.scrollIntoView({ block: 'nearest' });
};

export const clearAlert = (): void => {
  const alert = place();
  const text = alert?.querySelector('p');
  if (!alert || !text) return;
  delete alert.dataset.code;
  text.textContent = '';
};
