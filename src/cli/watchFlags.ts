/** What the options of `watch` parse to. */
export interface WatchFlags {
  fit?: string;
  params?: number;
  tokens?: number;
  at?: Record<string, number>;
  family?: string[];
  register?: boolean;
  out?: string;
  force?: boolean;
  band?: string;
  run?: string;
  columns?: string;
  tokensPerStep?: number;
  confidence?: number;
  targetLoss?: number;
  flopsPerSecond?: number;
  pricePerHour?: number;
  figure?: string;
  follow?: boolean;
  interval: number;
  json?: boolean;
  strict?: boolean;
}
