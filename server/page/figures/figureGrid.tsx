import { useEffect, useRef } from 'preact/hooks';
import { figures } from 'virtual:tables';
import { address, go } from '../state/address.ts';
import { drawingOf, setInView } from '../state/drawing.ts';
import { answer, refitProblem } from '../state/engine.ts';
import { isLive } from '../state/workspace.ts';
import { markReady } from '../state/ready.ts';
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
    const observer = new IntersectionObserver(
      ([entry]) => {
        setInView(id, entry.isIntersecting);
      },
      { rootMargin: `${ahead}px 0px` },
    );
    observer.observe(element.current);
    return () => {
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
        onDrawn={markReady}
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

/** Every figure of the fit in its place; each is loaded and drawn when it comes near the window. */
export function FigureGrid() {
  const { hidden } = address.value;
  return (
    <div class="figures">
      {figures
        .filter(({ id }) => !hidden.includes(id))
        .map((figure) => (
          <Place key={figure.id} {...figure} />
        ))}
    </div>
  );
}
