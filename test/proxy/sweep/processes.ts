import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** A process as the kernel tells of it; Linux alone. */
interface Process {
  readonly pid: number;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
}

function processes(): Process[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The name of the program, in parentheses, may hold anything.
      const [state, parent, group] = text.slice(text.lastIndexOf(')') + 2).split(' ');
      return [{ pid: Number(name), state, parent: Number(parent), group: Number(group) }];
    } catch {
      return [];
    }
  });
}

/** Numbers of the processes of a group that are not dead already. */
export const livingInGroup = (group: number): number[] =>
  processes()
    .filter((one) => one.group === group && !/[ZX]/.test(one.state))
    .map(({ pid }) => pid);

/** Numbers of the processes that a process has started. */
export const childrenOf = (parent: number): number[] =>
  processes()
    .filter((one) => one.parent === parent && !/[ZX]/.test(one.state))
    .map(({ pid }) => pid);

/** Waits until something holds, for so many seconds at most; whether it does. */
export async function soon(holds: () => boolean, seconds: number): Promise<boolean> {
  for (let waited = 0; waited < 1000 * seconds; waited += 20) {
    if (holds()) return true;
    await setTimeout(20);
  }
  return holds();
}
