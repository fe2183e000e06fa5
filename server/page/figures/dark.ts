import type { Figure } from '../contract.ts';

/** Colours of a figure on white paper and what takes their place on dark paper. */
const darker: Readonly<Record<string, string | undefined>> = {
  '#222222': '#e3e5e8',
  '#6b6b6b': '#9aa3ad',
  '#e4e4e4': '#2c3239',
  '#ffffff': '#1a1d21',
  '#0072b2': '#56b4e9',
  '#d55e00': '#f08a3c',
  'rgba(213, 94, 0, 0.16)': 'rgba(240, 138, 60, 0.22)',
  'rgba(255, 255, 255, 0.8)': 'rgba(26, 29, 33, 0.8)',
};

function deep(value: unknown): unknown {
  if (typeof value === 'string') return darker[value.toLowerCase()] ?? value;
  if (Array.isArray(value)) return typeof value[0] === 'number' ? value : value.map(deep);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, key === 'text' ? part : deep(part)]));
}

export const darkFigure = (figure: Figure): Figure => deep(figure) as Figure;
