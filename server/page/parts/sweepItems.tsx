import type { SweepSummary } from '../contract.ts';
import { address, linkTo } from '../state/address.ts';
import { ago, many } from '../state/format.ts';
import { sweeps } from '../state/sweeps.ts';
import { BrokenItem } from './brokenItem.tsx';

/** Where a sweep stands, in a line. */
function about({ state, runs, share, updated }: SweepSummary): string {
  const count =
    runs.ended < runs.total ? `${String(runs.ended)} of ${many(runs.total, 'run')}` : many(runs.total, 'run');
  return state === 'running'
    ? `${count} · ${(100 * share).toFixed(0)}% of the compute`
    : `${state} · ${count} · ${ago(updated)}`;
}

/** The list of sweeps and single runs in the server's folder, those that run with a mark. */
export function SweepItems({ onOpen }: { readonly onOpen: () => void }) {
  const { view } = address.value;
  const { value } = sweeps.state.value;
  return (
    <ul class="list">
      {value?.sweeps.map((sweep) => {
        const isShown = view.kind === 'sweep' && view.id === sweep.id;
        return (
          <li class={isShown ? 'item shown' : 'item'} key={sweep.id}>
            <a
              href={linkTo({ kind: 'sweep', id: sweep.id })}
              aria-current={isShown ? 'page' : undefined}
              onClick={onOpen}
            >
              <span class="item-name">
                <span class={`dot ${sweep.state}`} title={sweep.state} />
                <span class="name" title={sweep.id}>
                  {sweep.id}
                </span>
              </span>
              <span class="item-about">{about(sweep)}</span>
            </a>
          </li>
        );
      })}
      {value?.broken.map(({ id, error }) => (
        <BrokenItem key={id} kind="sweep" id={id} error={error} onOpen={onOpen} />
      ))}
    </ul>
  );
}
