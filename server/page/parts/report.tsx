import { tell } from '../state/messages.ts';

export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    tell(`${what} copied.`);
  } catch {
    tell(`The browser does not let the page copy. Select the text and copy it.`, { level: 'error' });
  }
}

/** The report as text, to read and to copy. */
export function Report({
  report,
  command,
  open = false,
}: {
  readonly report: string;
  readonly command: string | null;
  readonly open?: boolean;
}) {
  const text = command === null ? report : `$ ${command}\n\n${report}`;
  return (
    <details class="report" open={open}>
      <summary>Report as text</summary>
      <button type="button" class="quiet copy" onClick={() => void copy(text, 'Report')}>
        Copy
      </button>
      <pre tabIndex={0}>{text}</pre>
    </details>
  );
}
