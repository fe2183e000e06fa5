"""How the field fits E + A/N^alpha + B/D^beta: L-BFGS-B from a grid of starts, and BFGS refits of resamples.

A yardstick for `npm run bench:peers`, never a dependency. usage: fit_scipy.py FILE.csv STARTS RESAMPLES
(columns params,tokens,loss); prints one JSON document. The objective and the grid of 4,500 starts are those of
arXiv 2404.10102: the sum of Huber(1e-3) penalties of log residuals.
"""
import csv
import itertools
import json
import sys
import time

import numpy as np
from scipy.optimize import minimize

np.seterr(all="ignore")
DELTA = 1e-3
path, starts, resamples = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with open(path) as file:
    rows = list(csv.DictReader(file))
n, d, y = (np.log([float(row[name]) for row in rows]) for name in ("params", "tokens", "loss"))


def objective(theta, weight=1.0):
    a, b, e, alpha, beta = theta
    terms = np.stack([a - alpha * n, b - beta * d, np.full_like(n, e)])
    top = terms.max(axis=0)
    shares = np.exp(terms - top)
    total = shares.sum(axis=0)
    shares /= total
    r = top + np.log(total) - y
    inside = np.abs(r) <= DELTA
    value = np.sum(weight * np.where(inside, r * r / 2, DELTA * (np.abs(r) - DELTA / 2)))
    psi = weight * np.where(inside, r, DELTA * np.sign(r))
    g = shares * psi
    return value, np.array([g[0].sum(), g[1].sum(), g[2].sum(), -(g[0] * n).sum(), -(g[1] * d).sum()])


grid = list(itertools.product(range(0, 30, 5), range(0, 30, 5), np.arange(-1, 1.5, 0.5), np.arange(0, 2.5, 0.5), np.arange(0, 2.5, 0.5)))
chosen = [grid[i] for i in np.linspace(0, len(grid) - 1, min(starts, len(grid))).astype(int)]
began = time.perf_counter()
best = min((minimize(objective, start, jac=True, method="L-BFGS-B") for start in chosen), key=lambda result: result.fun)
fit_seconds = time.perf_counter() - began
generator = np.random.default_rng(0)
began = time.perf_counter()
for _ in range(resamples):
    weight = np.bincount(generator.integers(0, len(y), len(y)), minlength=len(y)).astype(float)
    minimize(objective, best.x, args=(weight,), jac=True, method="BFGS")
bootstrap_seconds = time.perf_counter() - began
print(json.dumps({"objective": float(best.fun), "fitSeconds": fit_seconds, "bootstrapSeconds": bootstrap_seconds}))
