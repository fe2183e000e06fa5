import { parseQuantity } from '../../src/core/quantity.ts';
import { loadAccelerators } from '../../src/node/accelerators.ts';
import { IsoflopError } from '../../src/core/errors.ts';
import { acceleratorOf } from '../../src/plan/budget/accelerator.ts';
import { planQuantities, type PlanRequest } from '../../src/plan/budget/request.ts';
import { shapeFamilyOf } from '../../src/plan/budget/shapes.ts';
import type { PlanBody } from '../schemas/plan.ts';

/**
 * The request of a plan from the body of one: quantities are read, accelerators and shapes looked up by name:
 * a request never names a file.
 *
 * @throws {@link IsoflopError} `QUANTITY_INVALID`, `ACCELERATOR_UNKNOWN`, `SHAPE_UNKNOWN`, `PLAN_INCOMPLETE`
 */
export async function planRequestOf(body: PlanBody): Promise<PlanRequest> {
  const read = (text: string | undefined, what: string): number | undefined =>
    text === undefined ? undefined : parseQuantity(text, what);
  const { machine, shapes, confidence } = body;
  const days = read(body.days, 'days');
  const memory = read(body.servingMemory, 'servingMemory');
  const bytesPerParam = read(body.bytesPerParam, 'bytesPerParam');
  if (bytesPerParam !== undefined && memory === undefined)
    throw new IsoflopError('PLAN_INCOMPLETE', {
      reason: 'bytes of a parameter say nothing without the memory',
      remedy: 'Give servingMemory as well.',
    });
  return {
    ...Object.fromEntries(planQuantities.map((name) => [name, read(body[name], name)])),
    confidence,
    wallClock: days === undefined ? undefined : days * 86_400,
    serving: memory === undefined ? undefined : { memory, bytesPerParam },
    machine: machine && {
      accelerator: acceleratorOf(await loadAccelerators(), machine.accelerator),
      count: read(machine.count, 'count'),
      trainingMfu: machine.trainingMfu,
      inferenceMfu: machine.inferenceMfu,
      pricePerHour: read(machine.price, 'price'),
      tokensPerAccelerator: read(machine.tokensPerAccelerator, 'tokensPerAccelerator'),
    },
    shapes: shapes === undefined ? undefined : shapeFamilyOf(shapes),
  };
}
