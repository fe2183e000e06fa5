/** An interval to draw, with what it is. */
export interface Span {
  readonly name: string;
  readonly ends: readonly [number, number];
  readonly middle: number;
  readonly kind: 'plain' | 'calibrated';
}

/** Intervals one above the other on one scale, so that one sees how much wider the honest one is. */
export function IntervalStrip({ spans, decimals }: { readonly spans: readonly Span[]; readonly decimals: number }) {
  const low = Math.min(...spans.map(({ ends }) => ends[0]));
  const high = Math.max(...spans.map(({ ends }) => ends[1]));
  const place = (value: number): string => `${((100 * (value - low)) / (high - low || 1)).toFixed(2)}%`;
  return (
    <div class="spans">
      {spans.map(({ name, ends, middle, kind }) => (
        <div class={`span ${kind}`} key={name}>
          <span class="span-name">{name}</span>
          <span class="span-ends">
            {ends[0].toFixed(decimals)} – {ends[1].toFixed(decimals)}
          </span>
          <span class="span-track" aria-hidden="true">
            <span
              class="span-bar"
              style={{ left: place(ends[0]), width: `calc(${place(ends[1])} - ${place(ends[0])})` }}
            />
            <span class="span-middle" style={{ left: place(middle) }} />
          </span>
        </div>
      ))}
    </div>
  );
}
