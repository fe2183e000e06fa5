import { IsoflopError } from '../core/errors.ts';
import type { FitOptions } from '../fit/options.ts';
import type { Law } from '../laws/law.ts';
import type { LawFlags } from './dataOptions.ts';

/** The options of a fit that the flags ask for, `positive` of a formula among them. */
export interface AskedFit extends FitOptions {
  readonly weights?: 'run';
  readonly positive?: readonly string[];
}

/** The options of a fit that the flags ask for. */
export function fitOptionsOf(flags: LawFlags): AskedFit {
  return {
    solver: flags.solver,
    ...(flags.objective === undefined ? {} : { objective: flags.objective }),
    ...(flags.positive === undefined ? {} : { positive: flags.positive }),
    ...(flags.delta === undefined ? {} : { delta: flags.delta }),
    ...(flags.start === undefined ? {} : { start: flags.start }),
    ...(flags.fix === undefined ? {} : { fixed: flags.fix }),
    ...(flags.tie === undefined ? {} : { tied: flags.tie }),
    ...(flags.bounds === undefined ? {} : { bounds: flags.bounds }),
    ...(flags.runWeights === true ? { weights: 'run' as const } : {}),
  };
}

/**
 * The laws that are asked for, for the columns of a file, and the options under which they stand side by side.
 *
 * @throws {@link IsoflopError} `USAGE` for laws of different responses; as `lawOfFile`
 */
export async function resolveLaws(
  file: string,
  flags: LawFlags & { readonly columns?: string },
  laws: readonly string[],
): Promise<{ readonly laws: readonly Law[]; readonly options: AskedFit }> {
  const { lawOfFile } = await import('../node/lawOption.ts');
  const asked = fitOptionsOf(flags);
  const resolved: Law[] = [];
  for (const law of laws) resolved.push(await lawOfFile({ ...asked, law }, file, flags.columns));
  const responses = [...new Set(resolved.map((law) => law.response.name))];
  if (responses.length > 1)
    throw new IsoflopError('USAGE', {
      message: `The laws predict different things (${responses.join(', ')}), so they cannot stand side by side.`,
      remedy: 'Compare laws of one response.',
    });
  // One objective for all of them.
  const objective = asked.objective ?? resolved.find((law) => law.objective !== undefined)?.objective;
  return { laws: resolved, options: { ...asked, ...(objective === undefined ? {} : { objective }) } };
}
