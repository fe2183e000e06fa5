import type { ComponentChildren } from 'preact';

/**
 * The text of a Plotly title, in which <sup>, <sub>, <b>, <i> and <br> are markup. Every other tag stays text, so nothing
 * from a file is markup.
 */
export function RichText({ text }: { readonly text: string }): ComponentChildren {
  return text.split(/(<br>|<(?:sup|sub|b|i)>[^<]*<\/[a-z]+>)/).map((part, k) => {
    if (part === '<br>') return <br key={k} />;
    const match = /^<(sup|sub|b|i)>([^<]*)<\/\1>$/.exec(part);
    if (match === null) return part;
    const Tag = match[1] as 'sup' | 'sub' | 'b' | 'i';
    return <Tag>{match[2]}</Tag>;
  });
}
