/** Whether a path is a pattern of paths. */
export const isPattern = (path: string): boolean => /[*?[{]/.test(path);

/** The folder below which all paths lie that a pattern can match; `.` where its first part is a pattern already. */
export function patternRoot(pattern: string): string {
  const parts = pattern.split('/');
  const fixed = parts.slice(0, parts.findIndex(isPattern));
  if (fixed.length === 0) return '.';
  return fixed.length === 1 && fixed[0] === '' ? '/' : fixed.join('/');
}

/**
 * A regular expression for the paths that a pattern matches, as a shell with globstar matches them: `*` and `?` within a
 * name, `**` over any folders, `[ab]`, `[!ab]`, and `{a,b}`.
 *
 * @example
 * ```ts
 * patternExpression('runs/*.{csv,jsonl}').test('runs/a.jsonl'); // true
 * patternExpression('runs/**').test('runs/a/b.csv'); // true
 * ```
 */
export function patternExpression(pattern: string): RegExp {
  let source = '';
  let braces = 0;
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i];
    const isStart = i === 0 || pattern[i - 1] === '/';
    if (c === '*' && pattern[i + 1] === '*' && isStart && (pattern[i + 2] ?? '/') === '/') {
      // `a/**` is everything below a, and `**/` no folder or any.
      source += pattern[i + 2] === '/' ? '(?:[^/]+/)*' : '.+';
      i += pattern[i + 2] === '/' ? 2 : 1;
    } else if (c === '*') source += '[^/]*';
    else if (c === '?') source += '[^/]';
    else if (c === '[' && pattern.includes(']', i + 2)) {
      const end = pattern.indexOf(']', i + 2);
      const set = pattern
        .slice(i + 1, end)
        .replace(/^[!^]/, '^')
        .replaceAll('\\', '\\\\');
      source += `(?!/)[${set}]`;
      i = end;
    } else if (c === '{' && pattern.includes('}', i)) {
      source += '(?:';
      braces++;
    } else if (c === '}' && braces > 0) {
      source += ')';
      braces--;
    } else if (c === ',' && braces > 0) source += '|';
    else source += c.replace(/[.+^$()|\\/{}[\]]/, '\\$&');
  }
  return new RegExp(`^${source}$`);
}
