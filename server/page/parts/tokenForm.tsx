import { useEffect, useRef } from 'preact/hooks';
import { keepToken, refused } from '../state/access.ts';

/** Asks for the token of a server that wants one. */
export function TokenForm() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isAsked = refused.value !== 'no';
  useEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    if (isAsked && !element.open) element.showModal();
    if (!isAsked) element.close();
  }, [isAsked]);
  return (
    <dialog
      ref={dialog}
      class="token"
      aria-labelledby="token-title"
      onCancel={(event) => {
        event.preventDefault();
      }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const token = new FormData(event.currentTarget).get('token');
          if (typeof token === 'string' && token !== '') keepToken(token.trim());
        }}
      >
        <h2 id="token-title">This server asks for a token</h2>
        <p class="hint">Whoever started isoflop serve knows it. It is kept until this tab is closed.</p>
        <label for="token">Token</label>
        <input
          id="token"
          name="token"
          type="password"
          autocomplete="current-password"
          aria-invalid={refused.value === 'wrong'}
        />
        {refused.value === 'wrong' && (
          <p class="problem" role="alert">
            The server does not know this token.
          </p>
        )}
        <button type="submit" class="primary">
          Open
        </button>
      </form>
    </dialog>
  );
}
