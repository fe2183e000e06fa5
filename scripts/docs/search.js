// The search of the site. Its index is a script and not fetched, since a page that was opened from disk may fetch nothing; it
// is loaded when somebody goes to the box.
(() => {
  const box = document.querySelector('input[type=search]');
  const found = document.getElementById('found');
  const root = document.documentElement.dataset.root;
  let engine;

  const load = (name) =>
    new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = `${root}assets/${name}`;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });

  async function start() {
    await load('minisearch.js');
    await load('sections.js');
    const search = new globalThis.MiniSearch({
      fields: ['heading', 'page', 'text'],
      storeFields: ['heading', 'page', 'address'],
      searchOptions: { boost: { heading: 4, page: 2 }, prefix: true, fuzzy: 0.15, combineWith: 'AND' },
    });
    search.addAll(globalThis.isoflopSections);
    return search;
  }

  async function show() {
    engine ??= start();
    const hits = box.value.trim() === '' ? [] : (await engine).search(box.value).slice(0, 12);
    found.replaceChildren(
      ...hits.map(({ heading, page, address }) => {
        const link = document.createElement('a');
        link.href = root + address;
        link.append(heading);
        if (heading !== page) {
          const small = document.createElement('small');
          small.append(page);
          link.append(small);
        }
        return link;
      }),
    );
    if (hits.length === 0 && box.value.trim() !== '') found.append('Nothing found.');
    found.hidden = box.value.trim() === '';
  }

  box.addEventListener('focus', () => {
    engine ??= start();
  });
  box.addEventListener('input', () => void show());
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') found.hidden = true;
    if (event.key === '/' && document.activeElement !== box) {
      event.preventDefault();
      box.focus();
    }
  });
  document.addEventListener('click', (event) => {
    if (!found.parentElement.contains(event.target)) found.hidden = true;
  });

  // The menu is open beside the page and folded above it.
  const menu = document.querySelector('.menu details');
  const wide = matchMedia('(min-width: 56rem)');
  const fold = () => {
    menu.open = wide.matches;
  };
  wide.addEventListener('change', fold);
  fold();
  document.querySelector('.menu [aria-current]')?.scrollIntoView({ block: 'nearest' });
})();
