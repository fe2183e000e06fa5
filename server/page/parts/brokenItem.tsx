import { linkTo } from '../state/address.ts';

/** A fit or a sweep of a list that cannot be read; its error is the tooltip. */
export function BrokenItem({
  kind,
  id,
  error,
  onOpen,
}: {
  readonly kind: 'fit' | 'sweep';
  readonly id: string;
  readonly error: { readonly message: string; readonly remedy: string };
  readonly onOpen: () => void;
}) {
  return (
    <li class="item broken" title={`${error.message} ${error.remedy}`}>
      <a href={linkTo({ kind, id })} onClick={onOpen}>
        <span class="item-name">
          <span class={`dot ${kind === 'fit' ? 'stalled' : 'failed'}`} />
          <span class="name">{id}</span>
        </span>
        <span class="item-about">cannot be read</span>
      </a>
    </li>
  );
}
