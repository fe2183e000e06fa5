import { render } from 'preact';
import { App } from './app.tsx';
import { loadPlotly } from './figures/plotly.ts';
import { findToken, refused } from './state/access.ts';
import { address, followAddress, readAddress } from './state/address.ts';
import { startEngine } from './state/engine.ts';
import { datasets, fits, followJobs } from './state/library.ts';
import { apiError } from './state/loading.ts';
import { watchReady } from './state/ready.ts';
import { watchSweeps } from './state/sweeps.ts';
import { followTheme } from './state/theme.ts';

findToken();
address.value = readAddress(location.hash);
followAddress();
followTheme();
startEngine();
void fits.refresh();
const place = document.getElementById('page');
if (place !== null) {
  place.replaceChildren();
  render(<App />, place);
}
requestAnimationFrame(watchReady);
loadPlotly().catch(apiError);

/** What is not seen at first waits for what is. */
async function later(): Promise<void> {
  await Promise.all([datasets.refresh(), followJobs(), watchSweeps()]);
}
setTimeout(() => void later(), 300);

// With the token all is asked again.
let wasRefused = false;
refused.subscribe((state) => {
  if (state !== 'no') wasRefused = true;
  else if (wasRefused) location.reload();
});
