/**
 * Loads something without what it says about itself: TensorFlow.js recommends other backends and tells of kernels that are
 * registered twice, and packages below it use deprecated parts of Node.
 */
export function loadQuietly<T>(load: () => T): T {
  const { warn } = console;
  const emitWarning = process.emitWarning.bind(process);
  console.warn = () => undefined;
  process.emitWarning = () => undefined;
  try {
    return load();
  } finally {
    console.warn = warn;
    process.emitWarning = emitWarning;
  }
}
