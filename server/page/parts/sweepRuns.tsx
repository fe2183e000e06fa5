import { formatQuantity } from '../../../src/core/quantity.ts';
import type { SweepDetail } from '../contract.ts';
import { many } from '../state/format.ts';

type Run = SweepDetail['runs'][number];

/** Rows that are shown; more would take longer to lay out than anybody reads. */
const mostRows = 500;

function Row({ run, hasFamilies }: { readonly run: Run; readonly hasFamilies: boolean }) {
  const { name, family, status, reason, params, tokens, plannedTokens, share, loss, tokensPerSecond } = run;
  const hasBegun = tokens > 0;
  return (
    <tr class={status === 'training' ? 'at-work' : status === 'waiting' ? 'to-come' : ''}>
      <th scope="row">{name}</th>
      {hasFamilies && <td>{family}</td>}
      <td class="number">{formatQuantity(params)}</td>
      <td class="number">
        {hasBegun && tokens < plannedTokens ? (
          <>
            {formatQuantity(tokens)} <span class="muted">of</span> {formatQuantity(plannedTokens)}
          </>
        ) : (
          <span class={hasBegun ? '' : 'muted'}>{formatQuantity(plannedTokens)}</span>
        )}
      </td>
      <td class="share">
        {status === 'training' && <progress value={share} max={1} aria-label={`Progress of ${name}`} />}
      </td>
      <td class="number value">{loss === null ? '–' : loss.toFixed(4)}</td>
      <td class="number muted speed">{tokensPerSecond === null ? '–' : `${formatQuantity(tokensPerSecond)}/s`}</td>
      <td>
        <span class={`run-status ${status}`} title={reason ?? ''}>
          {status}
        </span>
      </td>
    </tr>
  );
}

/** Every run of a sweep, in the order in which they are trained. */
export function SweepRuns({ runs }: Pick<SweepDetail, 'runs'>) {
  const hasFamilies = new Set(runs.map(({ family }) => family)).size > 1;
  const reasons = [...new Set(runs.flatMap(({ status, reason }) => (status === 'failed' ? (reason ?? []) : [])))];
  return (
    <section aria-label="Runs" class="sweep-runs">
      <h2>
        Runs <span class="count">{runs.length}</span>
      </h2>
      {reasons.map((reason) => (
        <p class="problem-box" key={reason}>
          Failed: {reason}
        </p>
      ))}
      <div class="scroll" tabIndex={0} role="group" aria-label="Table of runs">
        <table class="lines">
          <thead>
            <tr>
              <th scope="col">run</th>
              {hasFamilies && <th scope="col">family</th>}
              <th scope="col" class="number">
                size
              </th>
              <th scope="col" class="number">
                tokens
              </th>
              <th scope="col" class="share">
                <span class="sr-only">progress</span>
              </th>
              <th scope="col" class="number">
                loss
              </th>
              <th scope="col" class="number speed">
                tokens/s
              </th>
              <th scope="col">status</th>
            </tr>
          </thead>
          <tbody>
            {runs.slice(0, mostRows).map((run) => (
              <Row key={run.name} run={run} hasFamilies={hasFamilies} />
            ))}
          </tbody>
        </table>
      </div>
      {runs.length > mostRows && (
        <p class="hint">
          The first {mostRows} of {many(runs.length, 'run')}.
        </p>
      )}
    </section>
  );
}
