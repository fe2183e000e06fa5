let tellReady: () => void = () => undefined;

/** Comes once what is in view is drawn: what is not in view waits for it. */
export const ready = new Promise<void>((resolve) => {
  tellReady = resolve;
});

/** Whether nothing in the window is still to come: neither lists and numbers nor figures. */
function isReady(): boolean {
  if (document.querySelector('[aria-busy="true"]:not(.card)') !== null) return false;
  const places = [...document.querySelectorAll<HTMLElement>('.place, .lone-figure')];
  const isSeen = (place: HTMLElement): boolean => {
    const { top, bottom } = place.getBoundingClientRect();
    return bottom > 0 && top < window.innerHeight;
  };
  return !places.some(
    (place) => isSeen(place) && place.querySelector('.skeleton, .plot:not(.js-plotly-plot)') !== null,
  );
}

/**
 * Looks at every frame whether the page is ready and says so once, for tests, for the bench and for whoever measures. What
 * comes last differs from load to load (the list, the fit or a figure), so none of them can be the one to say it.
 */
export function watchReady(): void {
  if (!isReady()) {
    requestAnimationFrame(watchReady);
    return;
  }
  document.documentElement.dataset.ready = 'true';
  performance.mark('isoflop-ready');
  tellReady();
}
