import { computed, effect, signal } from '@preact/signals';
import { address, go } from './address.ts';

const system = matchMedia('(prefers-color-scheme: dark)');
const systemDark = signal(system.matches);

/** Whether the page is dark: as the address says, else as the system does. */
export const isDark = computed(() => {
  const { theme } = address.value;
  return theme === null ? systemDark.value : theme === 'dark';
});

/** Changes between light and dark; back at what the system has, the page follows the system again. */
export function toggleTheme(): void {
  const next = !isDark.peek();
  go({ theme: next === systemDark.peek() ? null : next ? 'dark' : 'light' });
}

/** Keeps colours in step with the address and the system. */
export function followTheme(): void {
  system.addEventListener('change', ({ matches }) => {
    systemDark.value = matches;
  });
  effect(() => {
    document.documentElement.dataset.theme = isDark.value ? 'dark' : 'light';
  });
}
