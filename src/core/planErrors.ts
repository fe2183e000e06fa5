import { kind, quote, show } from './errorKind.ts';

const nearest = (name: string | undefined): string => (name === undefined ? '' : `Did you mean ${quote(name)}? `);

/** The part of the table of errors that plans, and choices of the next runs, raise. */
export const planKinds = {
  PLAN_INCOMPLETE: kind<{ reason: string; remedy: string }>({
    exit: 2,
    http: 400,
    text: (d) => `The plan is not determined: ${d.reason}.`,
    remedy: (d) => d.remedy,
  }),
  PLAN_CONTRADICTORY: kind<{ first: string; second: string; need: string; factor: number; remedy: string }>({
    exit: 2,
    http: 422,
    text: (d) =>
      `${d.first} and ${d.second} contradict each other: ${d.need}, ${String(Number(d.factor.toPrecision(3)))} times as much.`,
    remedy: (d) => d.remedy,
  }),
  TARGET_UNREACHABLE: kind<{ target: number; floor: number; law: string }>({
    exit: 2,
    http: 422,
    text: (d) =>
      `No budget reaches a loss of ${String(d.target)}: that of ${d.law} stays above ${d.floor.toPrecision(6)}.`,
    remedy: () => 'Ask for a higher loss; what lies below is beyond what these runs can tell.',
  }),
  ACCELERATOR_UNKNOWN: kind<{ id: string; nearest: string | undefined; ids: readonly string[] }>({
    exit: 2,
    http: 404,
    text: (d) => `There is no accelerator ${quote(d.id)}.`,
    remedy: (d) => `${nearest(d.nearest)}There are ${d.ids.join(', ')}; --accelerators FILE.json names others.`,
  }),
  ACCELERATORS_INVALID: kind<{ file: string; place: string; reason: string }>({
    exit: 2,
    http: 400,
    text: (d) => `${d.file} is not a list of accelerators: ${d.place} ${d.reason}.`,
    remedy: () => 'Compare it with data/accelerators.json.',
  }),
  SHAPES_INVALID: kind<{ file: string; place: string; reason: string }>({
    exit: 2,
    http: 400,
    text: (d) => `${d.file} is not a family of shapes: ${d.place} ${d.reason}.`,
    remedy: () =>
      'It takes { "widthStep": 128, "headWidth": 128, "aspect": [80, 128, 150], "feedForward": 3.5, "feedForwardStep": 256, "gated": true, "vocabulary": 128256, "tiedEmbeddings": false }.',
  }),
  SHAPE_UNKNOWN: kind<{ family: string; nearest: string | undefined; families: readonly string[] }>({
    exit: 2,
    http: 404,
    text: (d) => `There is no family of shapes ${quote(d.family)}.`,
    remedy: (d) => `${nearest(d.nearest)}The families are ${d.families.join(', ')}; a JSON file names another.`,
  }),
  DESIGN_UNAVAILABLE: kind<{ reason: string; remedy: string }>({
    exit: 2,
    http: 422,
    text: (d) => `The next runs cannot be chosen from this fit: ${d.reason}.`,
    remedy: (d) => d.remedy,
  }),
  BUDGET_TOO_SMALL: kind<{ budget: number; cheapest: number; factor: number }>({
    exit: 2,
    http: 422,
    text: (d) =>
      `The budget of ${show(d.budget)} FLOP buys no run: the cheapest candidate costs ${show(d.cheapest)} FLOP, ${show(Number(d.factor.toPrecision(3)))} times as much.`,
    remedy: () => 'Raise --budget, or allow smaller runs with --min-params or --tokens-per-param.',
  }),
  CONSTRAINTS_COLLIDE: kind<{ first: string; second: string; factor: number }>({
    exit: 2,
    http: 422,
    text: (d) =>
      `${d.first} and ${d.second} exclude each other: no run meets both, the nearest misses by a factor of ${show(Number(d.factor.toPrecision(3)))}.`,
    remedy: () => 'Relax one of the two by that factor.',
  }),
} as const;
