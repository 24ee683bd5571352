/**
 * A picture that does not load gives way to the first letter of its name. Where CSS can do that the page does it alone.
 */
const replace = (image: HTMLImageElement): void => {
  const letter = document.createElement('span');
  letter.className = image.classList.contains('portrait') ? image.className : 'letter';
  letter.textContent = image.dataset.initial ?? '';
  if (image.alt === '') letter.setAttribute('aria-hidden', 'true');
  else {
    letter.setAttribute('role', 'img');
    letter.setAttribute('aria-label', image.alt);
  }
  const { parentElement: whole } = image;
  if (!(whole instanceof HTMLPictureElement)) {
    image.replaceWith(letter);
    return;
  }
  // An image that leaves its `<picture>` is loaded again, so the two leave together.
  const place = document.createElement('div');
  place.className = whole.className;
  place.append(letter);
  whole.replaceWith(place);
};

export const watchPictures = (): void => {
  for (const image of document.querySelectorAll<HTMLImageElement>('img[data-initial]')) {
    if (image.complete && image.naturalWidth === 0) replace(image);
    else image.addEventListener('error', () => replace(image), { once: true });
  }
};
