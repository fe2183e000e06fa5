import { effect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Icon } from './parts/icons.tsx';
import { Messages } from './parts/messages.tsx';
import { Rail, isOut } from './parts/rail.tsx';
import { TokenForm } from './parts/tokenForm.tsx';
import { DropZone, UploadButton } from './parts/upload.tsx';
import { Problem } from './parts/problem.tsx';
import icon from './icon.svg?url';
import { address } from './state/address.ts';
import { fits } from './state/library.ts';
import { sweepTitle } from './state/sweeps.ts';
import { isDark, toggleTheme } from './state/theme.ts';
import { dataset, viewedFit } from './state/workspace.ts';
import { CompareView } from './views/compareView.tsx';
import { FitView } from './views/fitView.tsx';
import { JobView } from './views/jobView.tsx';
import { SweepView } from './views/sweepView.tsx';

function Top() {
  return (
    <header class="top">
      <button
        type="button"
        class="quiet rail-button"
        aria-expanded={isOut.value}
        aria-controls="rail"
        onClick={() => (isOut.value = !isOut.value)}
      >
        <Icon name={isOut.value ? 'close' : 'menu'} />
        <span class="sr-only">Fits, data sets and jobs</span>
      </button>
      <a class="brand" href="./">
        <img src={icon} alt="" width="20" height="20" />
        isoflop
      </a>
      <span class="top-where">{viewedFit.value ?? ''}</span>
      <a href="documentation/" class="quiet">
        API
      </a>
      <button type="button" class="quiet" aria-pressed={isDark.value} onClick={toggleTheme}>
        <Icon name={isDark.value ? 'sun' : 'moon'} />
        <span class="sr-only">Dark colours</span>
      </button>
    </header>
  );
}

/** A page without fits: what it is for, and how to begin. */
function Empty() {
  return (
    <section class="state welcome">
      <h1>Fit a scaling law</h1>
      <p>
        Drop a CSV of training runs anywhere on this page: one row for each run, with its loss and two of parameters,
        tokens and compute. The law is fitted while you look.
      </p>
      <p>
        <UploadButton />
      </p>
      <pre class="example" aria-label="Example of a CSV">
        {'params,tokens,loss\n125M,2.5B,3.41\n350M,7B,2.98\n1.3B,26B,2.61'}
      </pre>
      <p class="hint">
        Or from a shell: <code>isoflop fit runs.csv --out fits/mine.json</code>
      </p>
    </section>
  );
}

function Main() {
  const { view } = address.value;
  const { value, error } = fits.state.value;
  if (view.kind === 'compare') return <CompareView />;
  if (view.kind === 'job') return <JobView />;
  if (view.kind === 'sweep') return <SweepView key={view.id} id={view.id} />;
  if (view.kind === 'home' && value?.fits.length === 0) return <Empty />;
  if (view.kind === 'home' && value === null && error !== null)
    return <Problem title="The fits cannot be listed" error={error} retry={() => void fits.refresh()} />;
  return <FitView />;
}

/** The whole page. */
export function App() {
  useEffect(
    () =>
      effect(() => {
        const { view } = address.value;
        const name =
          view.kind === 'data'
            ? dataset.value?.name
            : view.kind === 'compare'
              ? view.ids.join(', ')
              : view.kind === 'sweep'
                ? sweepTitle(view.id)
                : viewedFit.value;
        document.title = name == null ? 'isoflop' : `${name} - isoflop`;
      }),
    [],
  );
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
      >
        Skip to the content
      </a>
      <Top />
      <div class="body">
        <Rail />
        <main id="main" tabIndex={-1}>
          <Main />
        </main>
      </div>
      <DropZone />
      <Messages />
      <TokenForm />
    </>
  );
}
