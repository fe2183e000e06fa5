// Reads a CSV in a process of its own and prints rows, seconds and the peak resident memory.
import { readRuns } from 'isoflop';

const began = performance.now();
const runs = await readRuns(process.argv[2]);
const seconds = (performance.now() - began) / 1000;
console.log(JSON.stringify({ rows: runs.rows, seconds, peakMB: process.resourceUsage().maxRSS / 1024 }));
