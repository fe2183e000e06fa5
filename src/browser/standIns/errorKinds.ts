/**
 * Takes the place of the errors and warnings that a page does not raise: of files other than CSV, of servers, of training, of plans and of
 * runs that are watched.
 */
export const formatKinds = {};
export const proxyKinds = {};
export const serverKinds = {};
export const planKinds = {};
export const watchKinds = {};
export const planWarningKinds = {};
