import { describe, expect, it } from 'vitest';
import { defaultsOf, presets } from '../src/config/defaults.js';
import { configVersion } from '../src/config/schema.js';
import { flagOf, validateConfig, validateStoredConfig } from '../src/config/validate.js';
import { taskNames } from '../src/tasks/index.js';

const valid = { ...defaultsOf('pixel-mnist'), version: configVersion };

describe('the configuration', () => {
  it.each(taskNames)('of %s is valid by default', (task) => {
    expect(() => validateConfig({ ...defaultsOf(task), version: configVersion })).not.toThrow();
  });

  it.each(Object.keys(presets))('of the preset %s is valid', (name) => {
    expect(() => validateConfig({ ...valid, ...presets[name]?.settings })).not.toThrow();
  });

  it.each([
    ['units', 0, '--units: must be at least 1, got 0.'],
    ['units', 2.5, '--units: must be a whole number, got 2.5.'],
    ['units', 'many', '--units: must be a whole number, got "many".'],
    ['epsilon', 0, '--epsilon: must be greater than 0, got 0.'],
    ['epsilon', -1, '--epsilon: must be greater than 0, got -1.'],
    ['betaA', 1.5, '--beta-a: must lie in [0, 1], got 1.5.'],
    ['betaW', -0.1, '--beta-w: must lie in [0, 1], got -0.1.'],
    ['momentum', 1, '--momentum: must lie in [0, 1), got 1.'],
    ['seed', -1, '--seed: must be at least 0, got -1.'],
    ['gammaA', Number.POSITIVE_INFINITY, '--gamma-a: must be a finite number, got Infinity.'],
    ['gammaW', 'NaN', '--gamma-w: must be a finite number, got "NaN".'],
    ['cell', 'lipshitz', '--cell: unknown lipshitz. Did you mean lipschitz?'],
    ['backend', 'wsam', '--backend: unknown wsam. Did you mean wasm?'],
    ['optimizer', 'zzzzzzzz', '--optimizer: unknown zzzzzzzz. Known: adam'],
  ])('refuses %s = %s and names the flag', (key, value, message) => {
    expect(() => validateConfig({ ...valid, [key]: value })).toThrow(message);
  });

  it('tells every value that is off at once', () => {
    expect(() => validateConfig({ ...valid, units: 0, betaA: 2 })).toThrow(/--units.*\n--beta-a/);
  });

  it('of another version is refused with both versions', () => {
    const stored = { ...valid, version: configVersion + 1 };
    const message = `config.json has config version ${configVersion + 1}; this hurwitz reads version ${configVersion}`;
    expect(() => validateStoredConfig(stored, 'config.json')).toThrow(message);
    expect(() => validateStoredConfig(null, 'config.json')).toThrow('config version undefined');
  });

  it('names flags in kebab case', () => {
    expect(flagOf('decayEpochs')).toBe('--decay-epochs');
  });
});
