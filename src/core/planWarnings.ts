/** The part of the table of warnings that plans, choices of the next runs and runs that are watched raise: level and remedy. */
export const planWarningKinds = {
  DESIGN_WITHOUT_FORM: [
    'info',
    'Calibrate the fit (isoflop fit does) for a plan that also guards against a wrong form.',
  ],
  DESIGN_EMPTY: ['warning', 'Allow larger runs (--budget, --max-run-flops, --max-params), or keep the budget.'],
  DESIGN_AT_LIMIT: [
    'info',
    'More runs of these sizes change little; larger ones would (--max-run-flops, --max-params, --budget).',
  ],
  DESIGN_RESTS_ON_ONE_RUN: ['info', 'Cap single runs with --max-run-flops where a failure would cost too much.'],
  WATCH_REGISTERED_LATE: [
    'warning',
    'Read the band as a forecast made on the way: whoever made it could have seen the first losses.',
  ],
  WATCH_OWN_PAST: [
    'warning',
    'Name complete runs of the family with --family: their curves show what a schedule still to come does to the loss.',
  ],
  PLAN_BORROWED: [
    'info',
    'Give fits of your own runs; such constants differ between data, tokenizers and architectures.',
  ],
  PLAN_REPEATS: ['warning', 'Find more data, or train on fewer tokens (--max-epochs).'],
  PLAN_RATIO: ['warning', 'Train runs at such ratios of tokens to parameters before the money is spent.'],
} as const;
