import { laws } from 'virtual:tables';
import type { FitJson } from '../contract.ts';
import { estimate, fixed, decimalsFor, percent, symbolOf } from '../state/format.ts';

const interval = (ends: readonly [number, number] | null, stderr: number | null): string => {
  if (ends === null) return '';
  const decimals = stderr !== null && stderr > 0 ? decimalsFor(stderr) : 4;
  return `${fixed(ends[0], decimals)} – ${fixed(ends[1], decimals)}`;
};

const states: Readonly<Record<string, string>> = { fixed: 'fixed', tied: 'tied', off: 'switched off' };

/** The coefficients with their errors, and the exponents of the best model. */
export function Coefficients({ fit }: { readonly fit: FitJson }) {
  const about = laws.find(({ id }) => id === fit.law)?.params ?? [];
  const hasErrors = Object.values(fit.params).some(({ stderr }) => stderr !== null);
  const how =
    fit.bootstrap === null
      ? 'sandwich covariance'
      : `${fit.bootstrap.resamples.toLocaleString('en-US')} bootstrap resamples`;
  return (
    <div class="coefficients">
      <table>
        <caption class="sr-only">Coefficients</caption>
        <thead>
          <tr>
            <th scope="col">
              <span class="sr-only">Parameter</span>
            </th>
            <th scope="col" class="number">
              estimate
            </th>
            <th scope="col" class="number">
              ± s.e.
            </th>
            <th scope="col" class="number">
              {percent(fit.confidence)} interval
            </th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(fit.params).map(([name, param]) => {
            const { value, error } = estimate(param.value, param.stderr);
            return (
              <tr key={name}>
                <th scope="row" title={about.find((entry) => entry.name === name)?.description}>
                  <i>{symbolOf(name)}</i>
                </th>
                <td class="number value">{value}</td>
                <td class="number muted">{error || (states[param.state] ?? '–')}</td>
                <td class="number muted">{interval(param.interval, param.stderr) || '–'}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <p class="hint">
        {fit.optimum !== null && (
          <>
            Best size <i>N*</i> grows as <i>C</i>
            <sup>{fit.optimum.paramsExponent.toFixed(3)}</sup>, tokens <i>D*</i> as <i>C</i>
            <sup>{fit.optimum.tokensExponent.toFixed(3)}</sup>.{' '}
          </>
        )}
        {hasErrors && `Errors from ${how}.`}
      </p>
    </div>
  );
}
