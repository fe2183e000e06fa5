import type { ComponentChildren } from 'preact';

/**
 * The text of a Plotly title, in which <sup>, <sub>, <b> and <i> are markup. Every other tag stays text, so nothing from a
 * file is markup.
 */
export function RichText({ text }: { readonly text: string }): ComponentChildren {
  return text.split(/(<(?:sup|sub|b|i)>[^<]*<\/[a-z]+>)/).map((part) => {
    const match = /^<(sup|sub|b|i)>([^<]*)<\/\1>$/.exec(part);
    if (match === null) return part;
    const Tag = match[1] as 'sup' | 'sub' | 'b' | 'i';
    return <Tag>{match[2]}</Tag>;
  });
}
