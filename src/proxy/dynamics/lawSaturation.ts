import { fitLaw } from '../../fit/fitLaw.ts';
import { chinchilla } from '../../laws/chinchilla.ts';
import { evaluateLaw, toParams } from '../../laws/law.ts';
import { createRuns } from '../../runs/create.ts';
import { distinct, groupBy, mean, type EndedRun } from './grouping.ts';
import { detectSaturation, type Saturation } from './saturation.ts';

/** Late training of one run. */
export interface RunSaturation extends Saturation {
  readonly run: string;
  readonly params: number;
  readonly tokens: number;
}

/** How a small size compares with the law of the larger ones. */
export interface LawSaturation {
  readonly family: string;
  readonly params: number;
  /** Sizes that the law was fitted to. */
  readonly fittedSizes: number;
  /** Mean of (loss - law) / law over its runs: at the end, and at the best evaluation. Above 0: worse than the law. */
  readonly final: number;
  readonly best: number;
}

/** Larger sizes that the law is fitted to, at least, and rows beside its five parameters. */
const least = { sizes: 3, rows: 8 };

/** Looks for saturation in each run. */
export function saturationOf(runs: readonly EndedRun[]): RunSaturation[] {
  return runs
    .filter(({ diverged, rows }) => !diverged && rows.length > 3)
    .map(({ name, rows, last }) => ({
      run: name,
      params: last.params,
      tokens: last.tokens,
      ...detectSaturation(
        rows.map(({ tokens }) => tokens),
        rows.map(({ loss }) => loss),
      ),
    }));
}

/**
 * Compares the runs of each small size with the Chinchilla law fitted to the ends of the runs of all larger sizes of its
 * family, where three or more are larger.
 *
 * @see arXiv 2404.07647, section 3
 */
export const compareWithLaw = (runs: readonly EndedRun[]): LawSaturation[] =>
  groupBy(
    runs.filter(({ diverged }) => !diverged),
    ({ last }) => last.family,
  ).flatMap(compareFamily);

function compareFamily(usable: readonly EndedRun[]): LawSaturation[] {
  return distinct(usable.map(({ last }) => last.params)).flatMap((size) => {
    const larger = usable.filter(({ last }) => last.params > size);
    const fittedSizes = distinct(larger.map(({ last }) => last.params)).length;
    if (fittedSizes < least.sizes || larger.length < least.rows) return [];
    const fit = fitLaw(
      chinchilla,
      createRuns({
        params: larger.map(({ last }) => last.params),
        tokens: larger.map(({ last }) => last.tokens),
        loss: larger.map(({ last }) => last.loss),
      }),
    );
    const own = usable.filter(({ last }) => last.params === size);
    const params = toParams(chinchilla, fit.theta);
    const away = (run: EndedRun, loss: number): number => {
      const [law] = evaluateLaw(chinchilla, params, { params: [size], tokens: [run.last.tokens] });
      return loss / law - 1;
    };
    return [
      {
        family: own[0].last.family,
        params: size,
        fittedSizes,
        final: mean(own.map((run) => away(run, run.last.loss))),
        best: mean(own.map((run) => away(run, Math.min(...run.rows.map(({ loss }) => loss))))),
      },
    ];
  });
}
