import { dismiss, messages, spoken } from '../state/messages.ts';

/** Lines at the foot of the page, and what only a screen reader says. */
export function Messages() {
  return (
    <>
      <div class="messages" role="status" aria-live="polite">
        {messages.value.map(({ id, text, level, undo }) => (
          <div class={`message ${level}`} key={id}>
            <span>{text}</span>
            {undo !== undefined && (
              <button type="button" onClick={undo}>
                Undo
              </button>
            )}
            <button
              type="button"
              class="quiet"
              aria-label="Dismiss"
              onClick={() => {
                dismiss(id);
              }}
            >
              ×
            </button>
          </div>
        ))}
      </div>
      <p class="sr-only" aria-live="polite" id="spoken">
        {spoken.value}
      </p>
    </>
  );
}
