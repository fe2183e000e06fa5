/** Takes the place of the errors that a page does not raise: of files other than CSV, of servers and of training. */
export const formatKinds = {};
export const proxyKinds = {};
export const serverKinds = {};
export const planKinds = {};
