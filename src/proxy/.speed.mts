import { wasm } from '/work/proxy/src/proxy/engines/wasm.ts';
import { cpu } from '/work/proxy/src/proxy/engines/cpu.ts';
import { createModel } from '/work/proxy/src/proxy/model/model.ts';
import { parameterSpecs, countParameters, countFlops } from '/work/proxy/src/proxy/model/shape.ts';
import { startWeights } from '/work/proxy/src/proxy/model/weights.ts';
const shape = { vocabulary: 256, context: 64, layers: 2, width: 64, heads: 2, hidden: 256, positions: 'learned', activation: 'gelu', norm: 'layernorm', biases: 'mlp', tied: true, qkNorm: false, parametrisation: { kind: 'standard' } } as const;
console.log(countParameters(shape), countFlops(shape));
const run = async (def: any, steps: number, batch: number, s: any = shape) => {
  const engine = await def.open(); const { tf } = engine; const model = createModel(engine, s);
  const specs = parameterSpecs(s); const w = startWeights(specs, 0); const losses: number[] = [];
  let ids = Int32Array.from({ length: batch * 64 }, (_, k) => (k * 7919) % 251), targets = Int32Array.from({ length: batch * 64 }, (_, k) => ((k + 1) * 7919) % 251);
  const c0 = process.cpuUsage(), t0 = performance.now();
  for (let k = 0; k < steps; k++) {
    const out = tf.tidy(() => {
      const params = specs.map((q) => tf.tensor(w.get(q.name)!, q.shape as number[]));
      const I=tf.tensor1d(ids,'int32'), H=model.ops.oneHot(tf.tensor1d(targets,'int32'),256); const f = (...all: any[]) => { const p = Object.fromEntries(specs.map((q, i) => [q.name, all[i]])); const logits = model.logits(p, I, batch); return tf.mean(model.ops.tokenLosses(logits, H)) as any; };
      const { value, grads } = tf.valueAndGrads(f)(params as any);
      return { loss: value.dataSync()[0], grads: grads.map((g: any) => g.dataSync()) };
    });
    losses.push(out.loss);
    specs.forEach((q, i) => { const a = w.get(q.name)!; const g = out.grads[i]; for (let j = 0; j < a.length; j++) a[j] -= 0.5 * g[j]; });
  }
  const c = process.cpuUsage(c0); console.log(engine.id, 'wall ms/step', ((performance.now() - t0) / steps).toFixed(1), 'cpu', ((c.user + c.system) / 1000 / steps).toFixed(1), 'tok/s by cpu', (batch * 64 / ((c.user + c.system) / 1e6 / steps)).toFixed(0), losses[0], losses.at(-1), tf.memory().numTensors);
  return losses;
};
const a = await run(wasm, 30, 8);
await run(wasm, 60, 8);
const b1 = await run(wasm, 6, 1), b2 = await run(cpu, 6, 1);
console.log(b1, b2);
