import { describe, expect, it } from 'vitest';
import { createWarning, warningCodes } from '../../src/core/warnings.ts';

describe('the table of warnings', () => {
  it.each(warningCodes)('gives a level and a remedy: %s', (code) => {
    const warning = createWarning(code, 'Only 3 model sizes.');
    expect(warning).toMatchObject({ code, message: 'Only 3 model sizes.' });
    expect(['info', 'warning', 'error']).toContain(warning.level);
    expect(warning.remedy).toMatch(/^[A-Z].{10,}\.$/);
  });

  it('marks as errors those whose answer should not be used', () => {
    expect(warningCodes.filter((code) => createWarning(code, '').level === 'error').sort()).toEqual(
      [
        'BASELINE_WINS',
        'COLLINEAR_ND',
        'DUPLICATE_SOURCE',
        'FAMILIES_NO_OVERLAP',
        'FAMILIES_SIGN_DEPENDS',
        'NESTED_FIT_LOWER',
        'NO_DEGREES_OF_FREEDOM',
        'PARAM_AT_BOUND',
        'PROFILE_BELOW_FIT',
        'RESPONSE_CONSTANT',
        'STALLED',
        'STDERR_UNAVAILABLE',
        'TERM_OFF',
        'UNIDENTIFIABLE',
      ].sort(),
    );
  });

  it('lets the place that raises one know better', () => {
    expect(createWarning('FEW_SIZES', 'm', { level: 'error' })).toMatchObject({ level: 'error' });
    expect(createWarning('FEW_SIZES', 'm', { remedy: 'Do that.' }).remedy).toBe('Do that.');
    expect(createWarning('FEW_SIZES', 'm', { remedy: 'Do that.' }).level).toBe('warning');
  });

  it('carries the numbers that are finite, and none where there are none', () => {
    const numbers = { sizes: 3, condition: Infinity, correlation: NaN };
    expect(createWarning('FEW_SIZES', 'm', { numbers }).numbers).toEqual({ sizes: 3 });
    expect(createWarning('FEW_SIZES', 'm', { numbers: { condition: Infinity } })).not.toHaveProperty('numbers');
    expect(createWarning('FEW_SIZES', 'm')).not.toHaveProperty('numbers');
  });
});
