/**
 * Asks a server as fast as it answers, from a process of its own, and prints autocannon's result as JSON.
 * Its argument is JSON: `{ url, connections, seconds, paths }`; the connections ask for the paths in turn.
 */
import autocannon from 'autocannon';

const { url, connections, seconds, paths } = JSON.parse(process.argv[2]);
const result = await autocannon({
  url,
  connections,
  duration: seconds,
  requests: paths.map((path) => ({ method: 'GET', path })),
});
const { requests, latency, non2xx, errors } = result;
console.log(JSON.stringify({ perSecond: requests.total / result.duration, p99: latency.p99, failed: non2xx + errors }));
