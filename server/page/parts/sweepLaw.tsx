import { formatQuantity } from '../../../src/core/quantity.ts';
import type { SweepDetail, SweepFamily } from '../contract.ts';
import { decimalsFor, estimate, fixed, many, percent, symbolOf } from '../state/format.ts';
import { Warnings } from './warnings.tsx';

type Prediction = SweepFamily['predictions'][number];

/** Beyond this factor a point counts as outside the fitted runs. */
const outside = 1.005;

/** How far a model lies beyond the fitted runs. */
function beyond({ extrapolation: { params, tokens, flops } }: Prediction): string {
  const parts = [
    [flops, 'compute'],
    [params, 'size'],
    [tokens, 'tokens'],
  ] as const;
  const far = parts.filter(([factor]) => factor !== null && (factor > outside || factor < 1 / outside));
  return far.length === 0
    ? 'inside the fitted runs'
    : far.map(([factor, what]) => `${formatQuantity(factor ?? NaN, 2)}× ${what}`).join(', ');
}

function Predictions({ families, confidence }: Pick<SweepDetail, 'families' | 'confidence'>) {
  const rows = families.flatMap(({ family, predictions }) => predictions.map((one) => ({ family, ...one })));
  if (rows.length === 0) return null;
  const isPlanned = rows.some((row) => row.isPlanned);
  return (
    <section aria-label="Predictions">
      <h2>{isPlanned ? 'Expected of the runs to come' : 'Beyond the sweep'}</h2>
      <div class="scroll" tabIndex={0} role="group" aria-label="Predictions">
        <table class="lines">
          <thead>
            <tr>
              {families.length > 1 && <th scope="col">family</th>}
              <th scope="col" class="number">
                size
              </th>
              <th scope="col" class="number">
                tokens
              </th>
              <th scope="col" class="number">
                loss
              </th>
              <th scope="col" class="number">
                {percent(confidence)} interval
              </th>
              <th scope="col">of the largest fitted</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const { family, params, tokens, loss, interval } = row;
              const decimals = interval === null ? 3 : Math.max(3, decimalsFor(interval[1] - interval[0]));
              return (
                <tr key={`${family} ${params} ${tokens}`}>
                  {families.length > 1 && <td>{family}</td>}
                  <td class="number">{formatQuantity(params)}</td>
                  <td class="number">{formatQuantity(tokens)}</td>
                  <td class="number value">{fixed(loss, decimals)}</td>
                  <td class="number muted">
                    {interval === null ? '–' : interval.map((end) => fixed(end, decimals)).join(' – ')}
                  </td>
                  <td class="muted beyond">{beyond(row)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p class="hint">
        For a single run: the error of the coefficients and the spread of runs about the law, if the law holds that far.
      </p>
    </section>
  );
}

function Law({ families }: Pick<SweepDetail, 'families'>) {
  const fitted = families.filter(({ fit }) => fit !== null);
  const names = Object.keys(fitted.at(0)?.fit?.params ?? {});
  const missing = families.filter((family) => family.missing !== null);
  const warnings = fitted.flatMap(({ fit }) => fit?.warnings ?? []);
  const careful = warnings.filter(({ level }) => level === 'warning');
  const isOne = families.length === 1;
  return (
    <section aria-label="Law of the ended runs">
      <h2>Law of the ended runs</h2>
      {fitted.length > 0 && (
        <>
          <div class="scroll" tabIndex={0} role="group" aria-label="Coefficients">
            <table class="lines params">
              <thead>
                <tr>
                  {!isOne && <th scope="col">family</th>}
                  {names.map((name) => (
                    <th scope="col" key={name}>
                      <i>{symbolOf(name)}</i>
                    </th>
                  ))}
                  <th scope="col" class="number">
                    runs
                  </th>
                </tr>
              </thead>
              <tbody>
                {fitted.map(({ family, fit }) => (
                  <tr key={family}>
                    {!isOne && <th scope="row">{family}</th>}
                    {names.map((name) => {
                      const param = fit?.params[name];
                      const { value, error } = estimate(param?.value ?? null, param?.stderr ?? null);
                      return (
                        <td key={name}>
                          <span class="value">{value}</span>
                          {error !== '' && <span class="muted"> ± {error}</span>}
                        </td>
                      );
                    })}
                    <td class="number">{fit?.points}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <p class="hint">
            <i>L</i>(<i>N</i>, <i>D</i>) = <i>E</i> + <i>A</i>/<i>N</i>
            <sup>α</sup> + <i>B</i>/<i>D</i>
            <sup>β</sup> through the last evaluation of each run that has ended, with standard errors.
          </p>
        </>
      )}
      {missing.map(({ family, missing: why }) => (
        <p key={family} class="muted">
          {!isOne && <strong>{family}: </strong>}
          {why}
        </p>
      ))}
      <Warnings warnings={warnings.filter(({ level }) => level === 'error')} quiet />
      {careful.length > 0 && (
        <details class="careful">
          <summary>{many(careful.length, 'reason')} to be careful with it</summary>
          <Warnings warnings={careful} />
        </details>
      )}
    </section>
  );
}

/** The law that the ended runs follow so far, and what it says of those to come. */
export function SweepLaw({ detail }: { readonly detail: SweepDetail }) {
  return (
    <div class="sweep-law">
      <Law families={detail.families} />
      <Predictions families={detail.families} confidence={detail.confidence} />
    </div>
  );
}
