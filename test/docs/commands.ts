/**
 * The words of a line of shell as the pages write them: quotes, a comment at the end, and no expansion of anything. What
 * would need a shell is refused, so that no page can say what this does not do.
 */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const match of line.matchAll(/\s*(?:(#.*)|((?:'[^']*'|"[^"$`]*"|[^\s'"#|<>;&$`*?])+)|(\S))/gy)) {
    const [, comment, word, other] = match as unknown as (string | undefined)[];
    if (other !== undefined) throw new Error(`a shell would be needed for "${other}" in: ${line}`);
    if (comment === undefined && word !== undefined)
      words.push(
        word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ''),
      );
  }
  return words;
}
