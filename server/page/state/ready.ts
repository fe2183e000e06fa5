let tellReady: () => void = () => undefined;

/** Comes once what is in view is drawn: what is not in view waits for it. */
export const ready = new Promise<void>((resolve) => {
  tellReady = resolve;
});

/** Looks at the next frame whether the page is ready; for what shows no figure. */
export function checkReady(): void {
  requestAnimationFrame(() => {
    markReady();
  });
}

/** Says, once, that what is in view is drawn: for tests, for the bench and for whoever measures. */
export function markReady(): void {
  const { dataset } = document.documentElement;
  if (dataset.ready === 'true') return;
  if (document.querySelector('[aria-busy="true"]:not(.card)') !== null) return;
  // Another figure may be in view and still to come.
  const places = [...document.querySelectorAll<HTMLElement>('.place, .lone-figure')];
  const isSeen = (place: HTMLElement): boolean => {
    const { top, bottom } = place.getBoundingClientRect();
    return bottom > 0 && top < window.innerHeight;
  };
  if (places.some((place) => isSeen(place) && place.querySelector('.skeleton, .plot:not(.js-plotly-plot)') !== null))
    return;
  dataset.ready = 'true';
  performance.mark('isoflop-ready');
  tellReady();
}
