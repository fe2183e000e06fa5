import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface Properties {
  readonly label: ComponentChildren;
  /** What the menu is of, for those who do not see where it stands. */
  readonly about: string;
  readonly children: ComponentChildren;
}

/** Buttons that open below another: a disclosure, so that Tab and Enter work as everywhere. */
export function Menu({ label, about, children }: Properties) {
  const element = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event): void => {
      const details = element.current;
      if (!details?.open) return;
      const isKey = event instanceof KeyboardEvent;
      if (isKey ? event.key !== 'Escape' : details.contains(event.target as Node)) return;
      details.open = false;
      if (isKey) details.querySelector('summary')?.focus();
    };
    document.addEventListener('pointerdown', close);
    document.addEventListener('keydown', close);
    return () => {
      document.removeEventListener('pointerdown', close);
      document.removeEventListener('keydown', close);
    };
  }, []);
  return (
    <details class="menu" ref={element}>
      <summary class="quiet" aria-label={about}>
        {label}
      </summary>
      <div
        class="menu-items"
        onClick={() => {
          if (element.current !== null) element.current.open = false;
        }}
      >
        {children}
      </div>
    </details>
  );
}
