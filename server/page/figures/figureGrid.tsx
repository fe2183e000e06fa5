import { useEffect, useRef } from 'preact/hooks';
import { figures } from 'virtual:tables';
import { address, go } from '../state/address.ts';
import { drawingOf, setInView } from '../state/drawing.ts';
import { answer, refitProblem } from '../state/engine.ts';
import { isLive } from '../state/workspace.ts';
import { ready } from '../state/ready.ts';
import { FigureCard } from './figureCard.tsx';
import { withAnswer } from './queryMark.ts';

/** Figures that need the whole width: their panels or their legend would be too narrow in half of it. */
const wide = new Set(['frontier', 'residuals', 'profile']);

/** How far outside the window a figure is drawn ahead of being seen, in pixels. */
const ahead = 300;

function Place({ id, title, description }: (typeof figures)[number]) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (element.current === null) return;
    let isNear = false;
    const observer = new IntersectionObserver(
      ([
        {
          isIntersecting,
          boundingClientRect: { top, bottom },
        },
      ]) => {
        isNear = isIntersecting;
        const isSeen = bottom > 0 && top < window.innerHeight;
        if (!isNear || isSeen) setInView(id, isNear);
        else
          void ready.then(() => {
            if (isNear) setInView(id, true);
          });
      },
      { rootMargin: `${ahead}px 0px` },
    );
    observer.observe(element.current);
    return () => {
      isNear = false;
      observer.disconnect();
      setInView(id, false);
    };
  }, [id]);
  const drawing = drawingOf(id).value;
  const figure = drawing?.figure ?? null;
  const failed = isLive.value && figure === null && refitProblem.value !== null;
  return (
    <div ref={element} class={wide.has(id) ? 'place wide' : 'place'}>
      <FigureCard
        id={id}
        title={title}
        description={description}
        figure={figure === null ? null : withAnswer(id, figure, answer.value?.prediction ?? null)}
        absence={failed ? 'Not drawn: the settings lead to no fit.' : (drawing?.unavailable ?? null)}
        error={drawing?.error ?? null}
      />
    </div>
  );
}

/** Which figures are shown, as switches. */
export function FigureSwitches() {
  const { hidden } = address.value;
  return (
    <fieldset class="switches">
      <legend class="sr-only">Figures</legend>
      {figures.map(({ id, title }) => (
        <label key={id}>
          <input
            type="checkbox"
            checked={!hidden.includes(id)}
            onChange={({ currentTarget }) => {
              const others = hidden.filter((other) => other !== id);
              go({ hidden: currentTarget.checked ? others : [...others, id] }, { replace: true });
            }}
          />
          {title}
        </label>
      ))}
    </fieldset>
  );
}

/** Figures of the fit in their places, the first or the others; each is loaded and drawn when it comes near the window. */
export function FigureGrid({ part }: { readonly part: 'first' | 'others' }) {
  const { hidden } = address.value;
  const shown = figures.filter(({ id }) => !hidden.includes(id));
  return (
    <div class="figures">
      {(part === 'first' ? shown.slice(0, 1) : shown.slice(1)).map((figure) => (
        <Place key={figure.id} {...figure} />
      ))}
    </div>
  );
}
